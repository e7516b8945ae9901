//! What the command line says, and where: results on standard output, problems on standard error.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::ValueEnum;
use procwire_idl::diagnostic::{Diagnostic, Diagnostics};
use procwire_idl::render;
use procwire_idl::source::SourceMap;

use crate::json::Json;

/// How a command ended, if it could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is wrong.
    Clean,
    /// Something was found.
    Found,
    /// The user has had enough.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => Self::SUCCESS,
            Outcome::Found => Self::from(1),
            Outcome::Interrupted => Self::from(130),
        }
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether what goes to standard error is coloured.
    pub fn on_stderr(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                !refused && !dumb && io::stderr().is_terminal()
            }
        }
    }
}

/// Prints a result. A reader that has gone away (`| head`) is no error.
pub fn result(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot write the result: {error}")),
        _ => Ok(()),
    }
}

/// Prints diagnostics for people.
pub fn diagnostics(diagnostics: &Diagnostics, sources: &SourceMap, color: Color) {
    if !diagnostics.is_empty() {
        let text = render::human(diagnostics, sources, color.on_stderr());
        notice(text.trim_end());
    }
}

/// Prints a line that is no result. Where standard error is gone there is nobody left to tell.
pub fn notice(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says why the command could not do its work.
pub fn complain(error: &str) {
    notice(&format!("error: {error}"));
}

/// A diagnostic for programs.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> Json {
    let label = |span, text: &str| {
        let mut fields = place(span, sources);
        fields.push(("text", Json::text(text)));
        Json::Object(fields)
    };
    let mut fields = vec![
        ("code", Json::text(diagnostic.code.as_str())),
        ("severity", Json::text(diagnostic.severity.as_str())),
        ("message", Json::text(&diagnostic.message)),
        ("primary", label(diagnostic.primary.span, &diagnostic.primary.text)),
        ("secondary", Json::list(diagnostic.secondary.iter().map(|other| label(other.span, &other.text)))),
        ("notes", Json::list(diagnostic.notes.iter().map(Json::text))),
    ];
    if let Some(fix) = &diagnostic.fix {
        let mut fields_of_fix = place(fix.span, sources);
        fields_of_fix.push(("text", Json::text(&fix.text)));
        fields_of_fix.push(("replacement", Json::text(&fix.replacement)));
        fields.push(("fix", Json::Object(fields_of_fix)));
    }
    Json::Object(fields)
}

/// Where a span lies: lines and columns count from 1, bytes from 0.
pub fn place(span: procwire_idl::source::Span, sources: &SourceMap) -> Vec<(&'static str, Json)> {
    let file = sources.get(span.file);
    let mut fields = vec![("file", Json::text(file.map_or("", |file| file.name())))];
    if let Some(file) = file {
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        fields.extend([
            ("line", Json::number(start.line)),
            ("column", Json::number(start.column)),
            ("end_line", Json::number(end.line)),
            ("end_column", Json::number(end.column)),
        ]);
    }
    fields.extend([("start", Json::number(span.start)), ("end", Json::number(span.end))]);
    fields
}

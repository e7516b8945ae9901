//! `ipcgen fmt`: brings schemas into their one form.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::source::SourceMap;
use procwire_idl::{format, limits, parse};

use crate::output::{self, Color, Outcome};

/// Format schemas
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen fmt trading.ipc\n  ipcgen fmt --check *.ipc        # in CI: is every schema formatted?\n  ipcgen fmt - < trading.ipc      # from standard input to standard output"
)]
pub struct Fmt {
    /// The schemas; `-` reads standard input and prints the result
    #[arg(required = true, value_name = "SCHEMA")]
    schemas: Vec<PathBuf>,
    /// Write nothing; tell which files are not formatted, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let mut outcome = Outcome::Clean;
        for path in &self.schemas {
            let is_stdin = path == Path::new("-");
            let text = if is_stdin { stdin()? } else { read(path)? };
            let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
            let Some(formatted) = formatted(&name, &text, color) else {
                outcome = Outcome::Found;
                continue;
            };
            if self.check {
                if formatted != text {
                    output::notice(&difference(&name, &text, &formatted));
                    outcome = Outcome::Found;
                }
            } else if is_stdin {
                output::result(&formatted)?;
            } else if formatted != text {
                std::fs::write(path, formatted).map_err(|error| format!("cannot write {name}: {error}"))?;
                output::notice(&format!("formatted {name}"));
            }
        }
        Ok(outcome)
    }
}

/// The text in its one form; nothing where it has syntax errors, which are then told.
fn formatted(name: &str, text: &str, color: Color) -> Option<String> {
    let mut sources = SourceMap::default();
    let id = sources.add(name, text);
    let mut diagnostics = Diagnostics::new();
    if let Some(source) = sources.get(id) {
        // The tree is not needed, only what is wrong with the text.
        let _ = parse::file(id, source, &mut diagnostics);
    }
    if diagnostics.has_errors() {
        diagnostics.sort();
        output::diagnostics(&diagnostics, &sources, color);
        output::notice(&format!("{name} is left as it is, since it has syntax errors"));
        return None;
    }
    Some(format::text(text))
}

/// The first line that differs.
fn difference(name: &str, text: &str, formatted: &str) -> String {
    let mut lines = text.split('\n').zip(formatted.split('\n')).enumerate();
    match lines.find(|(_, (found, expected))| found != expected) {
        Some((at, (found, expected))) => {
            format!("{name}:{}: not formatted\n  - {}\n  + {expected}", at + 1, found.trim_end_matches('\r'))
        }
        None => format!("{name}: not formatted: it ends otherwise"),
    }
}

fn read(path: &Path) -> Result<String, String> {
    procwire_codegen::read(path).map_err(|error| error.to_string())
}

fn stdin() -> Result<String, String> {
    let mut text = String::new();
    let limit = limits::FILE_SIZE as u64 + 1;
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_string(&mut text)
        .map_err(|error| format!("standard input: {error}"))?;
    Ok(text)
}

//! Diagnostics in the forms that programs read: SARIF 2.1.0, and the commands that GitHub's runners take.

use clap::ValueEnum;
use procwire_idl::catalog;
use procwire_idl::diagnostic::Diagnostic;
use procwire_idl::source::{LineColumn, SourceMap, Span};

use crate::json::Json;

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// Something that was found, and where it lies.
pub struct Finding {
    rule: &'static str,
    title: &'static str,
    why: &'static str,
    level: &'static str,
    message: String,
    file: String,
    start: LineColumn,
    end: LineColumn,
}

impl Finding {
    pub fn new(diagnostic: &Diagnostic, sources: &SourceMap) -> Self {
        let entry = catalog::entry(diagnostic.code);
        let notes = diagnostic.notes.iter().map(|note| format!("; {note}"));
        let fix = diagnostic.fix.iter().map(|fix| format!("; {}", fix.text));
        // The message with its notes, in one paragraph.
        let message = format!("{}{}{}", diagnostic.message, notes.collect::<String>(), fix.collect::<String>());
        Self::of_rule(diagnostic.code.as_str(), entry.title, entry.why).at(
            diagnostic.primary.span,
            sources,
            diagnostic.severity.as_str(),
            message,
        )
    }

    /// A finding of a rule; [`Finding::at`] says where, and what it says.
    pub fn of_rule(rule: &'static str, title: &'static str, why: &'static str) -> Self {
        let nowhere = LineColumn { line: 1, column: 1 };
        Self {
            rule,
            title,
            why,
            level: "note",
            message: String::new(),
            file: String::new(),
            start: nowhere,
            end: nowhere,
        }
    }

    pub fn at(self, span: Span, sources: &SourceMap, level: &'static str, message: String) -> Self {
        let file = sources.get(span.file);
        let place = |offset| file.map_or(LineColumn { line: 1, column: 1 }, |file| file.line_column(offset));
        let name = file.map_or_else(String::new, |file| file.name().to_owned());
        Self { level, message, file: name, start: place(span.start), end: place(span.end), ..self }
    }
}

/// Findings as a SARIF log.
pub fn sarif(findings: &[Finding]) -> Json {
    let text = |text: String| Json::Object(vec![("text", Json::text(text))]);
    let mut rules: Vec<_> = findings.iter().map(|finding| (finding.rule, finding.title, finding.why)).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules = rules.into_iter().map(|(rule, title, why)| {
        Json::Object(vec![
            ("id", Json::text(rule)),
            ("shortDescription", text(title.to_owned())),
            ("fullDescription", text(why.to_owned())),
        ])
    });
    let driver = Json::Object(vec![
        ("name", Json::text("ipcgen")),
        ("version", Json::text(env!("CARGO_PKG_VERSION"))),
        ("informationUri", Json::text(env!("CARGO_PKG_REPOSITORY"))),
        ("rules", Json::list(rules)),
    ]);
    let results = findings.iter().map(|finding| {
        let region = Json::Object(vec![
            ("startLine", Json::number(finding.start.line)),
            ("startColumn", Json::number(finding.start.column)),
            ("endLine", Json::number(finding.end.line)),
            ("endColumn", Json::number(finding.end.column)),
        ]);
        let location = Json::Object(vec![
            ("artifactLocation", Json::Object(vec![("uri", Json::text(finding.file.replace('\\', "/")))])),
            ("region", region),
        ]);
        Json::Object(vec![
            ("ruleId", Json::text(finding.rule)),
            ("level", Json::text(finding.level)),
            ("message", text(finding.message.clone())),
            ("locations", Json::list([Json::Object(vec![("physicalLocation", location)])])),
        ])
    });
    let run = Json::Object(vec![
        ("tool", Json::Object(vec![("driver", driver)])),
        // Columns count characters here, and not UTF-16 units.
        ("columnKind", Json::text("unicodeCodePoints")),
        ("results", Json::list(results)),
    ]);
    Json::Object(vec![
        ("$schema", Json::text("https://json.schemastore.org/sarif-2.1.0.json")),
        ("version", Json::text("2.1.0")),
        ("runs", Json::list([run])),
    ])
}

/// Findings as commands of a GitHub runner, a line each.
pub fn github(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        format!(
            "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
            // GitHub has the levels error, warning and notice.
            if finding.level == "note" { "notice" } else { finding.level },
            property(&finding.file),
            finding.start.line,
            finding.start.column,
            finding.end.line,
            finding.end.column,
            property(finding.rule),
            data(&finding.message),
        )
    };
    findings.iter().map(line).collect()
}

/// Text behind `::`, in which a line end would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma would end, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

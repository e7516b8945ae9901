//! `ipcgen check`: everything that is wrong with schemas.

use std::path::PathBuf;

use clap::Args;
use procwire_idl::diagnostic::{Diagnostics, Severity};

use crate::findings::{self, Finding, Format};
use crate::json::Json;
use crate::output::{self, Color, Outcome};

/// Check schemas without generating anything
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  ipcgen check trading.ipc\n  ipcgen check --format github *.ipc   # in a workflow: as annotations of the lines"
)]
pub struct Check {
    /// The schemas
    #[arg(required = true, value_name = "SCHEMA")]
    schemas: Vec<PathBuf>,
    /// How to print what is found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Check {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let format = if self.json { Format::Json } else { self.format };
        let (mut listed, mut findings) = (Vec::new(), Vec::new());
        let (mut errors, mut warnings) = (0_u32, 0_u32);
        let mut unread = None;
        for path in &self.schemas {
            let schema = match procwire_codegen::load(path) {
                Ok(schema) => schema,
                Err(error) => {
                    unread = Some(error.to_string());
                    break;
                }
            };
            errors += count(&schema.diagnostics, Severity::Error);
            warnings += count(&schema.diagnostics, Severity::Warning);
            let found = schema.diagnostics.iter();
            match format {
                Format::Text => output::diagnostics(&schema.diagnostics, &schema.sources, color),
                Format::Json => listed.extend(found.map(|diagnostic| output::json(diagnostic, &schema.sources))),
                Format::Sarif | Format::Github => {
                    findings.extend(found.map(|diagnostic| Finding::new(diagnostic, &schema.sources)));
                }
            }
        }
        match format {
            Format::Text => {}
            Format::Sarif => output::result(&findings::sarif(&findings).to_json())?,
            Format::Github => output::result(&findings::github(&findings))?,
            Format::Json => output::result(&report(errors, warnings, listed, unread.as_deref()).to_json())?,
        }
        if let Some(error) = unread {
            return Err(error);
        }
        if format == Format::Text {
            output::notice(&summary(self.schemas.len(), errors, warnings));
        }
        Ok(if errors == 0 { Outcome::Clean } else { Outcome::Found })
    }
}

fn report(errors: u32, warnings: u32, listed: Vec<Json>, unread: Option<&str>) -> Json {
    let mut report = vec![
        ("errors", Json::number(errors)),
        ("warnings", Json::number(warnings)),
        ("diagnostics", Json::list(listed)),
    ];
    report.extend(unread.map(|error| ("error", Json::text(error))));
    Json::Object(report)
}

fn count(diagnostics: &Diagnostics, severity: Severity) -> u32 {
    let found = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    u32::try_from(found).unwrap_or(u32::MAX)
}

fn summary(schemas: usize, errors: u32, warnings: u32) -> String {
    let plural = |count: u32, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let schemas = plural(u32::try_from(schemas).unwrap_or(u32::MAX), "schema");
    match (errors, warnings) {
        (0, 0) => format!("{schemas} checked, nothing to complain about"),
        (errors, 0) => format!("{schemas} checked, {}", plural(errors, "error")),
        (errors, warnings) => {
            format!("{schemas} checked, {}, {}", plural(errors, "error"), plural(warnings, "warning"))
        }
    }
}

//! `ipcgen lint`: what schemas may say, and would better say otherwise.

use std::path::{Path, PathBuf};

use clap::Args;
use procwire_codegen::Schema;
use procwire_idl::diagnostic::{Diagnostics, Fix, Severity};
use procwire_idl::lint;
use procwire_idl::model::Model;
use procwire_idl::source::FileId;

use crate::findings::{self, Finding, Format};
use crate::json::Json;
use crate::output::{self, Color, Outcome};
use crate::settings::Settings;

/// Tell what a schema would better say otherwise
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen lint trading.ipc\n  ipcgen lint --fix trading.ipc\n  ipcgen explain unused-type      # what a rule is about\n\nLevels stand in the nearest ipc.toml:\n  [lint]\n  missing-docs = \"warn\"           # \"off\", \"warn\" or \"error\"\n\n`@allow(rule, \"reason\")` silences a rule for a declaration. Exits with 1 where a rule of the level \"error\" is broken."
)]
pub struct Lint {
    /// The schemas
    #[arg(required = true, value_name = "SCHEMA")]
    schemas: Vec<PathBuf>,
    /// An earlier version, as `ipcgen breaking` takes it, for the rule `removed-without-reserved`; or what `ipc.toml` says
    #[arg(long, value_name = "OLD")]
    against: Option<String>,
    /// Mend what can be mended without changing the wire
    #[arg(long)]
    fix: bool,
    /// How to print what is found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
}

impl Lint {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let (mut listed, mut findings) = (Vec::new(), Vec::new());
        let mut outcome = Outcome::Clean;
        for path in &self.schemas {
            let settings = Settings::of(path)?;
            let mut schema = procwire_codegen::load(path).map_err(|error| error.to_string())?;
            let against = self.against.as_deref().or(settings.breaking.against.as_deref());
            let earlier = against.map(|against| earlier(path, against)).transpose()?;
            let mut found = all(&schema, &settings, earlier.as_ref());
            if self.fix && mend(path, &found)? {
                schema = procwire_codegen::load(path).map_err(|error| error.to_string())?;
                found = all(&schema, &settings, earlier.as_ref());
            }
            if found.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
                outcome = Outcome::Found;
            }
            match self.format {
                Format::Text => output::diagnostics(&found, &schema.sources, color),
                Format::Json => {
                    listed.extend(found.iter().map(|diagnostic| output::json(diagnostic, &schema.sources)));
                }
                Format::Sarif | Format::Github => {
                    findings.extend(found.iter().map(|diagnostic| Finding::new(diagnostic, &schema.sources)));
                }
            }
        }
        match self.format {
            Format::Text => {}
            Format::Json => output::result(&Json::Object(vec![("diagnostics", Json::list(listed))]).to_json())?,
            Format::Sarif => output::result(&findings::sarif(&findings).to_json())?,
            Format::Github => output::result(&findings::github(&findings))?,
        }
        Ok(outcome)
    }
}

/// What is wrong with a schema, or, where nothing is, what the rules find.
fn all(schema: &Schema, settings: &Settings, earlier: Option<&Model>) -> Diagnostics {
    let Some(model) = &schema.model else {
        return schema.diagnostics.clone();
    };
    let (sources, root) = (&schema.sources, FileId::default());
    let level = |rule: &lint::Rule| settings.level(*rule);
    let mut found = lint::lint(sources, root, model, level, &procwire_codegen::renamed);
    if let Some(earlier) = earlier {
        for diagnostic in lint::lint_against(sources, root, earlier, model, level) {
            found.push(diagnostic);
        }
        found.sort();
    }
    found
}

/// The model of an earlier version.
fn earlier(path: &Path, against: &str) -> Result<Model, String> {
    let schema = super::breaking::earlier(path, against)?;
    schema.model.ok_or_else(|| format!("{} has errors at {against}, and nothing can be said of it", path.display()))
}

/// Applies every fix, from the end to the beginning; tells whether there was one.
fn mend(path: &Path, found: &Diagnostics) -> Result<bool, String> {
    let mut fixes: Vec<&Fix> = found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span.start));
    fixes.dedup();
    if fixes.is_empty() {
        return Ok(false);
    }
    let mut text = procwire_codegen::read(path).map_err(|error| error.to_string())?;
    for fix in &fixes {
        text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
    }
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    let plural = if fixes.len() == 1 { "" } else { "es" };
    output::notice(&format!("{} fix{plural} in {}", fixes.len(), path.display()));
    Ok(true)
}

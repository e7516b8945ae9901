//! `ipcgen build`: writes what a schema means, or tells whether it is written.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use procwire_codegen::{Difference, DifferenceKind, Files, Target, Written};
use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::source::SourceMap;

use crate::json::Json;
use crate::output::{self, Color, Outcome};

/// Generate code from a schema
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen build trading.ipc --lang rust --out src/generated\n  ipcgen build trading.ipc --lang rust --out src/generated --check   # in CI: is it up to date?"
)]
pub struct Build {
    /// The schema
    schema: PathBuf,
    /// The language to generate
    #[arg(long, value_enum)]
    lang: Language,
    /// The folder to write below; the package `acme.trading` becomes `acme/trading.rs` (`.ts`, `.py`) there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write nothing; tell which files are missing or stale, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Rust: data types and traits
    Rust,
    /// TypeScript: types, codecs, clients and workers, for the package `procwire` on npm
    #[value(name = "typescript")]
    TypeScript,
    /// Python: types, clients and workers, for the distribution `procwire` on `PyPI`
    Python,
}

impl From<Language> for Target {
    fn from(language: Language) -> Self {
        match language {
            Language::Rust => Self::Rust,
            Language::TypeScript => Self::TypeScript,
            Language::Python => Self::Python,
        }
    }
}

impl Build {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let schema = match procwire_codegen::load(&self.schema) {
            Ok(schema) => schema,
            Err(error) => return self.fail(error.to_string(), &Diagnostics::new(), &SourceMap::default()),
        };
        let generated = match &schema.model {
            Some(model) => procwire_codegen::generate(model, &schema.sources, self.lang.into()),
            None => Err(Diagnostics::new()),
        };
        let (files, diagnostics) = match generated {
            Ok(files) => (Some(files), schema.diagnostics),
            Err(more) => (None, joined(schema.diagnostics, more)),
        };
        if !self.json {
            output::diagnostics(&diagnostics, &schema.sources, color);
        }
        let Some(files) = files else {
            if self.json {
                output::result(&report(&[], &diagnostics, &schema.sources, None).to_json())?;
            }
            return Ok(Outcome::Found);
        };
        let done = if self.check { self.compare(&files) } else { self.write(&files) };
        let (outcome, entries) = match done {
            Ok(done) => done,
            Err(error) => return self.fail(error, &diagnostics, &schema.sources),
        };
        if self.json {
            output::result(&report(&entries, &diagnostics, &schema.sources, None).to_json())?;
        }
        Ok(outcome)
    }

    /// Says why the work could not be done, in JSON too where that is asked for.
    fn fail(&self, error: String, diagnostics: &Diagnostics, sources: &SourceMap) -> Result<Outcome, String> {
        if self.json {
            output::result(&report(&[], diagnostics, sources, Some(&error)).to_json())?;
        }
        Err(error)
    }

    fn write(&self, files: &Files) -> Result<(Outcome, Vec<Json>), String> {
        let Written { written, unchanged } = files.write_to(&self.out).map_err(|error| error.to_string())?;
        if !self.json {
            let count = |files: &[PathBuf]| format!("{} file{}", files.len(), if files.len() == 1 { "" } else { "s" });
            for path in &written {
                output::notice(&format!("wrote {}", path.display()));
            }
            if !unchanged.is_empty() {
                output::notice(&format!("{} up to date", count(&unchanged)));
            }
        }
        let entries = written.iter().map(|path| entry(path, "written"));
        let entries = entries.chain(unchanged.iter().map(|path| entry(path, "unchanged"))).collect();
        Ok((Outcome::Clean, entries))
    }

    fn compare(&self, files: &Files) -> Result<(Outcome, Vec<Json>), String> {
        let differences = files.compare_with(&self.out).map_err(|error| error.to_string())?;
        if !self.json {
            for difference in &differences {
                output::notice(&difference.to_string());
            }
            if !differences.is_empty() {
                output::notice("run the same command without `--check` to write what is missing or stale");
            }
        }
        let outcome = if differences.is_empty() { Outcome::Clean } else { Outcome::Found };
        Ok((outcome, differences.iter().map(difference).collect()))
    }
}

fn joined(mut first: Diagnostics, second: Diagnostics) -> Diagnostics {
    second.into_iter().for_each(|diagnostic| first.push(diagnostic));
    first.sort();
    first
}

/// `files` holds the files that were written or compared; under `--check` only those that differ. `error` says why the
/// work could not be done.
fn report(files: &[Json], diagnostics: &Diagnostics, sources: &SourceMap, error: Option<&str>) -> Json {
    let mut fields = vec![
        ("files", Json::list(files.iter().cloned())),
        ("diagnostics", Json::list(diagnostics.iter().map(|diagnostic| output::json(diagnostic, sources)))),
    ];
    fields.extend(error.map(|error| ("error", Json::text(error))));
    Json::Object(fields)
}

fn entry(path: &Path, status: &'static str) -> Json {
    Json::Object(vec![("path", Json::text(path.display().to_string())), ("status", Json::text(status))])
}

fn difference(difference: &Difference) -> Json {
    let path = ("path", Json::text(difference.path.display().to_string()));
    match &difference.kind {
        DifferenceKind::Missing => Json::Object(vec![path, ("status", Json::text("missing"))]),
        DifferenceKind::Stale { line, found, expected } => Json::Object(vec![
            path,
            ("status", Json::text("stale")),
            ("line", Json::number(u32::try_from(*line).unwrap_or(u32::MAX))),
            ("found", Json::option(found.as_deref())),
            ("expected", Json::option(expected.as_deref())),
        ]),
    }
}

//! `ipcgen build`: writes what a schema means, or tells whether it is written.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use procwire_codegen::{Difference, DifferenceKind, Files, Target, Written};
use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::Model;
use procwire_idl::source::SourceMap;

use crate::form;
use crate::json::Json;
use crate::output::{self, Color, Outcome};
use crate::plugin::{self, Problem, Severity};

/// Generate code from a schema
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen build trading.ipc --lang rust --out src/generated\n  ipcgen build trading.ipc --lang rust --out src/generated --check   # in CI: is it up to date?\n  ipcgen build trading.ipc --plugin \"python3 markdown.py\" --out docs"
)]
pub struct Build {
    /// The schema
    schema: PathBuf,
    /// The language to generate
    #[arg(long, value_enum, required_unless_present = "plugin")]
    lang: Option<Language>,
    /// A program that generates instead, with its arguments: it reads the schema as JSON on its standard input, and
    /// answers files
    #[arg(long, value_name = "COMMAND", conflicts_with = "lang")]
    plugin: Option<String>,
    /// What the plugin is told besides; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "plugin", value_parser = key_and_value)]
    option: Vec<(String, String)>,
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
    /// JSON: all that the schema says, for programs; `forms/model.ipc` describes it
    Json,
}

impl Language {
    /// The language whose text the library makes; JSON is made here.
    fn target(self) -> Option<Target> {
        match self {
            Self::Rust => Some(Target::Rust),
            Self::TypeScript => Some(Target::TypeScript),
            Self::Python => Some(Target::Python),
            Self::Json => None,
        }
    }
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("an option is written as `key=value`")?;
    Ok((key.to_owned(), value.to_owned()))
}

impl Build {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let schema = match procwire_codegen::load(&self.schema) {
            Ok(schema) => schema,
            Err(error) => return self.fail(error.to_string(), &Diagnostics::new(), &SourceMap::default()),
        };
        let generated = match &schema.model {
            Some(model) => self.generate(model, &schema.sources),
            None => Ok(Generated::default()),
        };
        let Generated { files, found, problems } = match generated {
            Ok(generated) => generated,
            Err(error) => return self.fail(error, &schema.diagnostics, &schema.sources),
        };
        let diagnostics = joined(schema.diagnostics, found);
        if !self.json {
            output::diagnostics(&diagnostics, &schema.sources, color);
            for problem in &problems {
                output::notice(problem);
            }
        }
        let Some(files) = files else {
            if self.json {
                output::result(&report(&[], &diagnostics, &schema.sources, &problems, None).to_json())?;
            }
            return Ok(Outcome::Found);
        };
        let done = if self.check { self.compare(&files) } else { self.write(&files) };
        let (outcome, entries) = match done {
            Ok(done) => done,
            Err(error) => return self.fail(error, &diagnostics, &schema.sources),
        };
        if self.json {
            output::result(&report(&entries, &diagnostics, &schema.sources, &problems, None).to_json())?;
        }
        Ok(outcome)
    }

    /// The files, unless something in the schema keeps them from being made; the error says why a plugin could not work.
    fn generate(&self, model: &Model, sources: &SourceMap) -> Result<Generated, String> {
        if let Some(command) = &self.plugin {
            let (files, problems) = plugin::run(command, form::schema(model, sources), &self.option)?;
            let is_wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
            let problems = problems.iter().map(|problem| said(problem, model, sources)).collect();
            return Ok(Generated { files: (!is_wrong).then_some(files), problems, ..Generated::default() });
        }
        let Some(target) = self.lang.and_then(Language::target) else {
            let mut files = Files::default();
            let text = form::schema(model, sources).to_json();
            files.add(&form::path(model), text).map_err(|error| error.to_string())?;
            return Ok(Generated { files: Some(files), ..Generated::default() });
        };
        Ok(match procwire_codegen::generate(model, sources, target) {
            Ok(files) => Generated { files: Some(files), ..Generated::default() },
            Err(found) => Generated { found, ..Generated::default() },
        })
    }

    /// Says why the work could not be done, in JSON too where that is asked for.
    fn fail(&self, error: String, diagnostics: &Diagnostics, sources: &SourceMap) -> Result<Outcome, String> {
        if self.json {
            output::result(&report(&[], diagnostics, sources, &[], Some(&error)).to_json())?;
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

/// What came of generating.
#[derive(Default)]
struct Generated {
    /// The files; none where something is wrong.
    files: Option<Files>,
    /// What keeps a schema from being a language.
    found: Diagnostics,
    /// What a plugin said, a line each.
    problems: Vec<String>,
}

/// What a plugin says, for people.
fn said(problem: &Problem, model: &Model, sources: &SourceMap) -> String {
    let word = if problem.severity == Severity::Error { "error" } else { "warning" };
    let place = problem.place.and_then(|place| {
        let file = sources.get(model.packages.get(place.package)?.file)?;
        Some(format!("{}:{}:{}: ", file.name(), place.line, place.column))
    });
    // Control characters of a plugin do not reach a terminal.
    let message: String = problem.message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{word}: {}{message}", place.unwrap_or_default())
}

fn joined(mut first: Diagnostics, second: Diagnostics) -> Diagnostics {
    second.into_iter().for_each(|diagnostic| first.push(diagnostic));
    first.sort();
    first
}

/// `files` holds the files that were written or compared; under `--check` only those that differ. `error` says why the
/// work could not be done.
fn report(
    files: &[Json],
    diagnostics: &Diagnostics,
    sources: &SourceMap,
    problems: &[String],
    error: Option<&str>,
) -> Json {
    let mut fields = vec![
        ("files", Json::list(files.iter().cloned())),
        ("diagnostics", Json::list(diagnostics.iter().map(|diagnostic| output::json(diagnostic, sources)))),
    ];
    if !problems.is_empty() {
        fields.push(("plugin", Json::list(problems.iter().map(Json::text))));
    }
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

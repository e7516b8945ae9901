//! `ipcgen build`: writes what a schema means, or tells whether it is written.

use std::path::{Path, PathBuf};

use clap::Args;
use procwire_codegen::{Difference, DifferenceKind, Files, Schema, Written};
use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::Model;
use procwire_idl::source::SourceMap;

use crate::form;
use crate::job::Wanted;
use crate::json::Json;
use crate::output::{self, Color, Outcome};
use crate::plugin::{self, Problem, Severity};

/// Generate code from a schema
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen build trading.ipc --lang rust --out src/generated\n  ipcgen build trading.ipc --lang rust --out src/generated --check   # in CI: is it up to date?\n  ipcgen build trading.ipc --plugin \"python3 markdown.py\" --out docs\n  ipcgen build      # what ipc.toml says:\n\n  [build]\n  lang = [\"rust\", \"typescript\"]\n  out = { rust = \"src/generated\", typescript = \"web/generated\" }"
)]
pub struct Build {
    #[command(flatten)]
    wanted: Wanted,
    /// A program that generates instead, with its arguments: it reads the schema as JSON on its standard input, and
    /// answers files
    #[arg(long, value_name = "COMMAND", conflicts_with = "lang")]
    plugin: Option<String>,
    /// What the plugin is told besides; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "plugin", value_parser = key_and_value)]
    option: Vec<(String, String)>,
    /// Write nothing; tell which files are missing or stale, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("an option is written as `key=value`")?;
    Ok((key.to_owned(), value.to_owned()))
}

impl Build {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let mut told = Told::default();
        let mut outcome = Outcome::Clean;
        let done = self.work(color, &mut told, &mut outcome);
        if self.json {
            output::result(&told.report(done.as_ref().err().map(String::as_str)).to_json())?;
        }
        done.map(|()| outcome)
    }

    /// Builds one schema after the other; the error says why the work could not be done.
    fn work(&self, color: Color, told: &mut Told, outcome: &mut Outcome) -> Result<(), String> {
        if let Some(command) = &self.plugin {
            let out = self.wanted.folder()?;
            for (path, _) in self.wanted.schemas()? {
                let schema = self.load(&path, color, told)?;
                let generated = match &schema.model {
                    Some(model) => self.plug_in(command, model, &schema.sources)?,
                    None => Generated::default(),
                };
                self.finish(vec![(generated, out.clone())], &schema.sources, color, told, outcome)?;
            }
            return Ok(());
        }
        for job in self.wanted.jobs()? {
            let schema = self.load(&job.schema, color, told)?;
            let generated = job.outputs.into_iter().map(|(language, out)| {
                let made = schema.model.as_ref().map(|model| language.generate(model, &schema.sources));
                let generated = match made {
                    Some(Ok(files)) => Generated { files: Some(files), ..Generated::default() },
                    Some(Err(found)) => Generated { found, ..Generated::default() },
                    None => Generated::default(),
                };
                (generated, out)
            });
            self.finish(generated.collect(), &schema.sources, color, told, outcome)?;
        }
        Ok(())
    }

    fn load(&self, path: &Path, color: Color, told: &mut Told) -> Result<Schema, String> {
        let schema = procwire_codegen::load(path).map_err(|error| error.to_string())?;
        self.tell(&schema.diagnostics, &schema.sources, color, told);
        Ok(schema)
    }

    fn tell(&self, diagnostics: &Diagnostics, sources: &SourceMap, color: Color, told: &mut Told) {
        if !self.json {
            output::diagnostics(diagnostics, sources, color);
        }
        told.diagnostics.extend(diagnostics.iter().map(|diagnostic| output::json(diagnostic, sources)));
    }

    /// Writes or compares what was made of a schema: all of it, or nothing where something is wrong.
    fn finish(
        &self,
        made: Vec<(Generated, PathBuf)>,
        sources: &SourceMap,
        color: Color,
        told: &mut Told,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        for (generated, _) in &made {
            self.tell(&generated.found, sources, color, told);
            if !self.json {
                for problem in &generated.problems {
                    output::notice(problem);
                }
            }
            told.problems.extend(generated.problems.iter().cloned());
        }
        if made.iter().any(|(generated, _)| generated.files.is_none()) {
            *outcome = Outcome::Found;
            return Ok(());
        }
        for (generated, out) in made {
            let files = generated.files.unwrap_or_default();
            let (found, entries) = if self.check { self.compare(&files, &out)? } else { self.write(&files, &out)? };
            told.entries.extend(entries);
            if found == Outcome::Found {
                *outcome = Outcome::Found;
            }
        }
        Ok(())
    }

    /// What a plugin makes of a schema; the error says why it could not work.
    fn plug_in(&self, command: &str, model: &Model, sources: &SourceMap) -> Result<Generated, String> {
        let (files, problems) = plugin::run(command, form::schema(model, sources), &self.option)?;
        let is_wrong = problems.iter().any(|problem| problem.severity == Severity::Error);
        let problems = problems.iter().map(|problem| said(problem, model, sources)).collect();
        Ok(Generated { files: (!is_wrong).then_some(files), problems, ..Generated::default() })
    }

    fn write(&self, files: &Files, out: &Path) -> Result<(Outcome, Vec<Json>), String> {
        let Written { written, unchanged } = files.write_to(out).map_err(|error| error.to_string())?;
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

    fn compare(&self, files: &Files, out: &Path) -> Result<(Outcome, Vec<Json>), String> {
        let differences = files.compare_with(out).map_err(|error| error.to_string())?;
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

/// What is told of all schemas, for the form that programs read.
#[derive(Default)]
struct Told {
    /// The files that were written or compared; under `--check` only those that differ.
    entries: Vec<Json>,
    diagnostics: Vec<Json>,
    /// What plugins said.
    problems: Vec<String>,
}

impl Told {
    /// `error` says why the work could not be done.
    fn report(self, error: Option<&str>) -> Json {
        let mut fields = vec![("files", Json::list(self.entries)), ("diagnostics", Json::list(self.diagnostics))];
        if !self.problems.is_empty() {
            fields.push(("plugin", Json::list(self.problems.iter().map(Json::text))));
        }
        fields.extend(error.map(|error| ("error", Json::text(error))));
        Json::Object(fields)
    }
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

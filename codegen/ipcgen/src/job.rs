//! What is built: schemas, languages and output folders, as the command line says or `[build]` of `ipc.toml`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use procwire_codegen::{Again, Files, Target, settings_file};
use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::Model;
use procwire_idl::source::SourceMap;
use toml::{Table, Value};

use crate::form;
use crate::settings::Settings;

/// A language that is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Language {
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

    /// The same for a model that is built again and again; `again` is of this schema and language.
    pub fn generate_again(self, model: &Model, sources: &SourceMap, again: &mut Again) -> Result<Files, Diagnostics> {
        match self.target() {
            Some(target) => again.generate(model, sources, target),
            None => self.generate(model, sources),
        }
    }

    /// The files of a model; an error names what is a schema but cannot be this language.
    pub fn generate(self, model: &Model, sources: &SourceMap) -> Result<Files, Diagnostics> {
        if let Some(target) = self.target() {
            return procwire_codegen::generate(model, sources, target);
        }
        let mut files = Files::default();
        let text = form::schema(model, sources).to_json();
        // The path is made of names, which lead nowhere.
        let _ = files.add(&form::path(model), text);
        Ok(files)
    }
}

/// What the command line says of it.
#[derive(Args, Debug)]
pub struct Wanted {
    /// The schema; without one those of `[build]` in the nearest ipc.toml
    pub schema: Option<PathBuf>,
    /// The language to generate; without one those of `[build]`
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
    /// The folder to write below; the package `acme.trading` becomes `acme/trading.rs` (`.ts`, `.py`) there
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// A schema and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub schema: PathBuf,
    pub outputs: Vec<(Language, PathBuf)>,
}

impl Wanted {
    /// The schemas, each with its settings.
    pub fn schemas(&self) -> Result<Vec<(PathBuf, Settings)>, String> {
        if let Some(schema) = &self.schema {
            return Ok(vec![(schema.clone(), Settings::of(schema)?)]);
        }
        // Any name in the current folder finds the settings that hold there.
        let Some(path) = settings_file(Path::new("any.ipc")) else {
            return Err(
                "no schema is given, and there is no ipc.toml here or above: write `ipcgen build FILE.ipc`".into()
            );
        };
        let settings = Settings::of(Path::new("any.ipc"))?;
        let schemas =
            if settings.build.schemas.is_empty() { only_schema(&path)? } else { settings.build.schemas.clone() };
        Ok(schemas.into_iter().map(|schema| (schema, settings.clone())).collect())
    }

    /// Everything that is to be built.
    pub fn jobs(&self) -> Result<Vec<Job>, String> {
        let schemas = self.schemas()?;
        schemas
            .into_iter()
            .map(|(schema, settings)| Ok(Job { schema, outputs: self.outputs(&settings.build)? }))
            .collect()
    }

    fn outputs(&self, build: &Build) -> Result<Vec<(Language, PathBuf)>, String> {
        let languages = match self.lang {
            Some(language) => vec![language],
            None => build.languages.clone(),
        };
        if languages.is_empty() {
            return Err(
                "no language is given: write `--lang rust`, or `lang = \"rust\"` under `[build]` in ipc.toml".into()
            );
        }
        let folder = |language: Language| {
            let set = || build.outs.iter().find(|(of, _)| of.is_none_or(|of| of == language));
            let found = self.out.clone().or_else(|| set().map(|(_, folder)| folder.clone()));
            let name = name_of(language);
            let wrong = format!(
                "no output folder is given for {name}: write `--out DIR`, or `out = \"DIR\"` under `[build]` in ipc.toml"
            );
            found.map(|folder| (language, folder)).ok_or(wrong)
        };
        languages.into_iter().map(folder).collect()
    }

    /// The one folder to write below, for what is no language.
    pub fn folder(&self) -> Result<PathBuf, String> {
        self.out.clone().ok_or_else(|| "no output folder is given: write `--out DIR`".to_owned())
    }
}

/// The schema beside an `ipc.toml` that names none.
fn only_schema(settings: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = settings.parent().unwrap_or(Path::new(""));
    let entries = std::fs::read_dir(folder).map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    let mut schemas: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    schemas.retain(|path| path.extension().is_some_and(|extension| extension == "ipc") && path.is_file());
    schemas.sort();
    match schemas.as_slice() {
        [only] => Ok(vec![shortened(only)]),
        [] => Err(format!(
            "{}: no schema lies beside it; write `schema = \"FILE.ipc\"` under `[build]`",
            settings.display()
        )),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
                .collect();
            let message = "write under `[build]` which of them is meant, as `schema = \"FILE.ipc\"` or a list";
            Err(format!("{}: {} lie beside it; {message}", settings.display(), names.join(", ")))
        }
    }
}

/// `[build]` of `ipc.toml`.
#[derive(Clone, Debug, Default)]
pub struct Build {
    schemas: Vec<PathBuf>,
    languages: Vec<Language>,
    /// The output folders, of one language or of all.
    outs: Vec<(Option<Language>, PathBuf)>,
}

impl Build {
    /// Reads the table; its paths begin at `folder`.
    pub fn read(table: &Table, folder: &Path) -> Result<Self, String> {
        let path = |text: &str| shortened(&folder.join(text));
        let mut build = Self::default();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("schema", value) => {
                    let names = texts(value).ok_or("[build] schema: write `schema = \"FILE.ipc\"`, or a list")?;
                    build.schemas = names.into_iter().map(path).collect();
                }
                ("lang", value) => {
                    let names = texts(value).ok_or("[build] lang: write `lang = \"rust\"`, or a list")?;
                    build.languages = names.into_iter().map(language).collect::<Result<_, _>>()?;
                }
                ("out", Value::String(out)) => build.outs = vec![(None, path(out))],
                ("out", Value::Table(outs)) => {
                    for (name, out) in outs {
                        let out = out.as_str().ok_or("[build] out: write `out = { rust = \"DIR\" }`")?;
                        build.outs.push((Some(language(name)?), path(out)));
                    }
                }
                ("out", _) => return Err("[build] out: write `out = \"DIR\"`, or `out = { rust = \"DIR\" }`".into()),
                _ => return Err(format!("[build]: there is no `{key}`; there are `schema`, `lang` and `out`")),
            }
        }
        // Folders of single languages say which languages are meant.
        if build.languages.is_empty() {
            build.languages = build.outs.iter().filter_map(|(language, _)| *language).collect();
        }
        Ok(build)
    }
}

/// A text, or a list of texts.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(texts) => texts.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

fn language(name: &str) -> Result<Language, String> {
    Language::from_str(name, false).map_err(|_| {
        let names: Vec<String> = Language::value_variants().iter().map(|language| name_of(*language)).collect();
        format!("[build]: there is no language `{name}`; there are {}", names.join(", "))
    })
}

fn name_of(language: Language) -> String {
    language.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A path as people would write it here.
fn shortened(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

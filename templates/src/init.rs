//! A first project: a schema, a worker that serves it and a parent that calls it.

use askama::Template;

/// What the two say to each other.
#[derive(Debug, Template)]
#[template(path = "init/schema.ipc.jinja", escape = "none")]
pub struct Schema;

/// What a person reads first.
#[derive(Debug, Template)]
#[template(path = "init/README.md.jinja", escape = "none")]
pub struct Readme {
    /// The project.
    pub name: String,
    /// The parent's language, as it is written.
    pub parent: String,
    /// The worker's.
    pub worker: String,
    /// The command that builds everything.
    pub build: String,
    /// The command that starts the parent.
    pub run: String,
    /// Each other file that is worth a word.
    pub files: Vec<ReadmeFile>,
    /// The commands to run after a change of the schema; none where the build does that.
    pub generate: Vec<String>,
}

/// A file, and what it is.
#[derive(Clone, Debug)]
pub struct ReadmeFile {
    /// Its path in the project.
    pub path: String,
    /// A few words.
    pub what: String,
}

/// What git leaves alone.
#[derive(Debug, Template)]
#[template(path = "init/gitignore.jinja", escape = "none")]
pub struct Gitignore {
    /// One pattern each.
    pub lines: Vec<String>,
}

/// Cargo.toml.
#[derive(Debug, Template)]
#[template(path = "init/Cargo.toml.jinja", escape = "none")]
pub struct CargoToml {
    /// The package.
    pub name: String,
    /// `version = "…"` or `path = "…"`.
    pub procwire: String,
    /// Whether the parent is in it.
    pub runs: bool,
    /// Whether the worker is in it.
    pub serves: bool,
}

/// A worker in Rust.
#[derive(Debug, Template)]
#[template(path = "init/worker.rs.jinja", escape = "none")]
pub struct RustWorker;

/// A parent in Rust.
#[derive(Debug, Template)]
#[template(path = "init/parent.rs.jinja", escape = "none")]
pub struct RustParent {
    /// The lines that give `worker` its command.
    pub worker: Vec<String>,
}

/// package.json.
#[derive(Debug, Template)]
#[template(path = "init/package.json.jinja", escape = "none")]
pub struct PackageJson {
    /// The package.
    pub name: String,
    /// The version, or where it lies.
    pub procwire: String,
    /// Whether the parent is in it.
    pub runs: bool,
}

/// tsconfig.json.
#[derive(Debug, Template)]
#[template(path = "init/tsconfig.json.jinja", escape = "none")]
pub struct TsConfig;

/// A worker in TypeScript.
#[derive(Debug, Template)]
#[template(path = "init/worker.ts.jinja", escape = "none")]
pub struct TypeScriptWorker;

/// A parent in TypeScript.
#[derive(Debug, Template)]
#[template(path = "init/parent.ts.jinja", escape = "none")]
pub struct TypeScriptParent {
    /// The arguments of `spawn`.
    pub worker: String,
    /// Whether they name the project's folder.
    pub rooted: bool,
}

/// requirements.txt.
#[derive(Debug, Template)]
#[template(path = "init/requirements.txt.jinja", escape = "none")]
pub struct Requirements {
    /// The one requirement.
    pub procwire: String,
}

/// A worker in Python.
#[derive(Debug, Template)]
#[template(path = "init/worker.py.jinja", escape = "none")]
pub struct PythonWorker;

/// A parent in Python.
#[derive(Debug, Template)]
#[template(path = "init/parent.py.jinja", escape = "none")]
pub struct PythonParent {
    /// The items of the command.
    pub worker: String,
    /// Whether they name this interpreter.
    pub itself: bool,
}

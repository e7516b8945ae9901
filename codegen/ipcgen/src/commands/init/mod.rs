//! `ipcgen init`: makes a first project, which builds and runs at once.

mod project;

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use self::project::{Project, Source};
use crate::output::{self, Outcome};

/// Make a small project that runs: a schema, a worker and a parent
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen init hello                                       # a Rust parent with a Rust worker\n  ipcgen init hello --parent typescript --worker rust\n  ipcgen init hello --parent python --worker python"
)]
pub struct Init {
    /// The folder to make it in; it must be new or empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The language of the program that starts the worker
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value_t = Language::Rust)]
    parent: Language,
    /// The language of the worker
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value_t = Language::Rust)]
    worker: Language,
    /// Take procwire from this checkout of its repository instead of from crates.io, npm and `PyPI`
    #[arg(long, value_name = "PATH")]
    local: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Rust
    Rust,
    /// TypeScript, on Node
    #[value(name = "typescript")]
    TypeScript,
    /// Python
    Python,
}

impl Init {
    pub fn run(&self) -> Result<Outcome, String> {
        let source = match &self.local {
            None => Source::Released,
            Some(path) => Source::Checkout(checkout(path)?),
        };
        let folder = &self.folder;
        let is_new = make(folder)?;
        let cannot = |error: &dyn std::fmt::Display| format!("cannot find out where {} is: {error}", folder.display());
        let absolute = folder.canonicalize().map_err(|error| cannot(&error))?;
        let name = absolute.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let project = Project { name: package_name(&name), parent: self.parent, worker: self.worker, source };
        let files = match project.files() {
            Ok(files) => files,
            Err(error) => {
                if is_new {
                    // It is empty, and nobody asked for an empty folder.
                    let _ = fs::remove_dir(folder);
                }
                return Err(error);
            }
        };
        for (path, text) in &files {
            write(&folder.join(path), text)?;
            output::notice(&format!("wrote {}", folder.join(path).display()));
        }
        output::notice(&format!("in {}, build it and run it:", folder.display()));
        output::result(&format!("{}\n{}\n", project.build(), project.run()))?;
        Ok(Outcome::Clean)
    }
}

/// Makes the folder, unless it is there and empty. Tells whether it is new.
fn make(folder: &Path) -> Result<bool, String> {
    let advice = "nothing was written; name a folder that is new or empty";
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(false),
            Some(_) => Err(format!("{} is not empty: {advice}", folder.display())),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            Err(format!("{} is a file: {advice}", folder.display()))
        }
        Err(error) => Err(format!("cannot read {}: {error}", folder.display())),
    }
}

/// Writes a file that nobody else has written meanwhile.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = parent.and_then(|()| File::create_new(path)).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn checkout(path: &Path) -> Result<String, String> {
    let absolute = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
    if !absolute.join("runtime/rust/Cargo.toml").exists() {
        return Err(format!("{} is no checkout of procwire: it has no runtime/rust/Cargo.toml", path.display()));
    }
    absolute.into_os_string().into_string().map_err(|path| format!("{} is not UTF-8", path.display()))
}

/// A name that cargo and npm both take, as near to the folder's as may be.
fn package_name(folder: &str) -> String {
    let lower = folder.to_lowercase();
    let name: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let name = name.trim_matches(['-', '_']);
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && !RESERVED.contains(&name) => name.to_owned(),
        Some(_) => format!("project-{name}"),
        None => "greeter".to_owned(),
    }
}

/// Names that cargo or npm refuse, and those of the project's own dependencies.
const RESERVED: [&str; 12] = [
    "test",
    "core",
    "std",
    "alloc",
    "proc_macro",
    "build",
    "deps",
    "examples",
    "incremental",
    "node_modules",
    "procwire",
    "tokio",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_after_its_folder() {
        for (folder, name) in [
            ("hello", "hello"),
            ("My App", "my-app"),
            ("2fast", "project-2fast"),
            ("test", "project-test"),
            ("größe", "gr--e"),
            ("...", "greeter"),
            ("", "greeter"),
        ] {
            assert_eq!(package_name(folder), name);
        }
    }
}

//! A schema as a commit of git has it, with what it imports there.

use std::path::{Path, PathBuf};
use std::process::Command;

use procwire_codegen::{Schema, load_with, place};
use procwire_idl::{Library, Source, Unreadable};

/// The schema of a path at a commit: `main`, a tag, a hash. Its root folder is the one that it has now.
pub fn schema(path: &Path, reference: &str) -> Result<Schema, String> {
    if reference.is_empty() || reference.starts_with('-') {
        return Err(format!("`{reference}` is no commit: write `git:main`, a tag, or a hash"));
    }
    let (root, below) = place(path).map_err(|error| error.to_string())?;
    let mut commit = Commit { root, reference };
    let text = match commit.text(&below)? {
        Ok(text) => text,
        Err(why) => return Err(format!("git has no {} at `{reference}`: {why}", path.display())),
    };
    Ok(load_with(&format!("{} ({reference})", path.display()), &below, &text, &mut commit))
}

struct Commit<'c> {
    root: PathBuf,
    reference: &'c str,
}

impl Commit<'_> {
    /// The text of a file below the root, or why git has none; the outer error is that git does not run.
    fn text(&self, path: &str) -> Result<Result<String, String>, String> {
        let object = format!("{}:./{path}", self.reference);
        let shown = Command::new("git")
            .arg("-C")
            .arg(&self.root)
            .args(["show", "--no-textconv", &object])
            .output()
            .map_err(|error| format!("git does not start: {error}"))?;
        if !shown.status.success() {
            return Ok(Err(String::from_utf8_lossy(&shown.stderr).trim().to_owned()));
        }
        let text = String::from_utf8(shown.stdout);
        text.map(Ok).map_err(|_| format!("{path} at `{}` is not UTF-8", self.reference))
    }
}

impl Library for Commit<'_> {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let text = self.text(path).map_err(Unreadable::Other)?.map_err(|_| Unreadable::Missing)?;
        Ok(Source { name: format!("{path} ({})", self.reference), text })
    }
}

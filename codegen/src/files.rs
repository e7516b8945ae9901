//! Generated files: kept in memory, written or compared in one place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Generated files by their path below the output folder, with `/` between its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<String, String>,
    /// Files that are the user's once they are there.
    kept: BTreeSet<String>,
}

/// What writing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The files that are new or have changed.
    pub written: Vec<PathBuf>,
    /// The files that were there already, byte for byte; they were not touched.
    pub unchanged: Vec<PathBuf>,
}

/// A file on disk that is not what would be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where the file is.
    pub path: PathBuf,
    /// What is the matter with it.
    pub kind: DifferenceKind,
}

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// There is no such file.
    Missing,
    /// It differs, for the first time in this line, counted from 1.
    Stale {
        /// The first line that differs.
        line: usize,
        /// That line on disk; `None` where the file ends before it.
        found: Option<String>,
        /// That line as it would be generated; `None` where nothing would follow.
        expected: Option<String>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let DifferenceKind::Stale { line, found, expected } = &self.kind else {
            return write!(f, "{path}: missing");
        };
        write!(f, "{path}:{line}: stale")?;
        for (mark, text) in [('-', found), ('+', expected)] {
            if let Some(text) = text {
                write!(f, "\n  {mark} {text}")?;
            }
        }
        Ok(())
    }
}

/// Why files could not be written or compared.
#[derive(Debug)]
pub struct FilesError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl FilesError {
    fn new(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { action, path, source }
    }
}

impl fmt::Display for FilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} `{}`: {}", self.action, self.path.display(), self.source)
    }
}

impl std::error::Error for FilesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl Files {
    /// Adds a file, or replaces it. Its text gets exactly one line end behind its last line.
    pub(crate) fn insert(&mut self, path: String, mut text: String) {
        text.truncate(text.trim_end().len());
        text.push('\n');
        self.files.insert(path, text);
    }

    /// Adds a file that somebody else made, by a path below the output folder with `/` between its parts. One that leads
    /// out of it, or that is there already, is refused.
    pub fn add(&mut self, path: &str, text: String) -> Result<(), FilesError> {
        below(Path::new(""), path)?;
        if path.is_empty() || self.files.contains_key(path) {
            let reason = if path.is_empty() { "a file needs a name" } else { "there are two files of this name" };
            return Err(FilesError::new("add", Path::new(path))(io::Error::other(reason)));
        }
        self.files.insert(path.to_owned(), text);
        Ok(())
    }

    /// Adds an empty file that is left as it is where there is one already.
    pub(crate) fn insert_unless_there(&mut self, path: String) {
        self.kept.insert(path.clone());
        self.files.insert(path, String::new());
    }

    /// The files by their paths, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of one file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Writes what is new or differs below `out`, and creates the folders that it needs. Nothing is removed, and
    /// nothing outside of `out` is touched: a folder that leads out by a symbolic link is refused.
    pub fn write_to(&self, out: &Path) -> Result<Written, FilesError> {
        let mut report = Written::default();
        for (name, text) in self.iter() {
            let path = below(out, name)?;
            match fs::read(&path) {
                Ok(found) if found == text.as_bytes() || self.kept.contains(name) => {
                    report.unchanged.push(path);
                    continue;
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(FilesError::new("read", &path)(error)),
            }
            write_whole(out, &path, text)?;
            report.written.push(path);
        }
        Ok(report)
    }

    /// What writing to `out` would change.
    pub fn compare_with(&self, out: &Path) -> Result<Vec<Difference>, FilesError> {
        let mut differences = Vec::new();
        for (name, text) in self.iter() {
            let path = below(out, name)?;
            let kind = match fs::read(&path) {
                Ok(found) if found == text.as_bytes() || self.kept.contains(name) => continue,
                Ok(found) => first_difference(&String::from_utf8_lossy(&found), text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => DifferenceKind::Missing,
                Err(error) => return Err(FilesError::new("read", &path)(error)),
            };
            differences.push(Difference { path, kind });
        }
        Ok(differences)
    }
}

/// The path of a file below `out`.
fn below(out: &Path, name: &str) -> Result<PathBuf, FilesError> {
    let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let path = out.join(name);
    if is_inside { Ok(path) } else { Err(leads_out(&path)) }
}

fn leads_out(path: &Path) -> FilesError {
    FilesError::new("write", path)(io::Error::other("the path leads out of the output folder"))
}

/// Writes beside the target and renames, so that nobody ever reads half a file.
fn write_whole(out: &Path, path: &Path, text: &str) -> Result<(), FilesError> {
    let folder = path.parent().unwrap_or(out);
    fs::create_dir_all(folder).map_err(FilesError::new("create the folder", folder))?;
    let resolve = |path: &Path| path.canonicalize().map_err(FilesError::new("resolve", path));
    if !resolve(folder)?.starts_with(resolve(out)?) {
        return Err(leads_out(path));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // What is left of the attempt is of no use; the first error is the one that matters.
        let _ = fs::remove_file(&beside);
        FilesError::new("write", path)(error)
    })
}

fn first_difference(found: &str, expected: &str) -> DifferenceKind {
    let mut found_lines = found.split('\n');
    let mut expected_lines = expected.split('\n');
    let mut line = 1;
    loop {
        match (found_lines.next(), expected_lines.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            (found, expected) => {
                let shown = |text: Option<&str>| text.map(|text| text.escape_debug().to_string());
                return DifferenceKind::Stale { line, found: shown(found), expected: shown(expected) };
            }
        }
    }
}

//! The root folder of a schema, and the files in it: the only place where imports meet a disk.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use procwire_idl::{Library, Source, Unreadable};

use crate::Error;
use crate::load::text;

/// The nearest `ipc.toml` of a schema: in its folder or above.
#[must_use]
pub fn settings_file(schema: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(schema).ok()?;
    absolute.ancestors().skip(1).map(|folder| folder.join("ipc.toml")).find(|path| path.is_file())
}

/// A folder that imports are read from.
#[derive(Debug)]
pub(crate) struct Folder {
    /// As messages name it; joined with a path of the schema it can be opened.
    shown: PathBuf,
    /// Without links.
    real: PathBuf,
    /// What was read, and what was looked for and is not there.
    pub(crate) files: Vec<PathBuf>,
    /// The folders below, without links.
    known: HashMap<PathBuf, PathBuf>,
}

/// Where a schema lies: its root folder, and the path from there.
pub(crate) fn of(schema: &Path) -> Result<(Folder, String), Error> {
    let wrong = |error: io::Error| Error::read(schema, error);
    let name = schema.file_name().ok_or_else(|| Error::read(schema, "the path names no file"))?;
    let folder = match schema.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let real = folder.canonicalize().map_err(wrong)?;
    let mut root =
        Folder { shown: schema.parent().unwrap_or(folder).to_owned(), real, files: Vec::new(), known: HashMap::new() };
    let mut path = PathBuf::from(name);
    if let Some((settings, named)) = named_root(schema)? {
        let real = named
            .canonicalize()
            .map_err(|error| Error::read(&settings, format!("`root` is the folder `{}`: {error}", named.display())))?;
        let Ok(inside) = root.real.strip_prefix(&real) else {
            let reason = format!(
                "the schema lies outside of its root folder `{}`, which `{}` names",
                real.display(),
                settings.display()
            );
            return Err(Error::read(schema, reason));
        };
        root.shown = up(&root.shown, inside);
        path = inside.join(name);
        root.real = real;
        root.files.push(settings);
    }
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    // A name that is no text cannot be imported, so that it need not be told from others.
    Ok((root, parts.map_or_else(|| path.to_string_lossy().into_owned(), |parts| parts.join("/"))))
}

/// The root folder of a schema, without links, and where the schema lies below it, with `/` between the parts.
pub fn place(schema: &Path) -> Result<(PathBuf, String), Error> {
    let (folder, path) = of(schema)?;
    Ok((folder.real, path))
}

/// What the nearest `ipc.toml` says of the root, and that file.
fn named_root(schema: &Path) -> Result<Option<(PathBuf, PathBuf)>, Error> {
    let Some(settings) = settings_file(schema) else {
        return Ok(None);
    };
    let read = fs::read_to_string(&settings).map_err(|error| Error::read(&settings, error))?;
    match root_key(&read) {
        Ok(None) => Ok(None),
        Ok(Some(root)) => {
            let folder = settings.parent().unwrap_or(Path::new("")).join(root);
            Ok(Some((settings, folder)))
        }
        Err(line) => {
            let reason =
                format!("line {line}: `root` is a folder in quotes: write `root = \"..\"`, with `/` between its parts");
            Err(Error::read(&settings, reason))
        }
    }
}

/// What a text says behind `root =` above its first table; the error is the line where that is no folder. Nothing else of
/// the format is needed here, and a reader of all of it would be built with every build script.
fn root_key(text: &str) -> Result<Option<&str>, usize> {
    let lines = text.lines().map(str::trim).enumerate().take_while(|(_, line)| !line.starts_with('['));
    for (at, line) in lines {
        let Some((key, value)) = line.split_once('=') else { continue };
        if !matches!(key.trim_end(), "root" | "\"root\"" | "'root'") {
            continue;
        }
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or(at + 1)?;
        let (folder, rest) = value[1..].split_once(quote).ok_or(at + 1)?;
        let rest = rest.trim_start();
        // An escape would need a reader of its own; a path of a schema needs none.
        if folder.is_empty() || folder.contains('\\') || !(rest.is_empty() || rest.starts_with('#')) {
            return Err(at + 1);
        }
        return Ok(Some(folder));
    }
    Ok(None)
}

/// The folder that `inside` leads to `folder` from.
fn up(folder: &Path, inside: &Path) -> PathBuf {
    let mut above = folder.to_owned();
    let mut dots = PathBuf::new();
    for part in inside.components().rev() {
        // What is written without links is shortened; everything else is gone up.
        if dots.as_os_str().is_empty() && above.components().next_back() == Some(part) && !above.is_symlink() {
            above.pop();
        } else {
            dots.push(Component::ParentDir);
        }
    }
    above.join(dots)
}

impl Folder {
    /// Where a file really lies. Its folder is looked at once, since a thousand files may lie there.
    fn without_links(&mut self, path: &str) -> io::Result<PathBuf> {
        let path = self.real.join(path);
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return path.canonicalize();
        };
        if path.symlink_metadata()?.is_symlink() {
            return path.canonicalize();
        }
        if let Some(real) = self.known.get(folder) {
            return Ok(real.join(name));
        }
        let real = folder.canonicalize()?;
        let file = real.join(name);
        self.known.insert(folder.to_owned(), real);
        Ok(file)
    }
}

impl Library for Folder {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let shown = self.shown.join(path);
        self.files.push(shown.clone());
        let other = |error: io::Error| Unreadable::Other(error.to_string());
        let real = match self.without_links(path) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unreadable::Missing),
            Err(error) => return Err(other(error)),
        };
        if !real.starts_with(&self.real) {
            return Err(Unreadable::Outside);
        }
        if !real.metadata().map_err(other)?.is_file() {
            return Err(Unreadable::Other("it is no file".to_owned()));
        }
        let text = text(&real).map_err(Unreadable::Other)?;
        Ok(Source { name: shown.display().to_string(), text })
    }
}

#[cfg(test)]
mod tests {
    use super::root_key;

    #[test]
    fn the_root_is_read_above_the_first_table() {
        for (text, root) in [
            ("root = \"..\"", Some("..")),
            ("# root = \"a\"\r\n\r\n  'root'='b/c'   # the folder\r\n[lint]\r\n", Some("b/c")),
            ("\"root\" = \".\"", Some(".")),
            ("[lint]\nroot = \"..\"", None),
            ("rooted = \"..\"\nother = 1", None),
            ("", None),
        ] {
            assert_eq!(root_key(text), Ok(root), "{text}");
        }
    }

    #[test]
    fn what_is_no_folder_is_told_with_its_line() {
        for text in
            ["\nroot = ..", "\nroot = \"..", "\nroot = \"a\" b", "\nroot = \"a\\\\b\"", "\nroot = \"\"", "\nroot ="]
        {
            assert_eq!(root_key(text), Err(2), "{text}");
        }
    }
}

//! The text files below a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A text file, once it was read.
#[derive(Debug)]
pub struct TextFile {
    /// Relative to the folder.
    pub name: String,
    pub text: String,
    pub modified: Option<SystemTime>,
}

/// A file that is there to be read.
#[derive(Debug)]
pub struct Found {
    name: String,
    path: PathBuf,
    pub bytes: u64,
}

/// The files below a folder, sorted by name, without those in a folder that is skipped.
pub fn list(folder: &Path, skip: &[String]) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(&current)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && !skip.iter().any(|name| **name == *entry.file_name()) {
                folders.push(path);
            } else if kind.is_file() {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
                found.push(Found { name, bytes: entry.metadata()?.len(), path });
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The file's text; nothing where it is no text or cannot be read.
pub fn read(file: Found) -> Option<TextFile> {
    let text = std::fs::read_to_string(&file.path).ok()?;
    let modified = std::fs::metadata(&file.path).and_then(|data| data.modified()).ok();
    Some(TextFile { name: file.name, text, modified })
}

//! The name of the package where nobody gives one: that of the crate, or of the only file.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A name for the package of the schema that `source` means; the error says how to give one.
pub fn name(source: &Path) -> Result<String, String> {
    let named = match manifest(source) {
        Some(manifest) => crate_name(&manifest)?,
        None => file_name(source)?,
    };
    let name = named.replace('-', "_");
    let first = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(name);
    }
    Err(format!("`{}` is no name for a package; pass one as `--package NAME`", named.escape_debug()))
}

/// The manifest of the crate that `source` stands for; a file stands for its crate only where the crate begins in it.
fn manifest(source: &Path) -> Option<PathBuf> {
    if source.file_name().is_some_and(|name| name == "Cargo.toml") {
        return Some(source.to_owned());
    }
    if source.extension().is_none_or(|extension| extension != "rs") || source.is_dir() {
        return Some(source.join("Cargo.toml"));
    }
    let begins = source.file_stem().is_some_and(|stem| stem == "lib" || stem == "main");
    let manifest = source.canonicalize().ok()?.parent()?.parent()?.join("Cargo.toml");
    (begins && manifest.is_file()).then_some(manifest)
}

fn crate_name(manifest: &Path) -> Result<String, String> {
    let wrong = |why: &str| {
        let path = manifest.display();
        format!("the package has no name, since `{path}` gives none: {why}; pass one as `--package NAME`")
    };
    let text = fs::read_to_string(manifest).map_err(|error| wrong(&error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.message()))?;
    let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    name.map(str::to_owned).ok_or_else(|| wrong("it has no `name` in `[package]`"))
}

/// The stem of a file; `mod.rs` is named by its folder, and `lib.rs` and `main.rs` alone by nothing.
fn file_name(source: &Path) -> Result<String, String> {
    let stem = source.file_stem().and_then(OsStr::to_str);
    let name = match stem {
        Some("mod") => {
            let folder = source.canonicalize().ok();
            let folder = folder.as_deref().and_then(Path::parent).and_then(Path::file_name).and_then(OsStr::to_str);
            folder.map(str::to_owned)
        }
        Some("lib" | "main") | None => None,
        Some(stem) => Some(stem.to_owned()),
    };
    name.ok_or_else(|| {
        format!("the package has no name, since `{}` gives none; pass one as `--package NAME`", source.display())
    })
}

//! The steps that install and build what is not cargo's.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs a step to its end; what went wrong is one line, and what the step printed stands on stderr.
pub fn run(what: &str, command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{what} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{what} failed: {}", output.status))
}

/// Copies the files of a folder, and of the folders in it, that have one of these extensions.
pub fn copy(from: &Path, to: &Path, extensions: &[&str]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} cannot be copied: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name), extensions)?;
        } else if path.extension().is_some_and(|end| extensions.iter().any(|extension| end == *extension)) {
            fs::copy(&path, to.join(name)).map_err(failed)?;
        }
    }
    Ok(())
}

/// Runs an installation again only when the file that it reads has changed since it last went well.
pub fn once(lock: &Path, stamp: &Path, install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let wanted = fs::read(lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

//! Compiles the runtime and the scenarios that are in TypeScript, where their sources are newer than what came of them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// Compiles once in a run, whichever case asks first; `root` is the folder of the scenarios.
pub fn build(root: &Path) -> Result<(), String> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    BUILT.get_or_init(|| compile_all(root)).clone()
}

fn compile_all(root: &Path) -> Result<(), String> {
    let runtime = root.join("../typescript");
    let sources = [runtime.join("src"), runtime.join("tsconfig.json"), runtime.join("tsconfig.build.json")];
    let compiler = runtime.join("node_modules/.bin/tsc");
    compile(&compiler, &runtime, "tsconfig.build.json", &sources)?;
    let sources =
        [root.join("typescript"), root.join("scenarios"), root.join("tsconfig.json"), runtime.join("dist").join(STAMP)];
    compile(&compiler, root, "tsconfig.json", &sources)
}

/// Tells when a folder was compiled: the compiler leaves a file alone whose text has not changed.
const STAMP: &str = ".compiled";

fn compile(compiler: &Path, folder: &Path, config: &str, sources: &[PathBuf]) -> Result<(), String> {
    let stamp = folder.join("dist").join(STAMP);
    let changed = sources.iter().filter_map(|source| newest(source)).max();
    if time(&stamp).is_some_and(|compiled| changed.is_none_or(|changed| changed < compiled)) {
        return Ok(());
    }
    if !compiler.exists() || !folder.join("node_modules").exists() {
        return Err("run `npm ci` in runtime/typescript and in runtime/interop first".to_owned());
    }
    let begun = SystemTime::now();
    let output = Command::new(compiler).args(["-p", config]).current_dir(folder).output();
    let output = output.map_err(|error| format!("tsc does not start: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        return Err(format!("tsc -p {config} in {}:\n{said}", folder.display()));
    }
    let mark = || {
        let file = std::fs::File::create(&stamp)?;
        // A source that is written while the compiler runs may not have been seen.
        file.set_modified(begun)
    };
    mark().map_err(|error| format!("{}: {error}", stamp.display()))
}

/// When the newest TypeScript file of a folder was written, or a file of another kind that is named itself.
fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return time(path);
    };
    let inside = entries.flatten().map(|entry| entry.path());
    // A file that is taken away changes its folder.
    inside
        .filter(|path| path.is_dir() || path.extension().is_some_and(|kind| kind == "ts"))
        .filter_map(|path| newest(&path))
        .chain(time(path))
        .max()
}

fn time(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

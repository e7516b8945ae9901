//! The Node programs: installed by their lock file, generated and compiled, all in a folder below the target folder.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{copy, once, run};

/// The compiled programs.
#[derive(Debug)]
pub struct Node {
    dist: PathBuf,
    /// Why ours are not among them.
    ours: Result<(), String>,
}

impl Node {
    /// Builds them where asked to.
    pub fn find(source: &Path, folder: &Path, ipcgen: &Path, fresh: bool) -> Result<Self, String> {
        let mut ours = Ok(());
        if fresh {
            eprintln!("the Node programs: {}", folder.display());
            peers(source, folder)?;
            ours = build_ours(source, folder, ipcgen);
        }
        Ok(Self { dist: folder.join("dist"), ours })
    }

    /// A program that one of the packages brings.
    pub fn module(&self, name: &str) -> PathBuf {
        self.dist.with_file_name("node_modules").join(".bin").join(name)
    }

    /// How one of them is started.
    pub fn command(&self, name: &str) -> Result<Vec<OsString>, String> {
        if name.starts_with("ours/") {
            self.ours.clone()?;
        }
        let script = self.dist.join(format!("{name}.js"));
        if !script.exists() {
            return Err(format!("{name}.js was not built"));
        }
        Ok(vec!["node".into(), script.into()])
    }
}

fn peers(source: &Path, folder: &Path) -> Result<(), String> {
    let peers = source.join("peers/node");
    // Nothing of an earlier build may be taken for one of this.
    for stale in ["src", "dist"] {
        if folder.join(stale).exists() {
            fs::remove_dir_all(folder.join(stale)).map_err(|error| format!("{stale} cannot be removed: {error}"))?;
        }
    }
    copy(&peers.join("src"), &folder.join("src"), &["ts"])?;
    for file in ["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "tsconfig.ours.json", "../echo.proto"]
    {
        let name = Path::new(file).file_name().unwrap_or_default();
        fs::copy(peers.join(file), folder.join(name)).map_err(|error| format!("{file} cannot be copied: {error}"))?;
    }
    once(&folder.join("package-lock.json"), &folder.join("installed.json"), || {
        run("`npm ci` for the Node programs", Command::new("npm").args(["ci", "--silent"]).current_dir(folder))
    })?;
    tsc(folder, "the Node programs", &["-p", "tsconfig.json"])
}

fn build_ours(source: &Path, folder: &Path, ipcgen: &Path) -> Result<(), String> {
    let runtime = source.join("../runtime/typescript");
    let package = folder.join("node_modules/procwire");
    let dist = package.join("dist");
    if dist.exists() {
        fs::remove_dir_all(&dist).map_err(|error| format!("{} cannot be removed: {error}", dist.display()))?;
    }
    copy(&runtime.join("src"), &package.join("src"), &["ts"])?;
    // It needs a package that is installed by who wants it, and nothing here does.
    let optional = package.join("src/opentelemetry.ts");
    if optional.exists() {
        fs::remove_file(&optional).map_err(|error| format!("{} cannot be removed: {error}", optional.display()))?;
    }
    for file in ["package.json", "tsconfig.json", "tsconfig.build.json"] {
        fs::copy(runtime.join(file), package.join(file))
            .map_err(|error| format!("{file} cannot be copied: {error}"))?;
    }
    tsc(folder, "the runtime", &["-p", "node_modules/procwire/tsconfig.build.json"])?;
    let mut generate = Command::new(ipcgen);
    generate
        .args(["build", "--lang", "typescript", "--out"])
        .arg(folder.join("src/ours"))
        .arg(source.join("peers/echo.ipc"));
    run("ipcgen for TypeScript", &mut generate)?;
    tsc(folder, "our Node programs", &["-p", "tsconfig.ours.json"])
}

fn tsc(folder: &Path, what: &str, args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("node");
    command.arg("node_modules/typescript/bin/tsc").args(args).current_dir(folder);
    run(&format!("tsc of {what}"), &mut command)
}

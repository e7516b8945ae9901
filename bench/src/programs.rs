//! The contestants' programs, built in release mode beside this one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Where the programs are.
#[derive(Debug)]
pub struct Programs {
    folder: PathBuf,
    node: Result<PathBuf, String>,
}

impl Programs {
    /// Builds all of them where asked to, and installs the Node parent's packages where that was not done yet.
    pub fn find(fresh: bool) -> Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = env::current_exe()?.parent().and_then(Path::parent).context("no target folder")?.to_owned();
        if fresh {
            let manifest = source.join("Cargo.toml");
            ensure!(build(&manifest, &["--workspace"], &target)?, "the contestants do not build");
            let ours = source.join("../Cargo.toml");
            ensure!(build(&ours, &["--package", "ipcgen"], &target)?, "ipcgen does not build");
        }
        Ok(Self { folder: target.join("release"), node: node(&source.join("peers/node")) })
    }

    /// One program.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The Node parent's script, or why there is none.
    pub fn node(&self) -> Result<&Path, &str> {
        self.node.as_deref().map_err(String::as_str)
    }
}

fn build(manifest: &Path, what: &[&str], target: &Path) -> Result<bool> {
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--manifest-path"])
        .arg(manifest)
        .args(what)
        .arg("--target-dir")
        .arg(target)
        .status()
        .context("cannot run cargo")?;
    Ok(status.success())
}

fn node(folder: &Path) -> Result<PathBuf, String> {
    if !folder.join("node_modules/@procwire/core").is_dir() {
        let status = Command::new("npm")
            .args(["ci", "--silent"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .status()
            .map_err(|error| format!("npm cannot be run: {error}"))?;
        if !status.success() {
            return Err("`npm ci` failed in peers/node".to_owned());
        }
    }
    Ok(folder.join("parent.mjs"))
}

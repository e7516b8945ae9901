//! The contestants' programs, built and installed below the target folder.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::contestant::{Language, Program};
use crate::node::Node;
use crate::python::Python;

/// Where the programs are.
#[derive(Debug)]
pub struct Programs {
    folder: PathBuf,
    node: Result<Node, String>,
    python: Result<Python, String>,
}

/// What a run needs.
#[derive(Clone, Debug)]
pub struct Needs {
    /// Every program of this workspace, not ours alone.
    pub rust_peers: bool,
    /// The Node programs.
    pub node: bool,
    /// The Python programs.
    pub python: bool,
}

impl Needs {
    /// What the tables of these languages need.
    pub fn of(languages: &[Language]) -> Self {
        let any = |wanted: &[Language]| languages.iter().any(|language| wanted.contains(language));
        Self {
            rust_peers: any(&[Language::Rust, Language::UnderNode]),
            node: any(&[Language::UnderNode, Language::TypeScript, Language::Mixed]),
            python: any(&[Language::Python, Language::Mixed]),
        }
    }
}

impl Programs {
    /// Builds and installs what is needed; where that was not asked for, takes what was built before.
    pub fn find(fresh: bool, needs: &Needs) -> Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = env::current_exe()?.parent().and_then(Path::parent).context("no target folder")?.to_owned();
        let folder = target.join("release");
        if fresh {
            let packages: &[&str] = if needs.rust_peers { &["--workspace"] } else { &["--package", "bench-ours"] };
            ensure!(build(&source.join("Cargo.toml"), packages, &target)?, "the contestants do not build");
            let ours = source.join("../Cargo.toml");
            ensure!(build(&ours, &["--package", "ipcgen"], &target)?, "ipcgen does not build");
        }
        let ipcgen = folder.join("ipcgen");
        let left_out = "it was not asked for";
        let node = if needs.node {
            Node::find(source, &target.join("node"), &ipcgen, fresh)
        } else {
            Err(left_out.to_owned())
        };
        let python = if needs.python {
            Python::find(source, &target.join("python"), &ipcgen, fresh)
        } else {
            Err(left_out.to_owned())
        };
        Ok(Self { folder, node, python })
    }

    /// One program of this workspace, or ipcgen.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A program with its interpreter, or why there is none.
    pub fn command(&self, program: Program) -> Result<Vec<OsString>, String> {
        match program {
            Program::Rust(name) => {
                let path = self.path(name);
                if path.exists() { Ok(vec![path.into()]) } else { Err(format!("{name} was not built")) }
            }
            Program::Node(name) => self.node.as_ref().map_err(Clone::clone)?.command(name),
            Program::Python(name) => self.python.as_ref().map_err(Clone::clone)?.command(name),
            Program::Same => Ok(vec!["-".into()]),
        }
    }

    /// A program of the Node packages, or why there is none.
    pub fn node_module(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.node.as_ref().map_err(Clone::clone)?.module(name);
        if path.exists() { Ok(path) } else { Err(format!("{} was not installed", path.display())) }
    }

    /// Where Python looks for modules, for the environment of every contestant.
    pub fn python_path(&self) -> Option<OsString> {
        self.python.as_ref().ok().map(Python::path)
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

//! The Python programs: a venv by its lock file, and generated modules, all in a folder below the target folder.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{copy, once, run};

/// The programs and their interpreter.
#[derive(Debug)]
pub struct Python {
    scripts: PathBuf,
    modules: PathBuf,
    interpreter: PathBuf,
    /// Why ours cannot be run.
    ours: Result<(), String>,
}

impl Python {
    /// Installs and generates where asked to.
    pub fn find(source: &Path, folder: &Path, ipcgen: &Path, fresh: bool) -> Result<Self, String> {
        let scripts = source.join("peers/python");
        let modules = folder.join("modules");
        let interpreter = folder.join("venv/bin/python");
        let mut ours = Ok(());
        if fresh {
            eprintln!("the Python programs: {}", folder.display());
            if modules.exists() {
                fs::remove_dir_all(&modules).map_err(|error| format!("{}: {error}", modules.display()))?;
            }
            fs::create_dir_all(&modules).map_err(|error| format!("{}: {error}", modules.display()))?;
            let requirements = scripts.join("requirements.txt");
            once(&requirements, &folder.join("installed.txt"), || install(folder, &interpreter, &requirements))?;
            peers(source, &modules, &interpreter)?;
            ours = build_ours(source, &modules, ipcgen);
        }
        Ok(Self { scripts, modules, interpreter, ours })
    }

    /// How one of them is started.
    pub fn command(&self, name: &str) -> Result<Vec<OsString>, String> {
        if name.starts_with("procwire") {
            self.ours.clone()?;
        }
        let script = self.scripts.join(format!("{name}.py"));
        if !script.exists() || !self.interpreter.exists() {
            return Err(format!("{name}.py or its interpreter is missing"));
        }
        Ok(vec![self.interpreter.clone().into(), script.into()])
    }

    /// `PYTHONPATH`.
    pub fn path(&self) -> OsString {
        self.modules.clone().into()
    }
}

fn install(folder: &Path, interpreter: &Path, requirements: &Path) -> Result<(), String> {
    let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    run("python3 -m venv", Command::new(python).args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
    let mut pip = Command::new(interpreter);
    pip.args(["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r"]).arg(requirements);
    run("pip", &mut pip)
}

/// grpcio's stubs.
fn peers(source: &Path, modules: &Path, interpreter: &Path) -> Result<(), String> {
    let mut protoc = Command::new(interpreter);
    protoc.args(["-m", "grpc_tools.protoc"]);
    for (option, path) in [("-I", &*source.join("peers")), ("--python_out=", modules), ("--grpc_python_out=", modules)]
    {
        let mut argument = OsString::from(option);
        argument.push(path);
        protoc.arg(argument);
    }
    run("protoc of grpcio-tools", protoc.arg(source.join("peers/echo.proto")))
}

/// The runtime as it is now, so that an edit during a run changes nothing, and the generated module.
fn build_ours(source: &Path, modules: &Path, ipcgen: &Path) -> Result<(), String> {
    copy(&source.join("../runtime/python/src"), modules, &["py", "typed"])?;
    let mut generate = Command::new(ipcgen);
    generate.args(["build", "--lang", "python", "--out"]).arg(modules).arg(source.join("peers/echo.ipc"));
    run("ipcgen for Python", &mut generate)
}

//! What is written in Python: its virtual environment, and its checks.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Counting, Plan, Report};
use crate::workspace::{command, root, target};

/// The folder of the runtime, which holds the environment and the settings of the tools.
fn folder() -> PathBuf {
    root().join("runtime/python")
}

/// Makes the virtual environment and installs what `requirements.txt` names; tells whether all is in place.
pub fn install(report: &mut Report) -> bool {
    let requirements = std::fs::read(folder().join("requirements.txt")).unwrap_or_default();
    let installed = folder().join(".venv/.installed-requirements.txt");
    if std::fs::read(&installed).is_ok_and(|seen| seen == requirements) {
        return true;
    }
    let environment = folder().join(".venv");
    if !report.check("python3 -m venv", || {
        let made = command("python3").args(["-m", "venv"]).arg(&environment).output();
        let made = made.map_err(|error| format!("`python3` does not start: {error}; install Python 3.11 or later"))?;
        made.status.success().then_some(()).ok_or_else(|| {
            // Debian's Python has the module, but not what it copies into an environment.
            format!(
                "{}{}where `ensurepip` is missing, install it (Debian and Ubuntu: `apt install python3-venv`)",
                String::from_utf8_lossy(&made.stdout),
                String::from_utf8_lossy(&made.stderr),
            )
        })
    }) {
        return false;
    }
    let mut pip = tool("python");
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", "requirements.txt"]);
    report.run("pip install in runtime/python", Counting::Nothing, &mut pip)
        && std::fs::write(installed, requirements).is_ok()
}

/// The checks, and a problem where they cannot be prepared.
pub fn plans() -> std::io::Result<Vec<Plan>> {
    let goldens = goldens()?;
    let ruff = |arguments: &[&str]| {
        let mut ruff = tool("ruff");
        ruff.args(arguments).arg(".").current_dir(root());
        ruff
    };
    let mypy = |paths: &[PathBuf]| {
        let mut mypy = tool("mypy");
        mypy.args(["--strict", "--cache-dir"]).arg(target().join("xtask/mypy")).args(paths);
        mypy
    };
    let pyright = |arguments: &[&str]| {
        let mut pyright = Command::new(folder().join("node_modules/.bin/pyright"));
        pyright.current_dir(folder()).args(arguments);
        pyright
    };
    let mut pytest = tool("pytest");
    pytest.arg("-q");
    Ok(vec![
        Plan::new("ruff check", Counting::Once, ruff(&["check"])),
        Plan::new("ruff format", Counting::Once, ruff(&["format", "--check"])),
        Plan::new("mypy", Counting::Once, mypy(&[folder().join("src"), folder().join("tests")])),
        Plan::new("mypy goldens", Counting::Once, mypy(&[goldens])),
        Plan::new("pyright", Counting::Once, pyright(&[])),
        Plan::new("pyright goldens", Counting::Once, pyright(&["-p", "../../codegen/tests"])),
        Plan::new("pyright scenarios", Counting::Once, pyright(&["-p", "../interop"])),
        Plan::new("pyright examples", Counting::Once, pyright(&["-p", "../../examples"])),
        Plan::new("pytest", Counting::Tests, pytest),
    ])
}

/// A copy of the golden files as modules of different names, which mypy wants and the folders' names do not give.
fn goldens() -> std::io::Result<PathBuf> {
    let copy = target().join("xtask/goldens");
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    std::fs::create_dir_all(&copy)?;
    for case in std::fs::read_dir(root().join("codegen/tests/golden"))? {
        let case = case?;
        let golden = case.path().join("python.py");
        if golden.exists() {
            let name = case.file_name().to_string_lossy().replace('-', "_");
            std::fs::copy(golden, copy.join(format!("golden_{name}.py")))?;
        }
        // Several packages import each other by their names.
        let packages = case.path().join("python");
        if packages.exists() {
            copy_folder(&packages, &copy)?;
        }
    }
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A program of the virtual environment, to be run in the runtime's folder.
fn tool(name: &str) -> Command {
    let mut tool = Command::new(folder().join(".venv/bin").join(name));
    tool.current_dir(folder()).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    tool
}

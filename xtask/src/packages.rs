//! What is published, built and then used from outside of the workspace: nothing of the repository helps it there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Counting, Report};
use crate::workspace::{cargo, command, root, target};

/// What the parent of a project that `ipcgen init` made prints.
const SAID: &str = "Hello, Ada!\nrefused: no name\n3\n2\n1\n";

/// Packs each package, installs it into a project of its own, and makes one program of it call another.
pub fn steps(report: &mut Report) {
    forget();
    let crates = ["package", "--workspace", "--allow-dirty", "--quiet", "--target-dir"];
    report.run("packages", Counting::Once, cargo().args(crates).arg(built()));
    let folder = std::env::temp_dir().join(format!("procwire-packages-{}", std::process::id()));
    if report.check("folder for packages", || std::fs::create_dir_all(&folder).map_err(|error| error.to_string())) {
        npm(report, &folder);
        wheel(report, &folder);
    }
    // What is left there is nobody's.
    let _ = std::fs::remove_dir_all(&folder);
}

/// Where cargo builds what it packed.
fn built() -> PathBuf {
    target().join("xtask/packages")
}

/// Removes what cargo unpacked and built of our packages before. It takes a package of a version that it has seen for
/// unchanged, and would build the others against its old text. A registry in a folder, as cargo makes one to verify
/// packages, has no host, so that its name begins with a hyphen.
fn forget() {
    // What cannot be removed shows in the step that follows.
    let _ = std::fs::remove_dir_all(built());
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))) else {
        return;
    };
    for registry in names(&home.join("registry/src")) {
        if !registry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('-')) {
            continue;
        }
        for package in names(&registry) {
            let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("procwire-") || name.starts_with("ipcgen-") {
                let _ = std::fs::remove_dir_all(package);
            }
        }
    }
}

/// What is in a folder, or nothing where there is none.
fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// The tarball, in a TypeScript project.
fn npm(report: &mut Report, folder: &Path) {
    let mut pack = command("npm");
    pack.args(["pack", "--pack-destination"]).arg(folder).current_dir(root().join("runtime/typescript"));
    if !report.run("npm pack", Counting::Nothing, &mut pack) {
        return;
    }
    report.check("npm package", || {
        let tarball = the_one(folder, "tgz")?;
        let project = project(folder, "typescript")?;
        let quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
        output(command("npm").arg("install").args(quiet).arg(tarball).current_dir(&project))?;
        output(command("npm").args(["run", "build"]).current_dir(&project))?;
        compare(&output(command("npm").args(["start", "--silent"]).current_dir(&project))?)
    });
}

/// The wheel, in a Python project with a fresh environment.
fn wheel(report: &mut Report, folder: &Path) {
    let runtime = root().join("runtime/python");
    let mut build = Command::new(runtime.join(".venv/bin/python"));
    // The environment has the builder already, of the version that the lock file names.
    build.args(["-m", "build", "--wheel", "--no-isolation", "--outdir"]).arg(folder).current_dir(&runtime);
    if !report.run("python -m build", Counting::Nothing, &mut build) {
        return;
    }
    report.check("wheel", || {
        let wheel = the_one(folder, "whl")?;
        let project = project(folder, "python")?;
        output(command("python3").args(["-m", "venv", ".venv"]).current_dir(&project))?;
        let python = project.join(".venv/bin/python");
        let run = |arguments: &[&str]| {
            let mut command = Command::new(&python);
            command.args(arguments).current_dir(&project).env_remove("PYTHONPATH");
            command
        };
        output(run(&["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).arg(wheel))?;
        // Without this mark type checkers take nothing of the package for typed.
        let typed = "import pathlib, procwire; assert (pathlib.Path(procwire.__file__).parent / 'py.typed').is_file()";
        output(&mut run(&["-c", typed]))?;
        compare(&output(&mut run(&["python/parent.py"]))?)
    });
}

/// A project of `ipcgen init` whose parent and worker are both in this language.
fn project(folder: &Path, language: &str) -> Result<PathBuf, String> {
    let project = folder.join(language);
    let init = ["run", "--quiet", "--package", "ipcgen", "--", "init", "--parent", language, "--worker", language];
    output(cargo().args(init).arg(&project))?;
    Ok(project)
}

/// The one file of a kind in a folder.
fn the_one(folder: &Path, extension: &str) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut found: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(format!("{} holds not one .{extension}", folder.display())),
    }
}

fn compare(said: &str) -> Result<(), String> {
    if said == SAID {
        return Ok(());
    }
    Err(format!("the program said\n{said}instead of\n{SAID}"))
}

/// What a command prints, or all that it said where it failed.
fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("`{program}` does not start: {error}"))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() {
        return Ok(text);
    }
    Err(format!("{command:?}: {}\n{text}{}", done.status, String::from_utf8_lossy(&done.stderr)))
}

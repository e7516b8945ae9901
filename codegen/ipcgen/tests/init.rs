//! `ipcgen init`: what it makes, what it refuses, and that every pair of languages builds and runs.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const LANGUAGES: [&str; 3] = ["rust", "typescript", "python"];
/// What every parent prints.
const SAID: &str = "Hello, Ada!\nrefused: no name\n3\n2\n1\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn ipcgen(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_ipcgen")).args(arguments).current_dir(folder).output().expect("ipcgen runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    LANGUAGES.into_iter().flat_map(|parent| LANGUAGES.into_iter().map(move |worker| (parent, worker)))
}

/// Every file below a folder, by its path there.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

#[test]
fn every_pair_has_its_files_and_says_how_it_is_run() {
    let folder = tempfile::tempdir().expect("a folder");
    for (parent, worker) in pairs() {
        let name = format!("{parent}-{worker}");
        let (status, next, log) = ipcgen(folder.path(), &["init", &name, "--parent", parent, "--worker", worker]);
        assert_eq!(status, Some(0), "{log}");
        let files = files(&folder.path().join(&name));
        for file in files.keys() {
            assert!(log.contains(&format!("wrote {name}/{file}\n")), "{file} is not named:\n{log}");
        }
        let readme = &files["README.md"];
        assert_eq!(next.lines().count(), 2, "{next}");
        assert!(readme.contains(&next), "the README and the command differ:\n{next}\n{readme}");
        let place = |language, program| match language {
            "rust" => format!("src/bin/{program}.rs"),
            "typescript" => format!("typescript/{program}.ts"),
            _ => format!("python/{program}.py"),
        };
        let mut expected = vec![place(parent, "parent"), place(worker, "worker"), "greeter.ipc".to_owned()];
        for (language, more) in [
            ("rust", ["Cargo.toml"].as_slice()),
            ("typescript", &["package.json", "typescript/tsconfig.json", "typescript/greeter.ts"]),
            ("python", &["requirements.txt", "python/greeter.py"]),
        ] {
            if [parent, worker].contains(&language) {
                expected.extend(more.iter().map(|file| (*file).to_owned()));
            }
        }
        for file in &expected {
            // The README says of each what it is.
            assert!(readme.contains(&format!("`{file}`")), "{readme}");
        }
        expected.extend(["README.md", ".gitignore"].map(str::to_owned));
        expected.sort();
        assert_eq!(files.keys().cloned().collect::<Vec<_>>(), expected);
        for (file, text) in &files {
            assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.contains('\r'), "{name}/{file}");
            assert!(text.lines().all(|line| line.trim_end() == line), "{name}/{file} has blanks at the end of a line");
            assert!(!text.contains(&*root().to_string_lossy()), "{name}/{file} names a folder of this machine");
        }
    }
}

#[test]
fn the_packages_are_the_released_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    ipcgen(folder.path(), &["init", "one", "--parent", "rust", "--worker", "typescript"]);
    ipcgen(folder.path(), &["init", "Two Words", "--parent", "python", "--worker", "python"]);
    let version = env!("CARGO_PKG_VERSION");
    let text = |file| fs::read_to_string(folder.path().join(file)).expect("a file");
    let manifest: toml::Table = text("one/Cargo.toml").parse().expect("TOML");
    assert_eq!(manifest["package"]["name"].as_str(), Some("one"));
    assert_eq!(manifest["dependencies"]["procwire"]["version"].as_str(), Some(version));
    let manifest: serde_json::Value = serde_json::from_str(&text("one/package.json")).expect("JSON");
    assert_eq!(manifest["name"], "one");
    assert_eq!(manifest["dependencies"]["procwire"], format!("^{version}"));
    assert_eq!(text("Two Words/requirements.txt"), format!("procwire~={version}\n"));
    assert!(text("Two Words/README.md").starts_with("# two-words\n"));
}

#[test]
fn the_schema_is_as_the_formatter_wants_it_and_nothing_is_found_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    ipcgen(folder.path(), &["init", "."]);
    for command in [["fmt", "--check", "greeter.ipc"].as_slice(), &["check", "greeter.ipc"], &["lint", "greeter.ipc"]] {
        let (status, _, log) = ipcgen(folder.path(), command);
        assert_eq!(status, Some(0), "{command:?}: {log}");
    }
}

#[test]
fn a_folder_that_is_not_empty_is_not_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("mine")).expect("a folder");
    fs::write(folder.path().join("mine/notes.txt"), "mine").expect("a file");
    let before = files(folder.path());
    for (name, why) in [("mine", "mine is not empty"), ("mine/notes.txt", "mine/notes.txt is a file")] {
        let (status, out, log) = ipcgen(folder.path(), &["init", name]);
        assert_eq!((status, out.as_str()), (Some(2), ""));
        assert_eq!(log, format!("error: {why}: nothing was written; name a folder that is new or empty\n"));
    }
    let (status, _, log) = ipcgen(folder.path(), &["init", "new", "--local", "mine"]);
    assert_eq!(status, Some(2));
    assert!(log.contains("mine is no checkout of procwire: it has no runtime/rust/Cargo.toml"), "{log}");
    assert_eq!(files(folder.path()), before);
    assert!(!folder.path().join("new").exists());
}

/// Builds with what `cargo xtask setup` has installed, so that nothing is fetched.
#[test]
fn every_pair_builds_and_runs() {
    let root = root();
    let installed = root.join("examples/quotes/node_modules");
    let environment = root.join("runtime/python/.venv");
    for (needed, path) in [
        ("npm packages", installed.join("typescript")),
        ("virtual environment", environment.join("bin/python")),
        ("compiled runtime", root.join("runtime/typescript/dist/index.js")),
    ] {
        assert!(path.exists(), "the {needed} are missing ({}): run `cargo xtask setup`", path.display());
    }
    // Outside of every workspace; what is compiled is kept beside our own.
    let folder = tempfile::tempdir().expect("a folder");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("init");
    fs::create_dir_all(&target).expect("a folder");
    for (parent, worker) in pairs() {
        let name = format!("{parent}-{worker}");
        let local = root.to_string_lossy();
        let (status, _, log) =
            ipcgen(folder.path(), &["init", &name, "--parent", parent, "--worker", worker, "--local", &local]);
        assert_eq!(status, Some(0), "{log}");
        let project = folder.path().join(&name);
        let has = |language| parent == language || worker == language;
        if has("rust") {
            fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock")).expect("a lock file");
            symlink(&target, project.join("target")).expect("a link");
            run(&project, "cargo", &["build", "--quiet", "--offline"]);
        }
        if has("typescript") {
            symlink(&installed, project.join("node_modules")).expect("a link");
            run(&project, "npm", &["run", "--silent", "build"]);
        }
        if has("python") {
            symlink(&environment, project.join(".venv")).expect("a link");
        }
        let said = match parent {
            "rust" => run(&project, "cargo", &["run", "--quiet", "--offline"]),
            "typescript" => run(&project, "npm", &["start", "--silent"]),
            _ => run(&project, ".venv/bin/python", &["python/parent.py"]),
        };
        assert_eq!(said, SAID, "{name}");
    }
}

/// Runs a program in a project and gives what it printed.
fn run(project: &Path, program: &str, arguments: &[&str]) -> String {
    let program = if program.contains('/') { project.join(program) } else { program.into() };
    let mut command = Command::new(&program);
    command.args(arguments).current_dir(project).env("PYTHONPATH", root().join("runtime/python/src"));
    // The project is nobody's member, and is built into its own folder.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_") && name != "CARGO_HOME" {
            command.env_remove(&*name);
        }
    }
    let output = command.output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}:\n{said}{log}", program.display());
    said
}

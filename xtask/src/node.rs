//! What is written in JavaScript and TypeScript: its packages, and its checks.

use std::process::Command;

use crate::report::{Counting, Plan, Report};
use crate::workspace::{command, root};

/// Folders with a `package.json` and a `package-lock.json` of their own.
const FOLDERS: [&str; 5] =
    ["runtime/typescript", "runtime/python", "runtime/interop", "examples/quotes", "examples/textsearch"];

/// Installs what the lock files name, where it is not there yet; tells whether all is in place.
pub fn install(report: &mut Report) -> bool {
    FOLDERS.iter().all(|folder| install_in(report, folder))
}

fn install_in(report: &mut Report, folder: &str) -> bool {
    let folder_path = root().join(folder);
    let lock = std::fs::read(folder_path.join("package-lock.json")).unwrap_or_default();
    // npm keeps no copy of the lock file that it installed from, so we do.
    let installed = folder_path.join("node_modules/.installed-package-lock.json");
    if std::fs::read(&installed).is_ok_and(|seen| seen == lock) {
        return true;
    }
    let mut npm = command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder_path);
    report.run(&format!("npm ci in {folder}"), Counting::Nothing, &mut npm) && std::fs::write(installed, lock).is_ok()
}

/// Compiles the runtime into the folder that other packages import; tells whether that went well.
pub fn build(report: &mut Report) -> bool {
    report.run("tsc runtime/typescript", Counting::Once, tool("tsc").args(["-p", "tsconfig.build.json"]))
}

/// The checks that need nothing of each other.
pub fn plans() -> Vec<Plan> {
    let tsc = |project: &str| {
        let mut tsc = tool("tsc");
        tsc.args(["--noEmit", "-p"]).arg(root().join(project));
        tsc
    };
    let mut biome = tool("biome");
    biome.arg("check").current_dir(root());
    let mut vitest = tool("vitest");
    vitest.arg("run");
    vec![
        Plan::new("biome", Counting::Once, biome),
        Plan::new("tsc tests", Counting::Once, tsc("runtime/typescript/tsconfig.json")),
        Plan::new("tsc goldens", Counting::Once, tsc("codegen/tests/golden/tsconfig.json")),
        Plan::new("tsc scenarios", Counting::Once, tsc("runtime/interop/tsconfig.json")),
        Plan::new("tsc quotes", Counting::Once, tsc("examples/quotes/typescript/tsconfig.json")),
        Plan::new("tsc textsearch", Counting::Once, tsc("examples/textsearch/typescript/tsconfig.json")),
        Plan::new("vitest", Counting::Tests, vitest),
    ]
}

/// A tool of the runtime's development dependencies, to be run in its folder.
pub fn tool(name: &str) -> Command {
    let folder = root().join("runtime/typescript");
    let mut tool = Command::new(folder.join("node_modules/.bin").join(name));
    tool.current_dir(folder).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    tool
}

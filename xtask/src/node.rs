//! The npm packages that the scenarios and the demo run against.

use crate::report::{Counting, Report};
use crate::workspace::{command, root};

/// Folders with a `package.json` and a `package-lock.json` of their own.
const FOLDERS: [&str; 3] = ["runtime/interop", "examples/quotes", "examples/textsearch"];

/// Installs what the lock files name, where it is not there yet; tells whether all is in place.
pub fn install(report: &mut Report) -> bool {
    FOLDERS
        .iter()
        .filter(|folder| root().join(folder).join("package.json").exists())
        .all(|folder| install_in(report, folder))
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

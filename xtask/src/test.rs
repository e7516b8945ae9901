//! `cargo xtask test`: everything that has to hold before a change goes in.

use crate::report::{Counting, Detail, Report};
use crate::workspace::{cargo, files};
use crate::{demo, node, packages, python};

/// Runs all steps, also after one has failed; tells whether all passed.
pub fn run(detail: Detail) -> bool {
    let mut report = Report::new(detail);
    report.run("format", Counting::Once, cargo().args(["fmt", "--all", "--", "--check"]));
    report.run(
        "clippy",
        Counting::Once,
        cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
    );
    report.run(
        "documentation",
        Counting::Once,
        cargo().args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
    );
    let tools_are_there = install(&mut report);
    report.run(
        "tests",
        Counting::Tests,
        cargo().args(["test", "--workspace", "--exclude", "procwire-interop", "--no-fail-fast"]),
    );
    schemas(&mut report);
    if tools_are_there {
        check_scripts(&mut report);
        report.run(
            "scenarios",
            Counting::Tests,
            cargo().args(["test", "--package", "procwire-interop", "--no-fail-fast"]),
        );
        demo::steps(&mut report, demo::Screen::Hide);
    }
    if tools_are_there {
        packages::steps(&mut report);
    }
    report.end()
}

/// Installs what scripts, scenarios and the demonstration need; tells whether all is in place.
pub fn setup() -> bool {
    let mut report = Report::new(Detail::Brief);
    install(&mut report);
    report.end()
}

/// The part of it that is in TypeScript and Python.
pub fn scripts(detail: Detail) -> bool {
    let mut report = Report::new(detail);
    if install(&mut report) {
        check_scripts(&mut report);
    }
    report.end()
}

/// The part of it that packs what is published.
pub fn packages(detail: Detail) -> bool {
    let mut report = Report::new(detail);
    if install(&mut report) {
        packages::steps(&mut report);
    }
    report.end()
}

fn install(report: &mut Report) -> bool {
    let node_is_there = node::install(report) && node::build(report);
    python::install(report) && node_is_there
}

/// Schemas that people read are in the one form that the formatter gives, and what came of them is not stale.
fn schemas(report: &mut Report) {
    let schemas = ["examples", "runtime"].map(|folder| files(folder, "ipc"));
    match schemas.into_iter().collect::<std::io::Result<Vec<_>>>() {
        Ok(schemas) => {
            let format = ["run", "--quiet", "--package", "ipcgen", "--", "fmt", "--check"];
            report.run("ipcgen fmt", Counting::Once, cargo().args(format).args(schemas.concat()));
        }
        Err(error) => {
            report.check("list of schemas", || Err(error.to_string()));
        }
    }
    for language in ["typescript", "python"] {
        let build = ["run", "--quiet", "--package", "ipcgen", "--", "build", "--check", "--lang", language];
        let files = ["examples/textsearch/textsearch.ipc", "--out", &format!("examples/textsearch/{language}")];
        report.run(&format!("ipcgen build {language}"), Counting::Once, cargo().args(build).args(files));
    }
}

/// What is checked and tested in TypeScript and in Python: neither needs anything of the other.
fn check_scripts(report: &mut Report) {
    match python::plans() {
        Ok(plans) => report.run_lanes([node::plans(), plans]),
        Err(error) => {
            report.check("copy of the golden files", || Err(error.to_string()));
        }
    }
}

//! `build`, as a build script runs it: a process of its own, with `OUT_DIR`.

use std::path::Path;
use std::process::{Command, Output};

const SCHEMA: &str = "ipc 1;\npackage acme.trading;\nrecord Order { id: u64 }\n";

/// Runs this file's own build script in a folder, over schemas that lie there.
fn run(folder: &Path, schemas: &str) -> Output {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "the_build_script", "--nocapture"])
        .current_dir(folder)
        .env("OUT_DIR", folder)
        .env("PROCWIRE_TEST_SCHEMAS", schemas)
        .output()
        .expect("a build script that runs")
}

#[test]
fn the_build_script() {
    // The other tests run this one as a build script; on its own it has nothing to build.
    let schemas = std::env::var("PROCWIRE_TEST_SCHEMAS").unwrap_or_default();
    for schema in schemas.split_whitespace() {
        procwire_codegen::build(schema).unwrap();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_file_has_the_name_of_the_package() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("any.ipc"), SCHEMA).expect("a schema");
    let output = run(folder.path(), "any.ipc");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("cargo:rerun-if-changed=any.ipc\n"));
    let generated = std::fs::read_to_string(folder.path().join("trading.rs")).expect("the generated file");
    assert!(generated.contains("pub struct Order {"));
}

#[test]
fn an_error_of_the_schema_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("any.ipc"), SCHEMA.replace("u64", "u46")).expect("a schema");
    let output = run(folder.path(), "any.ipc");
    assert!(!output.status.success());
    assert!(text(&output.stdout).contains("cargo:rerun-if-changed=any.ipc\n"));
    let shown = text(&output.stdout) + &text(&output.stderr);
    assert!(shown.contains("any.ipc:3:20") && shown.contains("record Order { id: u46 }"), "{shown}");
    assert!(!shown.contains("\\n"), "{shown}");
}

#[test]
fn two_packages_that_end_alike_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.ipc"), SCHEMA).expect("a schema");
    std::fs::write(folder.path().join("b.ipc"), SCHEMA.replace("acme", "other")).expect("a schema");
    let output = run(folder.path(), "a.ipc b.ipc");
    assert!(!output.status.success());
    let shown = text(&output.stdout) + &text(&output.stderr);
    assert!(shown.contains("`a.ipc` and `b.ipc` both become `trading.rs`"), "{shown}");
    assert!(run(folder.path(), "a.ipc a.ipc").status.success());
}

#[test]
fn a_missing_schema_is_told_by_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), "missing.ipc");
    let shown = text(&output.stdout) + &text(&output.stderr);
    assert!(!output.status.success() && shown.contains("cannot read `missing.ipc`"), "{shown}");
}

#[test]
fn outside_of_a_build_script_there_is_a_hint() {
    if std::env::var_os("OUT_DIR").is_none() {
        let error = procwire_codegen::build("any.ipc").expect_err("no OUT_DIR").to_string();
        assert!(error.contains("ipcgen build"), "{error}");
    }
}

#[test]
fn cargo_watches_what_a_schema_imports() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = format!("{SCHEMA}use common;\nrecord Basket {{ price: common.Money }}\n");
    std::fs::write(folder.path().join("any.ipc"), schema).expect("a schema");
    std::fs::write(folder.path().join("common.ipc"), "ipc 1;\npackage common;\nrecord Money {}\n").expect("a schema");
    let output = run(folder.path(), "any.ipc");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("cargo:rerun-if-changed=common.ipc\n"), "{}", text(&output.stdout));
}

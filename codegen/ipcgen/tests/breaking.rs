//! `ipcgen breaking`: what it tells, what it takes, and how it ends.

mod program;

use std::fs;
use std::path::Path;
use std::process::Command;

use program::{folder, ipcgen};

const NEW: &str = "ipc 1;\npackage a;\nrecord R { a: u16 }\nservice S { call(value: R); }\n";
const OLD: &str = "ipc 1;\npackage a;\nrecord R { a: u8 }\nservice S { call(value: R); }\n";

/// A folder with both versions, and these settings.
fn versions(settings: &str) -> tempfile::TempDir {
    let folder = folder(NEW);
    fs::write(folder.path().join("old.ipc"), OLD).expect("a schema");
    fs::write(folder.path().join("ipc.toml"), settings).expect("settings");
    folder
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
    let output = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().expect("git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn breaking_says_what_breaks_for_whom_and_who_goes_first() {
    let folder = folder("ipc 1;\npackage a;\nrecord R { a: u8, b: u8 }\nservice S { call(value: R); }");
    let old = "ipc 1;\npackage a;\nrecord R { a: u8, note?: string }\nservice S { call(value: R); }";
    fs::write(folder.path().join("old.ipc"), old).expect("a schema");
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "old.ipc"]);
    let expected = "R.note: was removed; its name has to become `reserved` [field-removed]\n  \
                    old parent, new worker: behaves differently: what the other side writes is passed over\n\
                    R.b: was added, and must be there [field-added]\n  \
                    old parent, new worker: breaks on the wire: it is missing\n\
                    R.note: the field is gone [source-changed]\n  \
                    source code: Rust, TypeScript, Python\n\
                    R.b: is new and has to be given [source-changed]\n  \
                    source code: Rust, TypeScript, Python\n\
                    4 changes, 1 of which breaks: upgrade the parent first\n";
    assert_eq!((run.status, run.out.as_str()), (Some(1), expected), "{}", run.err);
    let json = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "old.ipc", "--json"]).json();
    assert_eq!(json["order"], "parent-first");
    assert_eq!(json["changes"][1]["old_parent_new_worker"]["category"], "wire");
}

#[test]
fn breaking_compares_with_a_commit_and_with_a_folder() {
    let folder = folder(NEW);
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "trading.ipc"]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "git:HEAD"]);
    assert_eq!((run.status, run.out.as_str()), (Some(0), "nothing changed\n"), "{}", run.err);
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "."]);
    assert_eq!(run.status, Some(0), "{}", run.err);
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "git:nowhere"]);
    assert_eq!(run.status, Some(2));
    assert!(run.err.contains("git has no trading.ipc at `nowhere`"), "{}", run.err);
}

#[test]
fn breaking_counts_what_the_settings_or_the_arguments_name() {
    let folder = versions("[breaking]\nagainst = \"old.ipc\"\nfail-on = [\"source\"]\n");
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--json"]);
    assert_eq!(run.status, Some(1), "{}", run.err);
    let json = run.json();
    assert_eq!((&json["changes"][0]["verdict"], &json["source"][0]["verdict"]), (&"fine".into(), &"breaks".into()));
    assert_eq!(json["source"][0]["languages"], serde_json::json!(["rust"]));
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--fail-on", "handshake,behaviour"]);
    assert_eq!(run.status, Some(0), "{}", run.out);
    assert!(run.out.contains("2 changes, none of which breaks what counts: upgrade the worker first"), "{}", run.out);
}

#[test]
fn an_approved_break_is_told_and_passes() {
    let approval = "[[breaking.approved]]\nrule = \"type-changed\"\nplace = \"R.*\"\nreason = \"all are upgraded\"\n";
    let folder = versions(approval);
    let arguments = ["breaking", "trading.ipc", "--against", "old.ipc"];
    let run = ipcgen(folder.path(), arguments);
    assert_eq!(run.status, Some(0), "{}", run.out);
    assert!(run.out.contains("  approved: all are upgraded\n"), "{}", run.out);
    fs::write(folder.path().join("ipc.toml"), format!("{approval}expires = 2026-01-31\n")).expect("settings");
    let run = ipcgen(folder.path(), arguments);
    assert_eq!(run.status, Some(1), "{}", run.out);
    assert!(run.out.contains("  was approved until 2026-01-31: all are upgraded\n"), "{}", run.out);
    fs::write(folder.path().join("ipc.toml"), approval.replace("type-changed", "type-gone")).expect("settings");
    let run = ipcgen(folder.path(), arguments);
    assert_eq!(run.status, Some(2));
    assert!(run.err.contains("there is no rule `type-gone`"), "{}", run.err);
}

#[test]
fn breaking_needs_something_to_compare_with() {
    let run = ipcgen(folder(NEW).path(), ["breaking", "trading.ipc"]);
    assert_eq!(run.status, Some(2));
    assert!(run.err.contains("--against git:main"), "{}", run.err);
}

#[test]
fn breaking_prints_sarif_and_annotations() {
    let folder = versions("");
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "old.ipc", "--format", "sarif"]);
    let log = run.json();
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&"type-changed".into(), &"error".into()));
    let region = &results[0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&3.into(), &12.into()));
    assert_eq!((&results[1]["ruleId"], &results[1]["level"]), (&"source-changed".into(), &"note".into()));
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "old.ipc", "--format", "github"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("::error file=trading.ipc,line=3,col=12,"), "{}", run.out);
    assert!(lines[1].starts_with("::notice "), "{}", run.out);
}

#[test]
fn the_settings_in_the_documents_are_taken() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../idl/LANGUAGE.md")).expect("the page");
    let blocks: Vec<&str> = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "the page shows no settings");
    for block in blocks {
        let folder = versions(block);
        let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "old.ipc"]);
        assert_eq!(run.status, Some(1), "{block}\n{}", run.err);
    }
}

#[test]
fn what_a_commit_imports_is_read_from_the_commit() {
    let folder = folder("ipc 1;\npackage trading;\nuse acme.common;\nservice S { f() -> common.Money; }\n");
    std::fs::create_dir(folder.path().join("acme")).expect("a folder");
    let common = folder.path().join("acme/common.ipc");
    std::fs::write(&common, "ipc 1;\npackage acme.common;\nrecord Money { units: i64 }\n").expect("a schema");
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "git:HEAD"]);
    assert_eq!(run.status, Some(0), "{}{}", run.out, run.err);
    std::fs::write(&common, "ipc 1;\npackage acme.common;\nrecord Money { units: string }\n").expect("a schema");
    let run = ipcgen(folder.path(), ["breaking", "trading.ipc", "--against", "git:HEAD"]);
    assert_eq!(run.status, Some(1), "{}{}", run.out, run.err);
    assert!(run.out.contains("units"), "{}", run.out);
}

#[test]
fn lint_tells_of_names_that_are_gone_and_not_reserved() {
    let folder = folder("ipc 1;\npackage a;\nrecord R { a: u8 }\nservice S { call(value: R); }\n");
    let old = "ipc 1;\npackage a;\nrecord R { a: u8, note?: string }\nservice S { call(value: R, x?: u8); tell(); }\n";
    fs::write(folder.path().join("old.ipc"), old).expect("a schema");
    let run = ipcgen(folder.path(), ["lint", "trading.ipc", "--against", "old.ipc"]);
    assert_eq!(run.status, Some(0), "{}", run.err);
    for name in ["field `note` of `R`", "parameter `x` of `call`", "method `tell` of `S`"] {
        assert!(run.err.contains(&format!("the {name} is gone")), "{name}: {}", run.err);
    }
    let reserved = "ipc 1;\npackage a;\nrecord R { a: u8, reserved \"note\" }\n\
                    service S { call(value: R, reserved \"x\"); reserved method \"tell\"; }\n";
    fs::write(folder.path().join("trading.ipc"), reserved).expect("a schema");
    let run = ipcgen(folder.path(), ["lint", "trading.ipc", "--against", "old.ipc"]);
    assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
}

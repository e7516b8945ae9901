//! `ipcgen watch`, as somebody meets it who edits schemas: each step waits for what the command says.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A running command, and what it says.
struct Watch {
    child: Child,
    said: BufReader<ChildStderr>,
}

impl Watch {
    fn new(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ipcgen"))
            .args(arguments)
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .expect("ipcgen runs");
        let said = BufReader::new(child.stderr.take().expect("standard error"));
        Self { child, said }
    }

    /// What it says until it waits again.
    fn round(&mut self) -> String {
        let mut text = String::new();
        loop {
            let start = text.len();
            let read = self.said.read_line(&mut text).expect("text");
            assert!(read > 0, "it ended: {text}");
            if text[start..].starts_with("watching ") {
                return text;
            }
        }
    }

    /// What it says until it waits again after it has said something; an editor's steps may be several changes.
    fn until(&mut self, words: &str) -> String {
        let mut text = String::new();
        while !text.contains(words) {
            text += &self.round();
        }
        text
    }

    fn end(&mut self, signal: Signal) -> Option<i32> {
        let id = i32::try_from(self.child.id()).expect("a process");
        kill_process(Pid::from_raw(id).expect("a process"), signal).expect("a signal");
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; one that did not has ended it already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TRADING: &str = "ipc 1;\npackage trading;\nuse acme.common;\nrecord Order { price: common.Money }\n";
const COMMON: &str = "ipc 1;\npackage acme.common;\nrecord Money { units: i64 }\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("acme")).expect("a folder");
    fs::write(folder.path().join("trading.ipc"), TRADING).expect("a schema");
    fs::write(folder.path().join("acme/common.ipc"), COMMON).expect("a schema");
    folder
}

const ARGUMENTS: [&str; 6] = ["watch", "trading.ipc", "--lang", "rust", "--out", "out"];

fn generated(folder: &Path) -> String {
    fs::read_to_string(folder.join("out/trading.rs")).expect("the generated file")
}

#[test]
fn a_change_of_any_file_is_built_and_a_mistake_leaves_the_last_good_output() {
    let folder = folder();
    let common = folder.path().join("acme/common.ipc");
    let mut watch = Watch::new(folder.path(), &ARGUMENTS);
    let first = watch.until("wrote");
    assert!(first.contains("wrote out/trading.rs") && first.contains("watching 2 files"), "{first}");

    fs::write(&common, COMMON.replace("units", "cents")).expect("a schema");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub cents: i64"));

    fs::write(&common, COMMON.replace("i64", "i46")).expect("a schema");
    let wrong = watch.until("error");
    assert!(wrong.contains("error[unknown-type]") && wrong.contains("acme/common.ipc:3:23"), "{wrong}");
    assert!(generated(folder.path()).contains("pub cents: i64"), "the last good output is kept");

    // As editors do: a new file in the place of the old one.
    fs::write(folder.path().join("acme/common.ipc.new"), COMMON.replace("units", "pennies")).expect("a schema");
    fs::rename(folder.path().join("acme/common.ipc.new"), &common).expect("another file");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub pennies: i64"));
    assert_eq!(watch.end(Signal::INT), Some(0));
}

#[test]
fn what_is_missing_is_built_once_it_is_there() {
    let folder = folder();
    fs::remove_dir_all(folder.path().join("acme")).expect("no folder");
    let mut watch = Watch::new(folder.path(), &ARGUMENTS);
    assert!(watch.round().contains("error[unknown-import]"));
    fs::create_dir(folder.path().join("acme")).expect("a folder");
    watch.round();
    fs::write(folder.path().join("acme/common.ipc"), COMMON).expect("a schema");
    watch.until("wrote");
    fs::remove_file(folder.path().join("trading.ipc")).expect("no schema");
    watch.until("cannot read");
    fs::write(folder.path().join("trading.ipc"), TRADING.replace("Order", "Basket")).expect("a schema");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub struct Basket"));
    assert_eq!(watch.end(Signal::TERM), Some(0));
}

#[test]
fn what_a_file_imports_may_change_and_folders_may_be_others_of_the_same_name() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let mut watch = Watch::new(folder.path(), &ARGUMENTS);
    watch.until("wrote");
    // Another import, in a folder that was not watched.
    fs::create_dir(path("other")).expect("a folder");
    fs::write(path("other/money.ipc"), "ipc 1;\npackage other.money;\nrecord Money { cents: i64 }\n")
        .expect("a schema");
    fs::write(path("trading.ipc"), TRADING.replace("acme.common", "other.money").replace("common.", "money."))
        .expect("a schema");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub mod other"));
    fs::write(path("other/money.ipc"), "ipc 1;\npackage other.money;\nrecord Money { pennies: i64 }\n")
        .expect("a schema");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub pennies: i64"));
    // As another branch is checked out: the folder goes, and another one comes.
    fs::rename(path("other"), path("gone")).expect("another name");
    watch.until("unknown-import");
    fs::create_dir(path("other")).expect("a folder");
    watch.round();
    fs::write(path("other/money.ipc"), "ipc 1;\npackage other.money;\nrecord Money { grams: i64 }\n")
        .expect("a schema");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub grams: i64"));
    fs::write(path("other/money.ipc"), "ipc 1;\npackage other.money;\nrecord Money { ounces: i64 }\n")
        .expect("a schema");
    watch.until("wrote");
    assert!(generated(folder.path()).contains("pub ounces: i64"));
    assert_eq!(watch.end(Signal::INT), Some(0));
}

#[test]
fn what_is_built_again_is_what_is_built_at_once() {
    let folder = folder();
    let common = folder.path().join("acme/common.ipc");
    for language in ["typescript", "python", "json"] {
        fs::write(&common, COMMON).expect("a schema");
        let mut watch = Watch::new(folder.path(), &["watch", "trading.ipc", "--lang", language, "--out", language]);
        watch.until("wrote");
        for kind in [
            "enum Money { A, B }",
            "error Money { A { units: u8 } }",
            "newtype Money = f64;",
            "record Money { a: i64 = 3 }",
        ] {
            fs::write(&common, format!("ipc 1;\npackage acme.common;\n{kind}\n")).expect("a schema");
            watch.until("wrote");
            let check = ["build", "trading.ipc", "--lang", language, "--out", language, "--check"];
            let run = Command::new(env!("CARGO_BIN_EXE_ipcgen")).args(check).current_dir(folder.path()).output();
            let run = run.expect("it runs");
            assert!(run.status.success(), "{language}, {kind}: {}", String::from_utf8_lossy(&run.stderr));
        }
        assert_eq!(watch.end(Signal::INT), Some(0));
    }
}

#[test]
fn a_change_of_the_settings_counts() {
    let folder = folder();
    let settings = |out: &str| format!("[build]\nlang = \"rust\"\nout = \"{out}\"\n");
    fs::write(folder.path().join("ipc.toml"), settings("one")).expect("settings");
    let mut watch = Watch::new(folder.path(), &["watch"]);
    assert!(watch.until("wrote").contains("wrote one/trading.rs"));
    fs::write(folder.path().join("ipc.toml"), "[build]\nlang = 1\n").expect("settings");
    watch.until("[build] lang");
    fs::write(folder.path().join("ipc.toml"), settings("two")).expect("settings");
    assert!(watch.until("wrote").contains("wrote two/trading.rs"));
    assert_eq!(watch.end(Signal::INT), Some(0));
}

#[test]
fn what_cannot_be_watched_ends_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = Command::new(env!("CARGO_BIN_EXE_ipcgen")).arg("watch").current_dir(folder.path()).output();
    assert_eq!(run.expect("it runs").status.code(), Some(2));
}

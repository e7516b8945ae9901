//! A folder a case: `tests/data/<code>/<case>/input.ipc`, beside it what that imports, where a rule looks at two versions
//! `earlier.ipc`, and in `expected.txt` what a person is shown.
//!
//! `UPDATE_GOLDEN=1` rewrites the expectations; read the difference before you commit it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use procwire_idl::diagnostic::{Code, Diagnostics};
use procwire_idl::lint::{self, Level, Named, Renamed};
use procwire_idl::source::{FileId, SourceMap};
use procwire_idl::{Library, Source, Unreadable, load, render};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn folders(path: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries.map(|entry| entry.expect("an entry of the folder").path()).filter(|path| path.is_dir()).collect()
}

/// The files beside the input of a case.
struct Case<'c>(&'c Path);

impl Library for Case<'_> {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let text = fs::read_to_string(self.0.join(path)).map_err(|_| Unreadable::Missing)?;
        Ok(Source { name: path.to_owned(), text })
    }
}

/// What the generators tell, of one word.
fn words(named: Named, name: &str) -> Vec<Renamed> {
    let is_kept = name == "class" && !matches!(named, Named::Type | Named::Variant | Named::Const);
    is_kept.then(|| Renamed { language: "Python", annotation: "py", name: "class_".to_owned() }).into_iter().collect()
}

/// What is told of a case: its mistakes, or, where its folder is a lint's, what that rule finds.
fn told(case: &Path) -> (SourceMap, Diagnostics) {
    let input = fs::read_to_string(case.join("input.ipc")).expect("the case has an input.ipc");
    let mut sources = SourceMap::new();
    let root = sources.add("input.ipc", input);
    let loaded = load(&mut sources, root, "input.ipc", &mut Case(case));
    let folder = case.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    match (lint::rule(folder), loaded.model) {
        (Some(rule), Some(model)) => {
            let level = |other: &lint::Rule| if other.code == rule.code { Level::Warn } else { Level::Off };
            let found = match fs::read_to_string(case.join("earlier.ipc")) {
                Ok(text) => {
                    let earlier = procwire_idl::compile_text("earlier.ipc", &text).1.model.expect("an earlier version");
                    lint::lint_against(&sources, FileId::default(), &earlier, &model, level)
                }
                Err(_) => lint::lint(&sources, FileId::default(), &model, level, &words),
            };
            (sources, found)
        }
        _ => (sources, loaded.diagnostics),
    }
}

#[test]
fn each_case_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for folder in folders(&data()) {
        for case in folders(&folder) {
            let (sources, diagnostics) = told(&case);
            let shown = render::human(&diagnostics, &sources, false);
            let expected = case.join("expected.txt");
            if update {
                fs::write(&expected, &shown).expect("the expectation can be written");
            } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
                wrong.push(format!("{} now says:\n{shown}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE_GOLDEN=1 accepts this", wrong.join("\n"));
}

#[test]
fn each_code_has_a_folder_and_each_case_its_code() {
    let expected: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).chain(["several"]).collect();
    let folders = folders(&data());
    let found: BTreeSet<&str> = folders.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(found, expected, "a folder in tests/data for each code, and one for files with several mistakes");
    for folder in &folders {
        let code = folder.file_name().and_then(|name| name.to_str()).and_then(Code::from_name);
        let cases = self::folders(folder);
        assert!(!cases.is_empty(), "{} has no case", folder.display());
        for case in cases {
            let (_, diagnostics) = told(&case);
            let has = diagnostics.iter().any(|diagnostic| code.is_none_or(|code| diagnostic.code == code));
            assert!(has, "{} does not show its code", case.display());
        }
    }
}

#[test]
fn a_message_is_one_sentence_in_small_letters() {
    for folder in folders(&data()) {
        for case in folders(&folder) {
            let (_, diagnostics) = told(&case);
            for diagnostic in &diagnostics {
                let message = &diagnostic.message;
                assert!(!message.ends_with('.') && !message.contains('\n'), "{message}");
                assert!(!message.starts_with(|c: char| c.is_ascii_uppercase()), "{message}");
            }
        }
    }
}

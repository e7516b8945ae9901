//! `shadowed-name` with the words that the generators keep.

use procwire_codegen::renamed;
use procwire_idl::catalog::entry;
use procwire_idl::diagnostic::Code;
use procwire_idl::lint::{Level, Named, Rule, lint};
use procwire_idl::source::FileId;
use procwire_idl::{compile_text, render};

/// What the rule says of a schema.
fn told(text: &str) -> String {
    let (sources, loaded) = compile_text("words.ipc", text);
    let level = |rule: &Rule| if rule.code == Code::ShadowedName { Level::Warn } else { Level::Off };
    let model = loaded.model.expect("a schema without mistakes");
    render::human(&lint(&sources, FileId::default(), &model, level, &renamed), &sources, false)
}

#[test]
fn the_examples_are_true_of_the_words_that_languages_keep() {
    let entry = entry(Code::ShadowedName);
    let failing = told(entry.failing);
    assert!(failing.contains("`class` is `class_` in Python, which keeps the word"), "{failing}");
    assert_eq!(told(entry.mended), "");
}

#[test]
fn each_language_is_told_by_its_own_words() {
    let languages = |named, name| -> Vec<(&str, String)> {
        renamed(named, name).into_iter().map(|renamed| (renamed.language, renamed.name)).collect()
    };
    assert_eq!(languages(Named::Field, "title"), []);
    assert_eq!(languages(Named::Field, "match"), [("Rust", "match_".to_owned())]);
    assert_eq!(languages(Named::Field, "async"), [("Rust", "async_".to_owned()), ("Python", "async_".to_owned())]);
    assert_eq!(languages(Named::Member, "then"), [("TypeScript", "then_".to_owned())]);
    assert_eq!(languages(Named::Parameter, "cx"), [("Rust", "cx_".to_owned()), ("Python", "cx_".to_owned())]);
    assert_eq!(languages(Named::Type, "Self"), [("Rust", "Self_".to_owned())]);
}

//! Patterns: what each engine is given, and what it finds. The runtimes of the other languages run the same vectors.

use std::path::PathBuf;

use procwire_idl::pattern;
use serde_json::{Value, json};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../runtime/vectors/patterns.json")
}

fn vectors() -> Vec<Value> {
    let text = std::fs::read_to_string(path()).expect("runtime/vectors/patterns.json");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    file["patterns"].as_array().expect("a list of patterns").clone()
}

fn texts(entry: &Value, key: &str) -> Vec<String> {
    let list = entry[key].as_array().unwrap_or_else(|| panic!("{key} of {entry}"));
    list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn each_engine_is_given_what_the_vectors_say() {
    for entry in vectors() {
        let written = entry["pattern"].as_str().expect("a pattern");
        let given = json!({
            "rust": pattern::rust(written).unwrap_or_else(|mistake| panic!("{written}: {mistake}")),
            "typescript": pattern::typescript(written).unwrap_or_else(|mistake| panic!("{written}: {mistake}")),
            "python": pattern::python(written).unwrap_or_else(|mistake| panic!("{written}: {mistake}")),
        });
        for engine in ["rust", "typescript", "python"] {
            assert_eq!(entry[engine], given[engine], "{written} in {engine}");
        }
    }
}

#[test]
fn the_engine_of_rust_finds_what_the_vectors_say() {
    for entry in vectors() {
        let engine = regex_lite::Regex::new(entry["rust"].as_str().expect("a pattern")).expect("it compiles");
        for text in texts(&entry, "matches") {
            assert!(engine.is_match(&text), "{} is not found in {text:?}", entry["pattern"]);
        }
        for text in texts(&entry, "misses") {
            assert!(!engine.is_match(&text), "{} is found in {text:?}", entry["pattern"]);
        }
    }
}

#[test]
fn a_schema_is_checked_by_what_the_vectors_say() {
    for entry in vectors() {
        let written = entry["pattern"].as_str().expect("a pattern");
        for (key, is_found) in [("matches", true), ("misses", false)] {
            for text in texts(&entry, key) {
                assert_eq!(pattern::is_found(written, &text), Ok(Some(is_found)), "{written} in {text:?}");
            }
        }
    }
    // What competes takes no longer, and what takes too long is not tried.
    assert_eq!(pattern::is_found("^(?:a+)+$", &format!("{}b", "a".repeat(100))), Ok(Some(false)));
    assert_eq!(pattern::is_found("^(?:(?:a*)*)*$", &"a".repeat(40)), Ok(Some(true)));
    assert_eq!(pattern::is_found(".{1000}x{1000}", &"a".repeat(100_000)), Ok(None));
}

#[test]
fn a_pattern_at_the_limits_compiles() {
    let nested = format!("{}a{}", "(".repeat(pattern::DEPTH), ")".repeat(pattern::DEPTH));
    for written in ["[^a]{1000}.{1000}\\W{1000}.{999}", "(?:.{0,100}){40}", &nested] {
        let given = pattern::rust(written).unwrap_or_else(|mistake| panic!("{written}: {mistake}"));
        assert!(regex_lite::Regex::new(&given).is_ok(), "{written}");
    }
    for written in ["(?:.{0,100}){41}", &format!("({nested})"), "a{1001}", "a{99999999999999999999}"] {
        assert!(pattern::check(written).is_err(), "{written}");
    }
}

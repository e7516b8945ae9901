//! The language-neutral vectors of `runtime/vectors`, all of them.

mod hex;
mod vectors {
    pub mod notation;
    pub mod refined;
    pub mod types;
}

use std::fs;
use std::path::{Path, PathBuf};

use hex::{hex, unhex};
use procwire::codec::{from_bytes, to_bytes};
use procwire::{Bytes, Value};
use serde_json::Value as Json;
use vectors::notation::notation;
use vectors::types::{again, read_as_int};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn json(path: &Path) -> Json {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn list<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_else(|| panic!("`{key}` is a text in {json}"))
}

/// The types of every file, each with the name of its file.
fn types() -> Vec<(String, Json)> {
    let mut types = Vec::new();
    for entry in fs::read_dir(folder().join("values")).expect("the folder of values") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let file = json(&path);
            types.extend(list(&file, "types").iter().map(|ty| (path.display().to_string(), ty.clone())));
        }
    }
    assert!(types.len() > 40, "the vectors are where they should be: {}", types.len());
    types
}

/// What `HEX*N HEX` stands for.
fn unfold(bytes: &str) -> Vec<u8> {
    let mut whole = Vec::new();
    for piece in bytes.split_whitespace() {
        match piece.split_once('*') {
            Some((piece, times)) => whole.extend(unhex(piece).repeat(times.parse().expect("a number of times"))),
            None => whole.extend(unhex(piece)),
        }
    }
    whole
}

/// Types whose values are not the ones that `any` sees: extensions, and times and ids as text.
const WRITTEN_OTHERWISE: [&str; 7] = ["Amount", "Pair", "Bill", "TextTime", "TextInstant", "TextId", "Stamped"];

#[test]
fn every_case_is_taken_in_all_its_forms_and_written_canonically() {
    let mut forms = 0;
    for (file, ty) in types() {
        let name = text(&ty, "type");
        for case in list(&ty, "cases") {
            let canonical = text(case, "canonical");
            let written = |form: &str| {
                again(name, &unhex(form)).map_or_else(|error| format!("refused: {error}"), |bytes| hex(&bytes))
            };
            assert_eq!(written(canonical), canonical, "{name} in {file}: {case}");
            for form in list(case, "also") {
                let form = form.as_str().expect("hex");
                assert_eq!(written(form), canonical, "{name} in {file}: {form} of {case}");
                forms += 1;
            }
            let value: Value = from_bytes(&Bytes::from(unhex(canonical))).expect("any value");
            if WRITTEN_OTHERWISE.contains(&name) {
                continue;
            }
            assert_eq!(notation(&value), case["value"], "{name} in {file}: {canonical}");
        }
    }
    assert!(forms > 500, "{forms} other forms");
}

#[test]
fn every_refusal_has_its_reason_and_its_path() {
    let mut refusals = 0;
    for (file, ty) in types() {
        let name = text(&ty, "type");
        for case in list(&ty, "refused") {
            let error = match again(name, &unhex(text(case, "bytes"))) {
                Err(error) => error,
                Ok(bytes) => panic!("{name} in {file} takes {case} as {}", hex(&bytes)),
            };
            assert_eq!(error.reason().as_str(), text(case, "reason"), "{name} in {file}: {case}: {error}");
            if let Some(path) = case["path"].as_str() {
                assert_eq!(error.path(), path, "{name} in {file}: {case}: {error}");
            }
            if let Some(message) = case["message"].as_str() {
                assert_eq!(error.message(), message, "{name} in {file}: {case}: {error}");
            }
            refusals += 1;
        }
    }
    assert!(refusals > 300, "{refusals} refusals");
}

#[test]
fn no_payload_at_a_limit_does_harm() {
    let file = json(&folder().join("malformed.json"));
    for case in list(&file, "cases") {
        let name = text(case, "name");
        let result = again(text(case, "type"), &unfold(text(case, "bytes")));
        let reason = match &result {
            Ok(_) => None,
            Err(error) => Some(error.reason().as_str()),
        };
        assert_eq!(reason, case["reason"].as_str(), "{name}: {result:?}");
    }
}

#[test]
fn the_public_suite_is_read_and_written() {
    let file = json(&folder().join("msgpack-suite/vectors.json"));
    let mut encodings = 0;
    for case in list(&file, "cases") {
        let id = text(case, "id");
        let expected = suite_value(case);
        let shortest: Vec<&str> = list(case, "encodings")
            .iter()
            .filter(|encoding| encoding["shortest"] == true)
            .map(|encoding| text(encoding, "wire"))
            .collect();
        for encoding in list(case, "encodings") {
            let wire = text(encoding, "wire");
            let payload = Bytes::from(unhex(wire));
            let value =
                if encoding["must_accept"] == true { from_bytes::<Value>(&payload) } else { read_as_int(&payload) };
            let value = value.unwrap_or_else(|error| panic!("{id}: {wire}: {error}"));
            assert!(is_same(&value, &expected), "{id}: {wire} is {value:?}, not {expected:?}");
            let written = hex(&to_bytes(&value).expect("it has a form"));
            // A float is written in its own width, which is one of its forms; bytes as bin, in whatever form they came.
            let has_own_form = matches!(value, Value::F32(_) | Value::F64(_) | Value::Bytes(_));
            assert!(has_own_form || shortest.contains(&written.as_str()), "{id}: {wire} is written as {written}");
            encodings += 1;
        }
    }
    assert_eq!(encodings, 233);
}

/// Whether they are the same, with the width of a float left aside.
fn is_same(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::F32(value), Value::F64(expected)) => f64::from(*value).to_bits() == expected.to_bits(),
        _ => value == expected,
    }
}

fn suite_value(case: &Json) -> Value {
    match text(case, "kind") {
        "int" => Value::Int(text(case, "value").parse().expect("decimal")),
        "float" => Value::F64(f64::from_be_bytes(unhex(text(case, "value")).try_into().expect("eight bytes"))),
        "bin" => Value::Bytes(unhex(text(case, "value")).into()),
        "ext" => {
            let code = case["type"].as_i64().and_then(|code| i8::try_from(code).ok()).expect("a code");
            let data = Bytes::from(unhex(text(case, "value")));
            // The one code of the suite that has a meaning here.
            if code == 1 { Value::Bytes(data) } else { Value::Ext(code, data) }
        }
        "timestamp" => {
            let seconds = text(case, "seconds").parse().expect("decimal");
            let nanos = case["nanos"].as_u64().and_then(|nanos| u32::try_from(nanos).ok()).expect("nanoseconds");
            Value::Timestamp(procwire::Timestamp::new(seconds, nanos).expect("below a second"))
        }
        _ => plain(&case["value"]),
    }
}

fn plain(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => (*value).into(),
        Json::Number(value) => value.as_i64().expect("an integer").into(),
        Json::String(text) => text.as_str().into(),
        Json::Array(list) => Value::List(list.iter().map(plain).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(key, value)| (key.as_str().into(), plain(value))).collect()),
    }
}

#[test]
fn a_message_can_be_turned_into_a_value_and_back() {
    let value = Value::from_message(&vec![Some(1_u8), None]).expect("it has a form");
    assert_eq!(value, Value::List(vec![1_u8.into(), Value::Nil]));
    assert_eq!(value.to_message::<Vec<Option<u8>>>().expect("its own form"), [Some(1), None]);
}

//! What may differ between the languages, each thing narrowly.

use std::collections::HashSet;

use procwire::codec::{Reason, from_bytes};
use procwire::{Bytes, Value};
use serde_json::{Value as Json, json};

use crate::hex::hex;
use crate::peer::Verdict;
use crate::tree::Tree;
use crate::types::read;

/// A language with what it cannot do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Language {
    /// A `Date` holds milliseconds, and a whole float is a number like any other. Milliseconds above 2^43 do not hold
    /// each microsecond.
    TypeScript,
    /// A `datetime` holds the nearest microsecond. A key that appears twice is not seen: the last one stays. In what is
    /// passed over depth is not counted, and neither text nor names are looked at. `1`, `1.0` and `True` are one key, and
    /// a map is none.
    Python,
}

/// The end of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

type Theirs<'a> = Result<&'a Vec<u8>, (&'a str, &'a str)>;

/// What is wrong with a verdict; nothing where it is the one of Rust, but for what the language cannot do.
pub fn disagreement(language: Language, ty: &str, payload: &[u8], verdict: &Verdict) -> Option<String> {
    let theirs = match verdict {
        Verdict::Harmed(how) => return Some(format!("harmed: {how}")),
        Verdict::Taken(written) => Ok(written),
        Verdict::Refused { reason, message } => Err((reason.as_str(), message.as_str())),
    };
    let wrong = compare(language, ty, payload, theirs)?;
    let is_excused = match theirs {
        Err(("duplicate", _)) if has_equal_keys(payload) => true,
        Err(("type", _)) if language == Language::Python && has_key_that_is_a_map(payload) => true,
        _ => language == Language::Python && as_python_sees_it(ty, payload, theirs),
    };
    (!is_excused).then_some(wrong)
}

fn compare(language: Language, ty: &str, payload: &[u8], theirs: Theirs<'_>) -> Option<String> {
    match (read(ty, payload), theirs) {
        (Ok(ours), Ok(written)) => {
            let again = match read(ty, written) {
                Ok(again) => again,
                Err(error) => return Some(format!("writes {}, which Rust refuses: {error}", hex(written))),
            };
            let (ours, theirs) = (meaning(language, ty, &ours), meaning(language, ty, &again));
            (ours != theirs).then(|| format!("reads {theirs} where Rust reads {ours}; writes {}", hex(written)))
        }
        (Ok(ours), Err((reason, message))) => {
            Some(format!("refuses it ({reason}: {message}) where Rust reads {}", meaning(language, ty, &ours)))
        }
        (Err(error), Ok(written)) => {
            Some(format!("takes it as {} where Rust refuses it ({}: {error})", hex(written), error.reason().as_str()))
        }
        (Err(error), Err((reason, message))) => {
            let ours = error.reason().as_str();
            (reason != ours && !has_fault(payload, reason))
                .then(|| format!("refuses it for {reason} ({message}) where Rust does for {ours} ({error})"))
        }
    }
}

/// Whether a payload has a fault whatever its type: which of several faults is met first is nowhere written.
fn has_fault(payload: &[u8], reason: &str) -> bool {
    match reason {
        "duplicate" => has_equal_keys(payload),
        "utf8" => holds(payload, |tree| matches!(tree, Tree::Leaf(leaf) if is_refused_as_any(leaf, reason))),
        "key" => holds(
            payload,
            |tree| matches!(tree, Tree::Map(_, entries) if entries.iter().any(|(key, _)| is_forbidden(key))),
        ),
        _ => is_refused_as_any(payload, reason),
    }
}

fn is_refused_as_any(payload: &[u8], reason: &str) -> bool {
    read("any", payload).is_err_and(|error| error.reason().as_str() == reason)
}

/// Whether this is the one name that no map may have as a key.
fn is_forbidden(key: &Tree) -> bool {
    read("string", &key.bytes()).is_ok_and(|text| &text[1..] == b"__proto__")
}

/// Whether a map has two keys that are the same to some language and some type: `1`, `1.0`, and `"1"` for an integer.
fn has_equal_keys(payload: &[u8]) -> bool {
    holds(payload, |tree| {
        let Tree::Map(_, entries) = tree else { return false };
        let mut seen = HashSet::new();
        let number = |key: String| serde_json::from_str::<String>(&key).unwrap_or(key).replace(['"', '{', '}'], "");
        let key = |key: &Tree| number(key_of(Language::TypeScript, key)).replace("$int:", "");
        !entries.iter().all(|(name, _)| seen.insert(key(name)))
    })
}

/// Whether a map has a key that no `dict` has: a map, an extension, or a list with one of them.
fn has_key_that_is_a_map(payload: &[u8]) -> bool {
    fn is_one(key: &Tree) -> bool {
        match key {
            Tree::Map(..) => true,
            Tree::List(_, items) => items.iter().any(is_one),
            Tree::Leaf(leaf) => matches!(leaf[0], 0xc7..=0xc9 | 0xd4..=0xd8),
        }
    }
    holds(payload, |tree| matches!(tree, Tree::Map(_, entries) if entries.iter().any(|(key, _)| is_one(key))))
}

fn holds(payload: &[u8], is_one: impl Fn(&Tree) -> bool) -> bool {
    let mut found = false;
    if let Some(mut tree) = Tree::begun(payload) {
        tree.for_each(0, &mut |tree, _| found |= is_one(tree));
    }
    found
}

/// Whether Rust comes to Python's verdict once what Python does not see is taken away, a thing at a time.
fn as_python_sees_it(ty: &str, payload: &[u8], theirs: Theirs<'_>) -> bool {
    let Some(mut tree) = Tree::read(payload) else { return false };
    tree.for_each(0, &mut |tree, _| keep_last(tree));
    // Each round takes one kind of thing away.
    for _ in 0..3 {
        let seen = tree.bytes();
        if compare(Language::Python, ty, &seen, theirs).is_none() {
            return true;
        }
        // Where what is taken away counts, something else in its place would be another value.
        match read(ty, &seen).map_err(|error| error.reason()) {
            Err(Reason::Depth) => tree.for_each(0, &mut |tree, depth| {
                if depth >= 100 && !matches!(tree, Tree::Leaf(_)) {
                    *tree = Tree::Leaf(vec![0xc0]);
                }
            }),
            Err(Reason::Utf8 | Reason::Key) => rename(&mut tree),
            _ => return false,
        }
    }
    false
}

/// Gives a name to each key that no map may have, and to each text that is none.
fn rename(tree: &mut Tree) {
    let mut names = 0_u8..;
    // Each of its own, since it may be a key.
    let mut name = || [&b"\xa5text"[..], &[names.next().unwrap_or(0) & 0x7f]].concat();
    tree.for_each(0, &mut |tree, _| match tree {
        Tree::Leaf(leaf) if read("string", leaf).is_err_and(|error| error.reason() == Reason::Utf8) => *leaf = name(),
        Tree::Map(_, entries) => {
            for (key, _) in entries {
                if is_forbidden(key) {
                    *key = Tree::Leaf(name());
                }
            }
        }
        _ => {}
    });
}

fn keep_last(tree: &mut Tree) {
    if let Tree::Map(_, entries) = tree {
        let mut kept: Vec<(Tree, Tree)> = Vec::new();
        for (key, value) in entries.drain(..) {
            // A `dict` keeps the first of equal keys, and the last value.
            match kept.iter_mut().find(|(known, _)| key_of(Language::Python, known) == key_of(Language::Python, &key)) {
                Some((_, known)) => *known = value,
                None => kept.push((key, value)),
            }
        }
        *entries = kept;
    }
}

/// A key without the form it is written in, with equal numbers as one.
fn key_of(language: Language, key: &Tree) -> String {
    let bytes = key.bytes();
    match from_bytes::<Value>(&Bytes::copy_from_slice(&bytes)) {
        Ok(Value::Bool(key)) if language == Language::Python => key_of(language, &Tree::Leaf(vec![key.into()])),
        // Whole floats are the integers that they equal, as in JavaScript.
        Ok(key) => notation(Language::TypeScript, &key).to_string(),
        Err(_) => hex(&bytes),
    }
}

/// The value of a payload that Rust wrote, as far as the language can hold it.
fn meaning(language: Language, ty: &str, payload: &Bytes) -> String {
    let value = match from_bytes::<Value>(payload) {
        // The numbers of these types that are so large are durations.
        Ok(value)
            if language == Language::TypeScript && ["duration", "TradeError"].iter().any(|name| ty.contains(name)) =>
        {
            in_milliseconds(value)
        }
        Ok(value) => value,
        Err(error) => return error.to_string(),
    };
    notation(language, &value).to_string()
}

/// Durations of more than 2^43 ms, to what milliseconds in a float tell apart.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "that is what a float of milliseconds does"
)]
fn in_milliseconds(value: Value) -> Value {
    match value {
        Value::Int(micros) if micros > (1 << 43) * 1000 => {
            Value::Int((micros as f64 / 1000.0 * 1000.0).round() as i128)
        }
        Value::List(list) => Value::List(list.into_iter().map(in_milliseconds).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, in_milliseconds(value))).collect())
        }
        other => other,
    }
}

/// The notation of the vectors, with numbers and times as the language holds them, and maps in the order of their keys.
fn notation(language: Language, value: &Value) -> Json {
    let inner = |value: &Value| notation(language, value);
    match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!({"$int": value.to_string()}),
        Value::F32(value) => float(language, f64::from(*value)),
        Value::F64(value) => float(language, *value),
        Value::String(text) => json!(text),
        Value::Bytes(bytes) => json!({"$bytes": hex(bytes)}),
        Value::Timestamp(time) => {
            let (seconds, nanos) = (time.seconds(), time.nanos());
            let (seconds, nanos) = match (language, (nanos + 500) / 1000) {
                (Language::TypeScript, _) => (seconds, nanos / 1_000_000 * 1_000_000),
                // Nothing comes behind the last microsecond of the year 9999.
                (Language::Python, 1_000_000) if seconds == LAST_SECOND => (seconds, 999_999_000),
                (Language::Python, 1_000_000) => (seconds.saturating_add(1), 0),
                (Language::Python, micros) => (seconds, micros * 1000),
            };
            json!({"$time": [seconds.to_string(), nanos]})
        }
        Value::List(list) => list.iter().map(inner).collect(),
        Value::Map(entries) => {
            let mut pairs: Vec<Json> = entries.iter().map(|(key, value)| json!([inner(key), inner(value)])).collect();
            pairs.sort_by_key(Json::to_string);
            json!({"$map": pairs})
        }
        Value::Ext(code, data) => json!({"$ext": [code, hex(data)]}),
    }
}

fn float(language: Language, value: f64) -> Json {
    if value.is_nan() {
        return json!("NaN");
    }
    // Up to here every whole number is one of JavaScript's integers.
    let is_whole = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
    if language == Language::TypeScript && is_whole {
        return json!({"$int": format!("{:.0}", value + 0.0)});
    }
    json!({"$f64": hex(&value.to_be_bytes())})
}

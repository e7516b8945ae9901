//! Forms that are none, each with one fault.

use procwire_idl::evolution::Node;

/// The faults, as JSON.
const FORMS: &[(&str, &str)] = &[
    ("no map", "[]"),
    ("a text", "\"ipc\""),
    ("nil", "null"),
    ("no version", "{}"),
    ("another version", r#"{"ipc": 2}"#),
    ("a version that is no number", r#"{"ipc": true}"#),
    ("a package that is no text", r#"{"ipc": 1, "package": 1}"#),
    ("types that are no list", r#"{"ipc": 1, "types": {}}"#),
    ("a type that is no map", r#"{"ipc": 1, "types": ["u8"]}"#),
    ("a type without a name", r#"{"ipc": 1, "types": [{"record": []}]}"#),
    ("a name that is no text", r#"{"ipc": 1, "types": [{"name": null, "record": []}]}"#),
    ("a type that is nothing", r#"{"ipc": 1, "types": [{"name": "A"}]}"#),
    ("strict that is no bool", r#"{"ipc": 1, "types": [{"name": "A", "record": [], "strict": 1}]}"#),
    ("reserved that is no list", r#"{"ipc": 1, "types": [{"name": "A", "record": [], "reserved": "a"}]}"#),
    ("reserved of no texts", r#"{"ipc": 1, "types": [{"name": "A", "record": [], "reserved": ["a", 1]}]}"#),
    ("fields that are no list", r#"{"ipc": 1, "types": [{"name": "A", "record": {}}]}"#),
    ("a field that is no map", r#"{"ipc": 1, "types": [{"name": "A", "record": [null]}]}"#),
    ("a field without a name", r#"{"ipc": 1, "types": [{"name": "A", "record": [{"type": "u8"}]}]}"#),
    ("a field without a type", r#"{"ipc": 1, "types": [{"name": "A", "record": [{"name": "a"}]}]}"#),
    (
        "optional that is no bool",
        r#"{"ipc": 1, "types": [{"name": "A", "record": [{"name": "a", "type": "u8", "optional": "yes"}]}]}"#,
    ),
    (
        "a default that is a number",
        r#"{"ipc": 1, "types": [{"name": "A", "record": [{"name": "a", "type": "u8", "default": 1}]}]}"#,
    ),
    ("an unknown name of a type", r#"{"ipc": 1, "types": [{"name": "A", "record": [{"name": "a", "type": "u128"}]}]}"#),
    ("a type that is a bool", r#"{"ipc": 1, "types": [{"name": "A", "record": [{"name": "a", "type": true}]}]}"#),
    ("an unknown composite", r#"{"ipc": 1, "types": [{"name": "A", "is": {"set": "u8"}}]}"#),
    ("an index that is too large", r#"{"ipc": 1, "types": [{"name": "A", "is": 1}]}"#),
    ("an index as text that is too large", r#"{"ipc": 1, "types": [{"name": "A", "is": "1"}]}"#),
    ("an index below 0", r#"{"ipc": 1, "types": [{"name": "A", "is": {"list": -1}}]}"#),
    ("a type inside a list", r#"{"ipc": 1, "types": [{"name": "A", "is": {"list": {"nullable": "no"}}}]}"#),
    ("a tuple that is no list", r#"{"ipc": 1, "types": [{"name": "A", "is": {"tuple": "u8"}}]}"#),
    ("a type inside a tuple", r#"{"ipc": 1, "types": [{"name": "A", "is": {"tuple": ["u8", 7]}}]}"#),
    ("a map of one type", r#"{"ipc": 1, "types": [{"name": "A", "is": {"map": ["u8"]}}]}"#),
    ("a map of three types", r#"{"ipc": 1, "types": [{"name": "A", "is": {"map": ["u8", "u8", "u8"]}}]}"#),
    ("a type inside a map", r#"{"ipc": 1, "types": [{"name": "A", "is": {"map": ["u8", {}]}}]}"#),
    ("a newtype of itself", r#"{"ipc": 1, "types": [{"name": "A", "is": 0}]}"#),
    (
        "newtypes of each other",
        r#"{"ipc": 1, "types": [{"name": "A", "record": []}, {"name": "B", "is": 2}, {"name": "C", "ext": 80, "is": {"of": 1}}]}"#,
    ),
    ("a length of one number", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "string", "len": [1]}}]}"#),
    ("a length below 0", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "string", "len": [-1, null]}}]}"#),
    ("a length without a least", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "string", "len": [null, 1]}}]}"#),
    ("a length that is a float", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "string", "len": [1, 1.5]}}]}"#),
    ("a range that is no list", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "u8", "range": "1..2"}}]}"#),
    ("a bound that is a number", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "u8", "range": [1, null]}}]}"#),
    ("a bound that is a word", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "u8", "range": [null, "many"]}}]}"#),
    (
        "a bound that is not finite",
        r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "f64", "range": ["1e999", null]}}]}"#,
    ),
    (
        "a bound of another unit",
        r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "duration", "range": ["1d", null]}}]}"#,
    ),
    ("a bound that is empty", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "u8", "range": ["", null]}}]}"#),
    (
        "below that is no bool",
        r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "f64", "range": [null, "1.0"], "below": 1}}]}"#,
    ),
    ("a pattern that is no text", r#"{"ipc": 1, "types": [{"name": "A", "is": {"of": "string", "pattern": ["a"]}}]}"#),
    ("a code that is too large", r#"{"ipc": 1, "types": [{"name": "A", "ext": 128, "is": "string"}]}"#),
    ("an extension of nothing", r#"{"ipc": 1, "types": [{"name": "A", "ext": 80}]}"#),
    ("write that is no bool", r#"{"ipc": 1, "types": [{"name": "A", "ext": 80, "is": "string", "write": "yes"}]}"#),
    ("an enum without a form", r#"{"ipc": 1, "types": [{"name": "A", "enum": []}]}"#),
    ("an unknown form", r#"{"ipc": 1, "types": [{"name": "A", "enum": [], "form": "f64"}]}"#),
    ("a form that is a number", r#"{"ipc": 1, "types": [{"name": "A", "enum": [], "form": 8}]}"#),
    ("a tag that is no text", r#"{"ipc": 1, "types": [{"name": "A", "enum": [], "form": {"tag": 1}}]}"#),
    ("a variant that is no map", r#"{"ipc": 1, "types": [{"name": "A", "form": "name", "enum": ["A"]}]}"#),
    ("a variant without a name", r#"{"ipc": 1, "types": [{"name": "A", "form": "name", "enum": [{}]}]}"#),
    ("a variant without a number", r#"{"ipc": 1, "types": [{"name": "A", "form": "u8", "enum": [{"name": "A"}]}]}"#),
    (
        "a number beyond 64 bits",
        r#"{"ipc": 1, "types": [{"name": "A", "form": "u64", "enum": [{"name": "A", "number": "18446744073709551616"}]}]}"#,
    ),
    (
        "a number that is a word",
        r#"{"ipc": 1, "types": [{"name": "A", "form": "u64", "enum": [{"name": "A", "number": "one"}]}]}"#,
    ),
    (
        "values that are no list",
        r#"{"ipc": 1, "types": [{"name": "A", "form": "external", "enum": [{"name": "A", "values": "u8"}]}]}"#,
    ),
    (
        "a retry that is a word",
        r#"{"ipc": 1, "types": [{"name": "A", "form": "external", "enum": [{"name": "A", "retry": "soon"}]}]}"#,
    ),
    (
        "a retry below 0",
        r#"{"ipc": 1, "types": [{"name": "A", "form": "external", "enum": [{"name": "A", "retry": -1}]}]}"#,
    ),
    ("methods that are no list", r#"{"ipc": 1, "methods": {}}"#),
    ("a method that is no map", r#"{"ipc": 1, "methods": [1]}"#),
    ("a method without a service", r#"{"ipc": 1, "methods": [{"name": "a", "response": "result"}]}"#),
    ("a method without a name", r#"{"ipc": 1, "methods": [{"service": "S", "response": "result"}]}"#),
    ("a method without a response", r#"{"ipc": 1, "methods": [{"service": "S", "name": "a"}]}"#),
    ("an unknown response", r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "maybe"}]}"#),
    (
        "a request that is a type",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "request": "u8"}]}"#,
    ),
    (
        "a request of a wrong field",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "request": {"fields": [{"name": "x", "type": 0}]}}]}"#,
    ),
    (
        "a wrong answer",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "answer": "nil"}]}"#,
    ),
    (
        "throws that are no list",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "throws": 0}]}"#,
    ),
    (
        "an error that is not there",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "throws": [0]}]}"#,
    ),
    (
        "an error that is a record",
        r#"{"ipc": 1, "types": [{"name": "E", "form": "name", "enum": []}, {"name": "R", "record": []}], "methods": [{"service": "S", "name": "a", "response": "result", "throws": [0, 1]}]}"#,
    ),
    (
        "a timeout below 0",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "timeout": -5}]}"#,
    ),
    (
        "idempotent that is no bool",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "idempotent": 1}]}"#,
    ),
    (
        "raw that is no bool",
        r#"{"ipc": 1, "methods": [{"service": "S", "name": "a", "response": "result", "raw": "raw"}]}"#,
    ),
    ("an event without a name", r#"{"ipc": 1, "events": [{"service": "S"}]}"#),
    (
        "an event of a wrong type",
        r#"{"ipc": 1, "events": [{"service": "S", "name": "e", "payload": {"values": ["u8", "u9"]}}]}"#,
    ),
    ("since that is a version", r#"{"ipc": 1, "events": [{"service": "S", "name": "e", "since": "2"}]}"#),
    ("a callback without a response", r#"{"ipc": 1, "callbacks": [{"service": "desk", "name": "desk.Ask"}]}"#),
    (
        "required that is no bool",
        r#"{"ipc": 1, "callbacks": [{"service": "desk", "name": "desk.Ask", "response": "ack", "required": 1}]}"#,
    ),
    (
        "a callback that throws a newtype",
        r#"{"ipc": 1, "types": [{"name": "N", "is": "u8"}], "callbacks": [{"service": "desk", "name": "desk.Ask", "response": "ack", "throws": [0]}]}"#,
    ),
    ("reserved of the whole", r#"{"ipc": 1, "reserved": [{}]}"#),
];

pub fn forms() -> Vec<(&'static str, Node)> {
    let read = |text: &str| node(&serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}")));
    let mut forms: Vec<_> = FORMS.iter().map(|(name, text)| (*name, read(text))).collect();
    let nested = |depth: usize| format!("{}\"u8\"{}", "{\"list\": ".repeat(depth), "}".repeat(depth));
    let around = |ty: &str| format!("{{\"ipc\": 1, \"types\": [{{\"name\": \"A\", \"is\": {ty}}}]}}");
    assert!(procwire_idl::evolution::Interface::try_from(&read(&around(&nested(64)))).is_ok());
    forms.push(("a type that nests 65 deep", read(&around(&nested(65)))));
    let long = |length: usize| {
        let mut types: Vec<String> = (1..length).map(|at| format!("{{\"name\": \"A\", \"is\": {at}}}")).collect();
        types.push("{\"name\": \"A\", \"is\": \"u8\"}".to_owned());
        format!("{{\"ipc\": 1, \"types\": [{}]}}", types.join(", "))
    };
    assert!(procwire_idl::evolution::Interface::try_from(&read(&long(64 + 1))).is_ok());
    forms.push(("a chain of 66 newtypes", read(&long(66))));
    forms
}

fn node(json: &serde_json::Value) -> Node {
    use serde_json::Value;
    match json {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        // A fraction has no place in a form; a text that is no number stands for it.
        Value::Number(number) => number.as_i64().map_or_else(|| Node::Text(number.to_string()), Node::Int),
        Value::String(text) => Node::Text(text.clone()),
        Value::Array(items) => Node::List(items.iter().map(node).collect()),
        Value::Object(entries) => Node::Map(entries.iter().map(|(key, value)| (key.clone(), node(value))).collect()),
    }
}

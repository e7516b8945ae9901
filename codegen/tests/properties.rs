//! What holds for every schema: the text is Rust, and it is formatted.

// A test writes its input to be read, not to be fast.
#![allow(clippy::format_push_string)]

mod source;

use procwire_codegen::{Target, generate};
use proptest::prelude::*;

/// A field's type. `Other` names a record below a list, where no cycle is infinite.
fn ty() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "bool",
            "string",
            "u8",
            "i64",
            "f32",
            "f64",
            "bytes",
            "timestamp",
            "duration",
            "uuid",
            "any",
            "()"
        ])
        .prop_map(str::to_owned),
        (0..4_usize).prop_map(|at| format!("list<Record{at}>")),
        Just("Kind".to_owned()),
    ];
    leaf.prop_recursive(6, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| format!("list<{ty}>")),
            inner.clone().prop_map(|ty| format!("list<{ty}?>")),
            (prop::sample::select(vec!["string", "u32", "Kind"]), inner.clone())
                .prop_map(|(key, ty)| format!("map<{key}, {ty}>")),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|types| if let [one] = &types[..] {
                format!("({one},)")
            } else {
                format!("({})", types.join(", "))
            }),
            inner.prop_map(|ty| format!("({ty}?, u8)")),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["type", "self", "crate", "async", "gen", "cx", "x", "unknown"])
            .prop_map(str::to_owned),
        "[a-z][a-z0-9]{0,40}",
        "[a-z]{1,8}[A-Z][a-z]{1,8}",
    ]
}

/// Printable text that may be written into a string of a schema.
fn text() -> impl Strategy<Value = String> {
    "[ -~äöü€🦀]{1,60}".prop_map(|text| text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "S"))
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    ty: String,
    form: u8,
    docs: Option<String>,
    wire: Option<String>,
    deprecated: Option<String>,
}

fn field() -> impl Strategy<Value = Field> {
    let maybe = |strategy: BoxedStrategy<String>| prop::option::weighted(0.2, strategy);
    let docs = maybe("[ -~äöü€🦀\t]{1,120}".boxed());
    (name(), ty(), 0..4_u8, docs, maybe(text().boxed()), maybe(text().boxed()))
        .prop_map(|(name, ty, form, docs, wire, deprecated)| Field { name, ty, form, docs, wire, deprecated })
}

/// The fields with names that do not meet each other.
fn written(fields: &[Field]) -> String {
    let mut out = String::new();
    for (at, field) in fields.iter().enumerate() {
        let Field { name, ty, form, docs, wire, deprecated } = field;
        if let Some(docs) = docs {
            out.push_str(&format!("/// {docs}\n"));
        }
        if let Some(wire) = wire {
            out.push_str(&format!("@wire(\"{wire}{at}\") "));
        }
        if let Some(reason) = deprecated {
            out.push_str(&format!("@deprecated(\"{reason}\") "));
        }
        // The first keeps its name, so that keywords stay keywords.
        let name = if at == 0 { name.clone() } else { format!("{name}n{at}") };
        out.push_str(&match form {
            0 => format!("{name}?: {ty},\n"),
            1 => format!("{name}: {ty}?,\n"),
            2 => format!("{name}: string = \"{}\",\n", name.repeat(3)),
            _ => format!("{name}: {ty},\n"),
        });
    }
    out
}

fn schema() -> impl Strategy<Value = String> {
    let fields = || prop::collection::vec(field(), 0..5);
    (prop::collection::vec(fields(), 4), fields(), fields(), prop::collection::vec((ty(), fields(), 0..4_u8), 1..4))
        .prop_map(|(records, variant, event, methods)| {
            let mut out = "ipc 1;\npackage property;\nenum Kind { A, B }\nerror Oops { Bad }\n".to_owned();
            for (at, fields) in records.iter().enumerate() {
                out.push_str(&format!("record Record{at} {{\n{}}}\n", written(fields)));
            }
            out.push_str(&format!("enum Tagged @tag(\"$tag\") {{ A {{\n{}}}, B(Kind, Kind) }}\n", written(&variant)));
            out.push_str("service Service {\n");
            for (at, (ty, fields, kind)) in methods.iter().enumerate() {
                let arrow = match kind {
                    0 => format!("-> stream {ty} throws Oops"),
                    1 => format!("-> ack {ty}"),
                    2 => "-> none".to_owned(),
                    _ => format!("-> {ty}"),
                };
                out.push_str(&format!("method{at}(\n{}) {arrow};\n", written(fields)));
            }
            out.push_str(&format!("event event(\n{});\n}}\n", written(&event)));
            out
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn generated_text_is_formatted_rust(schema in schema()) {
        let (sources, loaded) = procwire_idl::compile_text("property.ipc", &schema);
        let problems = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
        let model = loaded.model.ok_or_else(|| TestCaseError::fail(format!("{problems}\n{schema}")))?;
        let files = generate(&model, &sources, Target::Rust).expect("names that do not meet");
        let text = files.get("property.rs").expect("the file");
        let parsed = syn::parse_file(text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let formatted = prettyplease::unparse(&parsed);
        let ours: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with("// ")).collect();
        // In an attribute, prettyplease takes the end of `..=` for an assignment.
        let formatted = formatted.replace("..= ", "..=");
        let theirs: Vec<&str> = formatted.lines().collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn generated_typescript_declares_what_the_schema_declares(schema in schema()) {
        let (sources, loaded) = procwire_idl::compile_text("property.ipc", &schema);
        let problems = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
        let model = loaded.model.ok_or_else(|| TestCaseError::fail(format!("{problems}\n{schema}")))?;
        let files = generate(&model, &sources, Target::TypeScript).expect("names that do not meet");
        let text = files.get("property.ts").expect("the file");
        let declared = source::declared(text);
        for record in 0..4 {
            prop_assert!(declared.contains(&format!("interface Record{record}")), "{text}");
        }
        for other in ["type Kind", "type Tagged", "type OopsData", "class Oops", "interface ServiceClient", "const Service"] {
            prop_assert_eq!(declared.iter().filter(|name| *name == other).count(), 1);
        }
        let mut names = declared.clone();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), declared.len(), "a name is declared twice");
    }
    #[test]
    fn generated_python_declares_what_the_schema_declares(schema in schema()) {
        let (sources, loaded) = procwire_idl::compile_text("property.ipc", &schema);
        let problems = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
        let model = loaded.model.ok_or_else(|| TestCaseError::fail(format!("{problems}\n{schema}")))?;
        let files = generate(&model, &sources, Target::Python).expect("names that do not meet");
        let text = files.get("property.py").expect("the file");
        let declared = top_level_names(text);
        for record in 0..4 {
            prop_assert!(declared.contains(&format!("Record{record}")), "{text}");
        }
        for other in ["Kind", "Tagged", "OopsData", "Oops", "ServiceClient", "ServiceWorker", "SERVICE"] {
            prop_assert_eq!(declared.iter().filter(|name| *name == other).count(), 1, "{}", text);
        }
        let mut names = declared.clone();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), declared.len(), "a name is declared twice");
        // A blank at the end of a line or a tab is nothing that ruff would leave.
        prop_assert!(text.lines().all(|line| line.trim_end() == line && !line.contains('\t')), "{text}");
    }
}

/// What a Python module assigns or declares at its top, outside of docstrings.
fn top_level_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut in_docstring = false;
    for line in text.lines() {
        let was_in_docstring = in_docstring;
        let begins = line.trim_start().trim_start_matches('r').starts_with("\"\"\"");
        in_docstring ^= begins && line.matches("\"\"\"").count() == 1;
        if was_in_docstring || !line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            continue;
        }
        let line = line.strip_prefix("class ").unwrap_or(line);
        let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if line[name.len()..].starts_with(['(', ':', ' ']) && !matches!(name.as_str(), "from" | "import") {
            names.push(name);
        }
    }
    names
}

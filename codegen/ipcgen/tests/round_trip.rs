//! Schema → Rust → schema: what `export` prints of generated Rust means the same as what it was generated from.

mod schemas;

use procwire_codegen::{Target, generate};
use procwire_idl::compile_text;
use procwire_idl::model::{DeclarationKind, Field, Model, Parameters, Presence, VariantData};
use procwire_idl::rust::export::{export, parse};
use proptest::prelude::*;

fn model(name: &str, text: &str) -> Model {
    let (sources, loaded) = compile_text(name, text);
    loaded.model.unwrap_or_else(|| {
        let problems = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
        panic!("{name} is no schema:\n{problems}\n{text}")
    })
}

/// The Rust of a schema, and the schema that this Rust means.
fn there_and_back(text: &str) -> (String, String) {
    let (sources, loaded) = compile_text("schema.ipc", text);
    let model = loaded.model.expect("the caller's schema compiles");
    let package = model.root().dotted_name();
    let files = generate(&model, &sources, Target::Rust).expect("the schema can be Rust");
    let (_, rust) = files.iter().next().expect("one package, one file");
    let file = parse(rust).expect("what was generated is Rust");
    let package = Some(package.as_str()).filter(|name| !name.is_empty());
    match export(package, &[file]) {
        Ok(exported) => (rust.to_owned(), exported),
        Err(errors) => panic!("{errors:?}\n{rust}"),
    }
}

/// A model as text, without what generated Rust does not keep: where things stood, the order of parameters, of which it puts
/// those first that must be given, and the case of a name that is not the one on the wire.
fn meaning(mut model: Model) -> String {
    for declaration in &mut model.types {
        match &mut declaration.kind {
            DeclarationKind::Record(record) => fields(&mut record.fields),
            DeclarationKind::Enum(item) | DeclarationKind::Error(item) => {
                for variant in &mut item.variants {
                    simplify(&mut variant.name, &variant.wire);
                    if let VariantData::Struct(inner) = &mut variant.data {
                        fields(inner);
                    }
                }
            }
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
        }
    }
    for package in &mut model.packages {
        for service in &mut package.services {
            for method in &mut service.methods {
                simplify(&mut method.name, &method.wire);
                parameters(&mut method.parameters);
            }
            for event in &mut service.events {
                simplify(&mut event.name, &event.wire);
                parameters(&mut event.parameters);
            }
        }
    }
    let text = format!("{model:#?}");
    let mut lines = Vec::new();
    let mut inside_span = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match inside_span {
            Some(outer) if indent > outer => {}
            _ if line.trim_start().starts_with("span: Span") => inside_span = Some(indent),
            _ => {
                // The line that ends a span stands as far to the left as the one that began it.
                if inside_span.take().is_none() {
                    lines.push(line);
                }
            }
        }
    }
    lines.join("\n")
}

fn parameters(parameters: &mut Parameters) {
    if let Parameters::Named(named) = parameters {
        named.sort_by_key(|field| field.presence != Presence::Required);
        fields(named);
    }
}

fn fields(fields: &mut [Field]) {
    for field in fields {
        simplify(&mut field.name, &field.wire);
    }
}

/// The letters of a name that another name on the wire frees from its case and its escapes.
fn simplify(name: &mut String, wire: &str) {
    if name != wire {
        name.retain(|c| c != '_');
        name.make_ascii_lowercase();
    }
}

#[track_caller]
fn assert_survives(text: &str) {
    let (rust, exported) = there_and_back(text);
    let before = meaning(model("schema.ipc", text));
    let after = meaning(model("exported.ipc", &exported));
    if before != after {
        let difference = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        panic!("{difference:?}\n--- schema\n{text}\n--- rust\n{rust}\n--- exported\n{exported}");
    }
}

#[test]
fn every_feature_survives_the_way_through_rust() {
    assert_survives(include_str!("data/features.ipc"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_schema_survives_the_way_through_rust(text in schemas::schema()) {
        let (_, loaded) = compile_text("schema.ipc", &text);
        prop_assert!(loaded.model.is_some(), "the generator wrote no schema: {:?}\n{}", loaded.diagnostics, text);
        assert_survives(&text);
    }
}

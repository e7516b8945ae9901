//! Schema → Rust → schema: what `export` prints of generated Rust means the same as what it was generated from.

mod schemas;

use std::fs;
use std::path::Path;

use procwire_codegen::{Target, generate};
use procwire_idl::compile_text;
use procwire_idl::model::{
    DeclarationKind, Ext, Extras, Field, Model, Parameters, Presence, Type, TypeKind, VariantData, WireCase,
};
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
/// those first that must be given, the case of a name that is not the one on the wire, what is annotated on constants, aliases,
/// packages and blocks, which have no attributes, and the constraints of an alias, which stand where it is used.
fn meaning(mut model: Model) -> String {
    inline_aliases(&mut model);
    for package in &mut model.packages {
        package.wire_case = WireCase::AsWritten;
        package.extras = Extras::default();
        for constant in &mut package.consts {
            without_attributes(&mut constant.name, &mut constant.extras);
            unrefine(&mut constant.ty);
        }
        package.services.iter_mut().for_each(|service| service.extras.user.clear());
        package.callbacks.iter_mut().for_each(|block| block.extras = Extras::default());
    }
    for declaration in &mut model.types {
        if let DeclarationKind::Alias(_) = declaration.kind {
            without_attributes(&mut declaration.name, &mut declaration.extras);
        }
        match &mut declaration.kind {
            DeclarationKind::Record(record) => fields(&mut record.fields),
            DeclarationKind::Enum(item) | DeclarationKind::Error(item) => {
                for variant in &mut item.variants {
                    simplify(&mut variant.name);
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
                simplify(&mut method.name);
                parameters(&mut method.parameters);
            }
            for event in &mut service.events {
                simplify(&mut event.name);
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

/// Puts what a refined alias stands for in its place, and leaves the alias unrefined.
fn inline_aliases(model: &mut Model) {
    let targets: Vec<Option<Type>> = (model.types.iter())
        .map(|declaration| match &declaration.kind {
            DeclarationKind::Alias(target) if is_refined(target) => Some(target.clone()),
            _ => None,
        })
        .collect();
    let mut inline = |ty: &mut Type| inline(ty, &targets);
    for declaration in &mut model.types {
        match &mut declaration.kind {
            DeclarationKind::Alias(target) => unrefine(target),
            DeclarationKind::Newtype(target) | DeclarationKind::Ext(Ext { target, .. }) => inline(target),
            DeclarationKind::Record(record) => record.fields.iter_mut().for_each(|field| inline(&mut field.ty)),
            DeclarationKind::Enum(item) | DeclarationKind::Error(item) => {
                for variant in &mut item.variants {
                    match &mut variant.data {
                        VariantData::Unit => {}
                        VariantData::Tuple(types) => types.iter_mut().for_each(&mut inline),
                        VariantData::Struct(fields) => fields.iter_mut().for_each(|field| inline(&mut field.ty)),
                    }
                }
            }
        }
    }
    for package in &mut model.packages {
        let callbacks = package.callbacks.iter_mut().flat_map(|block| &mut block.methods);
        for method in package.services.iter_mut().flat_map(|service| &mut service.methods).chain(callbacks) {
            method.answer.iter_mut().for_each(&mut inline);
            each(&mut method.parameters, &mut inline);
        }
        for event in package.services.iter_mut().flat_map(|service| &mut service.events) {
            each(&mut event.parameters, &mut inline);
        }
    }
}

fn each(parameters: &mut Parameters, visit: &mut impl FnMut(&mut Type)) {
    match parameters {
        Parameters::None => {}
        Parameters::Bare(ty) => visit(ty),
        Parameters::Named(fields) => fields.iter_mut().for_each(|field| visit(&mut field.ty)),
    }
}

fn parts(ty: &mut Type) -> Vec<&mut Type> {
    match &mut ty.kind {
        TypeKind::List(inner) | TypeKind::Nullable(inner) => vec![inner],
        TypeKind::Map(key, value) => vec![key, value],
        TypeKind::Tuple(elements) => elements.iter_mut().collect(),
        _ => Vec::new(),
    }
}

fn is_refined(ty: &Type) -> bool {
    let here = ty.constraints.is_some() || ty.text || ty.ts_number;
    here || parts(&mut ty.clone()).into_iter().any(|part| is_refined(part))
}

fn unrefine(ty: &mut Type) {
    *ty = Type { precise: ty.precise, ..Type::new(ty.kind.clone(), ty.span) };
    parts(ty).into_iter().for_each(unrefine);
}

fn inline(ty: &mut Type, targets: &[Option<Type>]) {
    while let TypeKind::Named(id) = ty.kind
        && let Some(target) = &targets[id.0 as usize]
    {
        *ty = target.clone();
    }
    for part in parts(ty) {
        inline(part, targets);
    }
}

fn parameters(parameters: &mut Parameters) {
    if let Parameters::Named(named) = parameters {
        named.sort_by_key(|field| field.presence != Presence::Required);
        fields(named);
    }
}

fn fields(fields: &mut [Field]) {
    for field in fields {
        simplify(&mut field.name);
    }
}

/// What remains of a constant and of an alias: the name in Rust.
fn without_attributes(name: &mut String, extras: &mut Extras) {
    if let Some(given) = std::mem::take(extras).names.rust {
        *name = given;
    }
    simplify(name);
}

/// The letters of a name without its case and its escapes: where the wire has them, they are compared there.
fn simplify(name: &mut String) {
    name.retain(|c| c != '_');
    name.make_ascii_lowercase();
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

#[test]
fn callbacks_and_modules_survive() {
    assert_survives(include_str!("../../tests/golden/module/schema.ipc"));
}

#[test]
fn every_golden_schema_of_one_file_survives() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    let mut survived = 0;
    for entry in fs::read_dir(golden).expect("the golden files of the generators") {
        let path = entry.expect("an entry of the folder").path().join("schema.ipc");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        // A namespace is one trait however often it is opened, and a fence in docs says `text` for rustdoc.
        let changes = ["\nuse ", "\nmodule ", "\ncallbacks ", "```"];
        if !changes.iter().any(|part| text.contains(part)) {
            assert_survives(&text);
            survived += 1;
        }
    }
    assert!(survived > 20, "{survived}");
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

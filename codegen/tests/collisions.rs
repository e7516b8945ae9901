//! Names that meet in a language. The checks of a schema find them first; a model can come from elsewhere.

use procwire_codegen::{Target, generate};
use procwire_idl::diagnostic::Code;
use procwire_idl::model::{DeclarationKind, Model};

const SCHEMA: &str = "ipc 1;
package x;
const ONE: u8 = 1;
const TWO: u8 = 2;
record First { one: u8, two: u8 }
enum Second { One { one: u8, two: u8 }, Two }
service Third { one(one: u8, two?: u8); event two(one: u8, two: u8); }
";

/// What is found after a change of the model.
fn found(change: impl FnOnce(&mut Model)) -> Vec<String> {
    found_in(Target::Rust, change)
}

fn found_in(target: Target, change: impl FnOnce(&mut Model)) -> Vec<String> {
    let (sources, loaded) = procwire_idl::compile_text("x.ipc", SCHEMA);
    let mut model = loaded.model.expect("a schema without errors");
    change(&mut model);
    match generate(&model, &sources, target) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => {
            assert!(diagnostics.iter().all(|found| found.code == Code::NameCollision && !found.secondary.is_empty()));
            diagnostics.into_iter().map(|found| found.message).collect()
        }
    }
}

#[test]
fn names_that_differ_are_fine() {
    assert_eq!(found(|_| {}), [] as [&str; 0]);
}

#[test]
fn fields_meet_after_conversion() {
    let found = found(|model| {
        let DeclarationKind::Record(record) = &mut model.types[0].kind else {
            panic!("a record");
        };
        record.fields[0].name = "fooBar".to_owned();
        record.fields[1].name = "foo_bar".to_owned();
    });
    assert_eq!(found, ["`foo_bar` and `fooBar` are both `foo_bar` in Rust"]);
}

#[test]
fn variants_meet_after_conversion() {
    let found = found(|model| {
        let DeclarationKind::Enum(declared) = &mut model.types[1].kind else {
            panic!("an enum");
        };
        declared.variants[1].name = "one".to_owned();
    });
    assert_eq!(found, ["`one` and `One` are both `One` in Rust"]);
}

#[test]
fn methods_and_events_are_functions_of_one_trait() {
    let found = found(|model| model.packages[0].services[0].events[0].name = "One".to_owned());
    assert_eq!(found, ["`One` and `one` are both `one` in Rust"]);
}

#[test]
fn constants_meet_after_conversion() {
    let found = found(|model| model.packages[0].consts[1].name = "one".to_owned());
    assert_eq!(found, ["`one` and `ONE` are both `ONE` in Rust"]);
}

#[test]
fn types_meet_what_is_derived_from_a_service() {
    for name in ["ThirdClient", "ThirdEmit", "ThirdOneCall", "ThirdTwo", "Third"] {
        let found = found(|model| model.types[0].name = name.to_owned());
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].contains(&format!("`{name}`")), "{found:?}");
    }
}

#[test]
fn python_has_one_scope_for_classes_and_their_variants() {
    let found = found_in(Target::Python, |model| model.types[0].name = "ThirdClient".to_owned());
    assert_eq!(found, ["`ThirdClient` is a class that Python derives from here, and it is taken"]);
    let found = found_in(Target::Python, |model| model.types[0].name = "SecondOne".to_owned());
    assert_eq!(found, ["`SecondOne` is a class that Python derives from here, and it is taken"]);
    let found = found_in(Target::Python, |model| model.packages[0].services[0].events[0].name = "one_".to_owned());
    assert!(found.is_empty());
}

#[test]
fn python_has_no_private_names_of_a_schema() {
    let found = found_in(Target::Python, |model| {
        let DeclarationKind::Record(record) = &mut model.types[0].kind else {
            panic!("a record");
        };
        record.fields[0].name = "_id".to_owned();
        record.fields[1].name = "id_".to_owned();
    });
    assert_eq!(found, ["`id_` and `_id` are both `id_` in Python"]);
}

#[test]
fn a_constant_of_python_gives_way_to_a_class() {
    let found = found_in(Target::Python, |model| model.types[0].name = "ONE".to_owned());
    assert!(found.is_empty());
}

/// What is found of a schema of one's own in Python.
fn in_python(schema: &str) -> Vec<String> {
    let (sources, loaded) = procwire_idl::compile_text("x.ipc", &format!("ipc 1;\npackage x;\n{schema}"));
    let model = loaded.model.expect("a schema without errors");
    match generate(&model, &sources, Target::Python) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics.into_iter().map(|found| found.message).collect(),
    }
}

#[test]
fn a_given_name_is_one_that_python_takes() {
    let found = in_python(r#"record R { @py(name = "class") a: u8, @py(name = "_b") b: u8, @py(name = "c") x: u8 }"#);
    let sentence = |given: &str, name: &str| format!("`{given}`, which `{name}` is to be in Python, is no name there");
    assert_eq!(found, [sentence("class", "a"), sentence("_b", "b")]);
}

#[test]
fn a_mapped_type_is_one_that_python_can_import() {
    let found = in_python(r#"ext E = 16 as string { py: "acme.class.E"; }"#);
    assert_eq!(found, ["Python cannot import `acme.class.E`: `class` is one of its keywords"]);
    assert!(in_python(r#"ext E = 16 as string { py: "acme.classes.E"; }"#).is_empty());
}

#[test]
fn callbacks_and_modules_derive_classes_in_python() {
    let callbacks = "callbacks desk.inner { One(); }\nmodule Child { requires desk.inner.One; }\n";
    assert!(in_python(callbacks).is_empty());
    for name in ["DeskInnerCalls", "ParentCalls", "ChildSyncClient", "ChildOn"] {
        let found = in_python(&format!("{callbacks}record {name} {{ x: u8 }}"));
        assert_eq!(found, [format!("`{name}` is a class that Python derives from here, and it is taken")]);
    }
    let found = in_python("callbacks desk { inner(); }\ncallbacks desk.inner { One(); }");
    assert_eq!(found, ["`inner` and `inner` are both `inner` in Python"]);
}

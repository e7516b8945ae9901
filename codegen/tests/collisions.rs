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

//! Properties: the parser takes whatever it is given, and a model survives its own text.

mod generated;

use procwire_idl::evolution::{Comparison, Interface, Node, compare};
use procwire_idl::{compile_text, dump, render};
use proptest::prelude::*;

/// Parts of schemas, so that random texts get further than the first character.
const PARTS: [&str; 58] = [
    "ipc 1;\n",
    "package a.b;\n",
    "record ",
    "strict ",
    "enum ",
    "error ",
    "service ",
    "const ",
    "newtype ",
    "type ",
    "reserved ",
    "event ",
    "throws ",
    "stream ",
    "ack",
    "none",
    "result ",
    "A",
    "b",
    "u8",
    "string",
    "list<",
    "map<",
    ">",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ":",
    "=",
    "?",
    "|",
    "->",
    "@wire(\"x\") ",
    "@repr(u8) ",
    "ext ",
    " as ",
    "@len(..=",
    "@range(1.5..",
    "@pattern(\"",
    "(?:[^a]{2,3})*$",
    "@ext(write) ",
    "@timeout(5s) ",
    "@x.a(b = 1) ",
    "@rust(name = \"x\") ",
    "\"",
    "\\",
    "r#\"",
    "// c\n",
    "/// d\n",
    "//! f\n",
    "/*",
    "*/",
    "1",
];

fn schema() -> &'static str {
    include_str!("data/several/ten-mistakes/input.ipc")
}

fn take(text: &str) {
    let (sources, loaded) = compile_text("property.ipc", text);
    let shown = render::human(&loaded.diagnostics, &sources, false);
    assert_eq!(loaded.model.is_none(), loaded.diagnostics.has_errors());
    assert_eq!(shown.is_empty(), loaded.diagnostics.is_empty());
    for diagnostic in &loaded.diagnostics {
        let span = diagnostic.primary.span;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{diagnostic:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_taken(text in any::<String>()) {
        take(&text);
    }

    #[test]
    fn any_parts_of_schemas_are_taken(parts in prop::collection::vec(0..PARTS.len(), 0..60)) {
        take(&parts.iter().map(|part| PARTS[*part]).collect::<String>());
    }

    #[test]
    fn a_mutated_schema_is_taken(at in any::<prop::sample::Index>(), length in 0..8_usize, part in 0..PARTS.len(), c in any::<char>()) {
        let characters: Vec<char> = schema().chars().collect();
        let start = at.index(characters.len());
        let end = (start + length).min(characters.len());
        let (before, after) = (characters[..start].iter(), characters[end..].iter());
        let text: String = before.copied().chain(PARTS[part].chars()).chain([c]).chain(after.copied()).collect();
        take(&text);
    }

    #[test]
    fn an_interface_survives_its_form(choices in prop::collection::vec(any::<u8>(), 0..600)) {
        let model = generated::model(&choices);
        for interface in [Interface::from(&model), Interface::of_package(&model, model.root)] {
            let read = Interface::try_from(&Node::from(&interface));
            prop_assert_eq!(read.as_ref(), Ok(&interface));
        }
    }

    #[test]
    fn what_no_member_reaches_and_what_docs_say_is_not_in_a_fingerprint(choices in prop::collection::vec(any::<u8>(), 0..600)) {
        let model = generated::model(&choices);
        let mut silent = model.clone();
        for declaration in &mut silent.types {
            declaration.docs.lines.clear();
        }
        let (all, part) = (Interface::from(&model), Interface::of_package(&silent, model.root));
        prop_assert_eq!(compare(&all, &part), Comparison::default());
        for (method, other) in all.methods.iter().zip(&part.methods) {
            prop_assert_eq!(method.canonical(&all), other.canonical(&part));
            prop_assert!(method.canonical(&all).is_some());
        }
        for (event, other) in all.events.iter().zip(&part.events) {
            prop_assert_eq!(event.canonical(&all), other.canonical(&part));
        }
    }

    #[test]
    fn a_model_survives_its_text(choices in prop::collection::vec(any::<u8>(), 0..600)) {
        let model = generated::model(&choices);
        let text = dump::model(&model);
        let (sources, loaded) = compile_text("generated.ipc", &text);
        let shown = render::human(&loaded.diagnostics, &sources, false);
        prop_assert!(loaded.diagnostics.is_empty(), "{}\n{}", shown, text);
        prop_assert_eq!(dump::model(&loaded.model.expect("it is clean")), text);
    }
}

//! Any model as a schema: it compiles to what it was, and what is generated from it parses in each language, without a
//! mistake and with each declaration at its top.
#![no_main]

#[path = "../../idl/tests/generated/mod.rs"]
mod generated;

use libfuzzer_sys::fuzz_target;
use oxc_allocator::Allocator;
use oxc_span::SourceType;
use procwire_codegen::{Target, generate};
use procwire_idl::model::{Item, Model};
use procwire_idl::{compile_text, dump, render};

fuzz_target!(|choices: &[u8]| {
    let made = generated::model(choices);
    let text = dump::model(&made);
    let (sources, loaded) = compile_text("made.ipc", &text);
    let Some(model) = loaded.model else {
        panic!("{}\n{text}", render::human(&loaded.diagnostics, &sources, false));
    };
    assert_eq!(dump::model(&model), text);
    for target in Target::ALL {
        // Names that meet in a language are told as diagnostics.
        let Ok(files) = generate(&model, &sources, *target) else {
            continue;
        };
        for (_, text) in files.iter() {
            let statements = match target {
                Target::Rust => rust(text),
                Target::TypeScript => typescript(text),
                Target::Python => python(text),
                _ => continue,
            };
            assert!(statements >= types(&model), "{statements} statements:\n{text}");
        }
    }
});

/// The types that a file declares, each of which is a statement at least.
fn types(model: &Model) -> usize {
    model.root().declarations.iter().filter(|item| matches!(item, Item::Type(_))).count()
}

fn rust(text: &str) -> usize {
    syn::parse_file(text).unwrap_or_else(|error| panic!("{error}\n{text}")).items.len()
}

fn typescript(text: &str) -> usize {
    let allocator = Allocator::default();
    let parsed = oxc_parser::Parser::new(&allocator, text, SourceType::ts()).parse();
    assert!(!parsed.panicked && parsed.diagnostics.is_empty(), "{:?}\n{text}", parsed.diagnostics);
    parsed.program.body.len()
}

fn python(text: &str) -> usize {
    let parsed = ruff_python_parser::parse_module(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    parsed.syntax().body.len()
}

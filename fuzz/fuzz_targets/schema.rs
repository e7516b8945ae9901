//! Any text as a schema: it compiles or is refused with diagnostics, and never panics. What compiles keeps its meaning
//! when it is formatted, differs in nothing from itself, and becomes code in every language unless names meet there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use procwire_codegen::{Target, generate, renamed};
use procwire_idl::evolution::{Comparison, Interface, compare, compare_source};
use procwire_idl::lint::{Level, lint};
use procwire_idl::source::FileId;
use procwire_idl::{compile_text, dump, format, render};

fuzz_target!(|text: &str| {
    let (sources, loaded) = compile_text("fuzz.ipc", text);
    let rendered = render::human(&loaded.diagnostics, &sources, false);
    assert_eq!(rendered.is_empty(), loaded.diagnostics.is_empty());
    let Some(model) = loaded.model else {
        return;
    };
    let formatted = format::text(text);
    let (_, again) = compile_text("formatted.ipc", &formatted);
    assert_eq!(again.model.as_ref().map(dump::model), Some(dump::model(&model)));
    assert_eq!(format::text(&formatted), formatted);
    let interface = Interface::from(&model);
    assert_eq!(compare(&interface, &interface), Comparison::default());
    assert_eq!(compare_source(&model, &model), []);
    drop(lint(&sources, FileId::default(), &model, |_| Level::Warn, &renamed));
    for target in Target::ALL {
        // Names that meet in a language are told as diagnostics.
        drop(generate(&model, &sources, *target));
    }
});

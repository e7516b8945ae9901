//! Any text as a schema: it compiles or is refused with diagnostics, and never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (sources, loaded) = procwire_idl::compile_text("fuzz.ipc", text);
    let rendered = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
    assert_eq!(rendered.is_empty(), loaded.diagnostics.is_empty());
});

//! The generated files that the tests of the runtimes use: each is what its schema gives today.

use std::fs;
use std::path::Path;

use procwire_codegen::{Target, generate, load};

/// The schema, the language, and the file that is committed, from the repository's root.
const FIXTURES: &[(&str, Target, &str)] = &[
    ("runtime/vectors/values/types.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/vectors.ts"),
    (
        "runtime/typescript/tests/fixtures/globals.ipc",
        Target::TypeScript,
        "runtime/typescript/tests/fixtures/globals.ts",
    ),
    ("runtime/typescript/tests/fixtures/extra.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/extra.ts"),
    ("runtime/typescript/tests/fixtures/desk.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/desk.ts"),
];

/// `UPDATE_GOLDEN=1` writes the files anew.
#[test]
fn fixtures_are_what_is_generated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut stale = Vec::new();
    for (schema, target, file) in FIXTURES {
        let loaded = load(root.join(schema)).unwrap_or_else(|error| panic!("{error}"));
        let shown = procwire_idl::render::human(&loaded.diagnostics, &loaded.sources, false);
        let model = loaded.model.unwrap_or_else(|| panic!("{shown}"));
        let files = generate(&model, &loaded.sources, *target)
            .unwrap_or_else(|found| panic!("{}", procwire_idl::render::human(&found, &loaded.sources, false)));
        let (_, text) = files.iter().next().expect("one file");
        if update {
            fs::write(root.join(file), text).expect("a fixture that can be written");
        } else if fs::read_to_string(root.join(file)).unwrap_or_default() != text {
            stale.push(*file);
        }
    }
    assert!(stale.is_empty(), "differ from what is generated (UPDATE_GOLDEN=1 rewrites them): {stale:?}");
}

//! The generated files that the tests of the runtimes use: each is what its schema gives today.

use std::fs;
use std::path::Path;

use procwire_codegen::{Target, generate, load};
use procwire_idl::source::SourceMap;
use procwire_idl::{Library, Source, Unreadable};

/// The schema, the language, and the file that is committed, from the repository's root.
const FIXTURES: &[(&str, Target, &str)] = &[
    ("runtime/vectors/values/types.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/vectors.ts"),
    (
        "runtime/typescript/tests/fixtures/globals.ipc",
        Target::TypeScript,
        "runtime/typescript/tests/fixtures/globals.ts",
    ),
    ("runtime/typescript/tests/fixtures/extra.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/extra.ts"),
    ("runtime/typescript/tests/fixtures/rules.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/rules.ts"),
    (
        "runtime/typescript/tests/fixtures/callbacks.ipc",
        Target::TypeScript,
        "runtime/typescript/tests/fixtures/callbacks.ts",
    ),
    ("runtime/typescript/tests/fixtures/desk.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/desk.ts"),
    ("runtime/typescript/tests/fixtures/ext.ipc", Target::TypeScript, "runtime/typescript/tests/fixtures/ext.ts"),
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

/// The files that a schema of several packages becomes, beside each other as their names say.
#[test]
fn packages_are_what_is_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/typescript/tests/fixtures/packages");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut sources = SourceMap::new();
    let text = fs::read_to_string(folder.join("desk.ipc")).expect("the root");
    let root = sources.add("desk.ipc", &text);
    let loaded = procwire_idl::load(&mut sources, root, "desk.ipc", &mut Folder(&folder));
    let shown = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
    let model = loaded.model.unwrap_or_else(|| panic!("{shown}"));
    let files = generate(&model, &sources, Target::TypeScript)
        .unwrap_or_else(|found| panic!("{}", procwire_idl::render::human(&found, &sources, false)));
    let names: Vec<String> = files.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(names, ["acme/common.ts", "acme/trading/desk.ts", "shared/audit.ts"]);
    let mut stale = Vec::new();
    for (path, text) in files.iter() {
        let file = folder.join(path);
        if update {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder that can be made");
            fs::write(&file, text).expect("a fixture that can be written");
        } else if fs::read_to_string(&file).unwrap_or_default() != text {
            stale.push(file);
        }
    }
    assert!(stale.is_empty(), "differ from what is generated (UPDATE_GOLDEN=1 rewrites them): {stale:?}");
}

/// The files below a folder.
struct Folder<'f>(&'f Path);

impl Library for Folder<'_> {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let text = fs::read_to_string(self.0.join(path)).map_err(|_| Unreadable::Missing)?;
        Ok(Source { name: path.to_owned(), text })
    }
}

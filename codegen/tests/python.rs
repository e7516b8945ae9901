//! The Python that is generated for the tests of the Python runtime, which holds it as files of its own.
//!
//! `UPDATE_GOLDEN=1` writes the text anew.

use std::fs;
use std::path::{Path, PathBuf};

use procwire_codegen::{Target, generate, load};

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/python/tests")
}

/// What a schema becomes, by the paths of the files.
fn generated(schema: &Path) -> Vec<(String, String)> {
    let schema = load(schema).unwrap_or_else(|error| panic!("{error}"));
    let rendered = procwire_idl::render::human(&schema.diagnostics, &schema.sources, false);
    let model = schema.model.unwrap_or_else(|| panic!("{rendered}"));
    let files = generate(&model, &schema.sources, Target::Python)
        .unwrap_or_else(|found| panic!("{}", procwire_idl::render::human(&found, &schema.sources, false)));
    files.iter().map(|(path, text)| (path.to_string(), text.to_owned())).collect()
}

fn compare(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, text).expect("a file that can be written");
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == text, "{} differs from what is generated (UPDATE_GOLDEN=1 rewrites it)", path.display());
}

#[test]
fn the_runtime_tests_what_is_generated() {
    let files = generated(&tests().join("../../vectors/values/types.ipc"));
    let [(path, text)] = &files[..] else {
        panic!("{} files", files.len());
    };
    assert_eq!(path, "vectors.py");
    compare(&tests().join("value_types.py"), text);
}

#[test]
fn packages_that_name_each_other_are_what_is_generated() {
    let folder = tests().join("packages");
    let files = generated(&folder.join("desk.ipc"));
    let paths: Vec<&str> =
        files.iter().map(|(path, _)| path.as_str()).filter(|it| !it.ends_with("__init__.py")).collect();
    assert_eq!(paths, ["acme/common.py", "acme/feed/audit.py", "acme/trading/desk.py"]);
    for (path, text) in &files {
        compare(&folder.join(path), text);
    }
}

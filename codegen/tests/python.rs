//! The Python that is generated for the tests of the Python runtime, which holds it as a file of its own.
//!
//! `UPDATE_GOLDEN=1` writes the text anew.

use std::fs;
use std::path::Path;

use procwire_codegen::{Target, generate, load};

#[test]
fn the_runtime_tests_what_is_generated() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    let schema = load(runtime.join("vectors/values/types.ipc")).unwrap_or_else(|error| panic!("{error}"));
    let rendered = procwire_idl::render::human(&schema.diagnostics, &schema.sources, false);
    let model = schema.model.unwrap_or_else(|| panic!("{rendered}"));
    let files = generate(&model, &schema.sources, Target::Python)
        .unwrap_or_else(|found| panic!("{}", procwire_idl::render::human(&found, &schema.sources, false)));
    let text = files.get("vectors.py").expect("a file for the package");
    let path = runtime.join("python/tests/value_types.py");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("a file that can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{} differs from what is generated (UPDATE_GOLDEN=1 rewrites it)", path.display());
}

//! The golden files of the generator compile against the real runtime, without a warning.

macro_rules! golden {
    ($($module:ident = $case:literal;)*) => {
        $(
            #[deny(warnings)]
            mod $module {
                include!(concat!("../../../codegen/tests/golden/", $case, "/rust.rs"));
            }
        )*

        /// The cases that are compiled here.
        const CASES: &[&str] = &[$($case),*];
    };
}

golden! {
    defaults = "defaults";
    enums = "enums";
    errors = "errors";
    events = "events";
    hostile_text = "hostile-text";
    keywords = "keywords";
    long_lines = "long-lines";
    names = "names";
    newtype_alias = "newtype-alias";
    optional_field = "optional-field";
    raw = "raw";
    recursive = "recursive";
    service_kinds = "service-kinds";
    shadowing = "shadowing";
    trading = "trading";
}

#[test]
fn every_golden_case_is_compiled_here() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codegen/tests/golden");
    let mut cases: Vec<String> = std::fs::read_dir(folder)
        .expect("the golden cases")
        .map(|entry| entry.expect("a folder").file_name().to_string_lossy().into_owned())
        .collect();
    cases.sort();
    assert_eq!(cases, CASES);
}

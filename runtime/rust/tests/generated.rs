//! What the generator prints compiles: each golden file, under the macros of this crate.
//!
//! Lints of rustc are as strict as a careful user's, since generated code stands in the user's crate.
#![deny(warnings, unused, rust_2018_idioms, nonstandard_style)]
#![allow(missing_docs, reason = "what these schemas declare has no docs where the test is not about them")]
#![allow(
    clippy::all,
    clippy::pedantic,
    reason = "clippy judges how text reads, such as long numbers, and these schemas are there for strange text"
)]

macro_rules! goldens {
    ($($module:ident = $folder:literal;)*) => {$(
        mod $module {
            include!(concat!("../../../codegen/tests/golden/", $folder, "/rust.rs"));
        }
    )*};
}

goldens! {
    callbacks = "callbacks";
    constraints = "constraints";
    corners = "corners";
    defaults = "defaults";
    enums = "enums";
    errors = "errors";
    events = "events";
    ext = "ext";
    given_names = "given-names";
    hostile_text = "hostile-text";
    keywords = "keywords";
    long_lines = "long-lines";
    method_annotations = "method-annotations";
    module = "module";
    names = "names";
    newtype_alias = "newtype-alias";
    optional_field = "optional-field";
    packages = "packages";
    raw = "raw";
    recursive = "recursive";
    sensitive = "sensitive";
    service_kinds = "service-kinds";
    shadowing = "shadowing";
    time_text = "time-text";
    trading = "trading";
    ts_number = "ts-number";
}

/// What a schema deprecates is for its user to avoid, and not for what is generated.
mod deprecated {
    #[deprecated(note = "call another")]
    #[procwire::service(callbacks = "old")]
    pub trait OldCallbacks {
        async fn flush(&self) -> Result<(), ::procwire::Error>;
    }

    #[::procwire::service(calls = [OldCallbacks])]
    pub trait Desk {
        async fn place(&self) -> Result<(), ::procwire::Error>;
    }

    #[allow(dead_code)]
    #[procwire::module(provides(Desk), requires(OldCallbacks::flush))]
    pub struct Floor;
}

#[test]
fn every_golden_folder_is_compiled_here() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../codegen/tests/golden");
    let here = include_str!("generated.rs");
    for entry in std::fs::read_dir(folder).expect("the golden files") {
        let entry = entry.expect("an entry");
        if !entry.path().is_dir() {
            continue;
        }
        let name = entry.file_name();
        let name = name.to_string_lossy();
        assert!(here.contains(&format!("\"{name}\";")), "{name} is not compiled");
    }
}

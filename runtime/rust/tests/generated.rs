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

use std::collections::BTreeMap;

use procwire_idl::evolution::Interface;

/// Each golden file, with the clients of its services and of its callbacks.
macro_rules! goldens {
    ($(
        $module:ident = $folder:literal
        $(serves $($service:path)+)?
        $(, calls $($callbacks:path)+)?;
    )*) => {
        $(
            mod $module {
                include!(concat!("../../../codegen/tests/golden/", $folder, "/rust.rs"));

                /// What the types say on the wire.
                #[allow(dead_code, deprecated)]
                pub fn interface_of_types() -> ::procwire_idl::evolution::Interface {
                    ::procwire::interface_of(
                        &[$($(<$service as ::procwire::stub_v1::Client>::SERVICE),+)?],
                        &[$($(<$callbacks as ::procwire::stub_v1::Client>::SERVICE),+)?],
                    )
                }
            }
        )*

        /// The folders, and what the types of each say on the wire.
        const GOLDENS: &[(&str, fn() -> Interface)] = &[$(($folder, $module::interface_of_types)),*];
    };
}

goldens! {
    callbacks = "callbacks" serves TradingClient, calls TradingCallbacksClient AcmeStoreCallbacksClient;
    constraints = "constraints" serves DeskClient;
    corners = "corners" serves CornerClient;
    defaults = "defaults" serves CallClient;
    enums = "enums";
    errors = "errors" serves DeskClient;
    events = "events" serves FeedClient OnlyClient;
    ext = "ext" serves ShopClient;
    given_names = "given-names" serves ShopClient;
    hostile_text = "hostile-text" serves EvilClient, calls EvilCallsCallbacksClient;
    keywords = "keywords" serves ServiceClient EventsClient;
    long_lines = "long-lines" serves AServiceWithAVeryLongNameThatNobodyWouldEverWriteButSomebodyMightGenerateSomeDayClient;
    method_annotations = "method-annotations" serves DeskClient;
    module = "module" serves TradingClient WeatherClient, calls TradingCallbacksClient StoreCallbacksClient;
    names = "names" serves SnakeServiceClient;
    newtype_alias = "newtype-alias";
    optional_field = "optional-field";
    packages = "packages" serves TradingClient shared::audit::LogClient, calls DeskCallbacksClient shared::audit::SinkCallbacksClient;
    raw = "raw" serves FilesClient;
    recursive = "recursive" serves RecursiveClient;
    sensitive = "sensitive" serves DoorClient;
    service_kinds = "service-kinds" serves KindsClient LowercaseClient EmptyClient;
    shadowing = "shadowing" serves TraitClient;
    time_text = "time-text" serves ClockClient;
    trading = "trading" serves TradingClient;
    ts_number = "ts-number" serves WiderClient;
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../codegen/tests/golden");

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
    for entry in std::fs::read_dir(FOLDER).expect("the golden files") {
        let entry = entry.expect("an entry");
        if entry.path().is_dir() {
            let name = entry.file_name();
            assert!(GOLDENS.iter().any(|(folder, _)| name == *folder), "{name:?} is not compiled");
        }
    }
}

/// The canonical text of each member, which fingerprints are made of.
fn canonical(interface: &Interface) -> BTreeMap<(&str, &str), Option<String>> {
    let methods = interface.methods.iter().map(|one| (("method", one.name.as_str()), one.canonical(interface)));
    let events = interface.events.iter().map(|one| (("event", one.name.as_str()), one.canonical(interface)));
    let callbacks =
        interface.callbacks.iter().map(|one| (("callback", one.method.name.as_str()), one.canonical(interface)));
    methods.chain(events).chain(callbacks).collect()
}

#[test]
fn types_say_the_same_on_the_wire_as_their_schema() {
    let mut members = 0;
    for (folder, interface) in GOLDENS {
        let schema = procwire_codegen::load(format!("{FOLDER}/{folder}/schema.ipc")).expect("a schema");
        let declared = Interface::from(&schema.model.expect("no errors"));
        let types = interface();
        let (declared, types) = (canonical(&declared), canonical(&types));
        assert!(declared.keys().eq(types.keys()), "{folder}: {:?}, but {:?}", declared.keys(), types.keys());
        for (member, text) in &declared {
            assert!(text.is_some(), "{folder}: {member:?} has no text");
            assert_eq!(types[member], *text, "{folder}: {member:?}");
            members += 1;
        }
    }
    assert!(members > 300, "{members}");
}

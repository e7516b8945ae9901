//! What a build script made of a schema.

/// Takes in what `procwire_codegen::build` made of a schema in `build.rs`, by the last part of its package's name.
///
/// ```ignore
/// procwire::include_generated!("trading"); // package acme.trading
/// ```
#[macro_export]
macro_rules! include_generated {
    ($package:literal) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $package, ".rs"));
    };
}

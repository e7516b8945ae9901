//! The macros of procwire: service, `Message`, `include_ipc!`.
//!
//! Users reach them through the crate `procwire`, which documents them.

use proc_macro::TokenStream;

mod codecs;
mod fields;
#[cfg(feature = "include")]
mod include;
mod message;
mod service;
#[cfg(test)]
mod tests;

/// Makes a struct or an enum a type that travels in messages. The trait of the same name lists the options.
#[proc_macro_derive(Message, attributes(procwire))]
pub fn message(item: TokenStream) -> TokenStream {
    message::expand(item.into()).into()
}

// Documented where the crate `procwire` hands it on, beside an example that compiles.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn service(arguments: TokenStream, item: TokenStream) -> TokenStream {
    service::expand(arguments.into(), item.into()).into()
}

// Documented where the crate `procwire` hands it on.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn module(arguments: TokenStream, item: TokenStream) -> TokenStream {
    service::module::expand(arguments.into(), item.into()).into()
}

/// Compiles a schema in place; its path is relative to the crate's `Cargo.toml`.
#[cfg(feature = "include")]
#[proc_macro]
pub fn include_ipc(input: TokenStream) -> TokenStream {
    include::expand(input.into()).into()
}

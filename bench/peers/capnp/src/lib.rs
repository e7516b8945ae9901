//! The interface that both programs of a capnp-rpc pair share; empty where the `capnp` tool was missing.

#[cfg(has_capnp)]
pub use generated::echo_capnp;

// `build.rs` tells the generated code that it stands in here.
#[cfg(has_capnp)]
#[allow(missing_docs, clippy::all, clippy::pedantic)]
mod generated {
    capnp::generated_code!(pub mod echo_capnp);
}

#[cfg(has_capnp)]
pub mod parent;
#[cfg(has_capnp)]
pub mod worker;

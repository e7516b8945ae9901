//! The .ipc schema language of procwire: text in, model and diagnostics out.
//!
//! Pure: no file system, no environment, no printing. Without features there are sources, diagnostics as data, and
//! the model; `parse` adds the language, `render` prints diagnostics, `rust` reads a schema out of Rust source.

pub mod diagnostic;
pub mod model;
pub mod shape;
pub mod source;

#[cfg(feature = "rust")]
pub mod rust;

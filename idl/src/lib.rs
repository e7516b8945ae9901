//! The .ipc schema language of procwire: text in, model and diagnostics out.
//!
//! Pure: no file system, no environment, no printing. Without features there are sources, diagnostics as data, and
//! the model; `parse` adds the language, `render` prints diagnostics, `rust` reads a schema out of Rust source.

mod case;
#[cfg(feature = "parse")]
pub mod catalog;
pub mod diagnostic;
pub mod dump;
pub mod evolution;
pub mod model;
#[cfg(feature = "render")]
pub mod render;
pub mod shape;
pub mod source;

#[cfg(feature = "parse")]
pub mod ast;
#[cfg(feature = "parse")]
mod check;
#[cfg(feature = "parse")]
pub mod format;
#[cfg(feature = "parse")]
mod import;
#[cfg(feature = "parse")]
pub mod limits;
#[cfg(feature = "parse")]
pub mod lint;
#[cfg(feature = "parse")]
mod load;
#[cfg(any(feature = "parse", feature = "rust"))]
mod nearest;
#[cfg(feature = "parse")]
pub mod parse;
pub mod pattern;
#[cfg(feature = "parse")]
mod resolve;
#[cfg(feature = "parse")]
mod trees;

#[cfg(feature = "parse")]
pub use import::{Library, NoLibrary, Source, Unreadable};
#[cfg(feature = "parse")]
pub use load::{Loaded, compile_text, load, load_again};
#[cfg(feature = "parse")]
pub use trees::{Texts, Trees};

#[cfg(feature = "rust")]
pub mod rust;

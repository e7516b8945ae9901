//! How Rust source says what a schema says.
//!
//! Read by the macros, which expand it, and by the exporter, which prints the schema. Only syntax is
//! seen here: no type is resolved, no file is opened.

pub mod export;
pub mod extras;
pub mod message;
pub mod mistakes;
pub mod module;
pub mod options;
pub mod refinement;
pub mod service;

//! The service of the scenarios in Rust, and what their parents share.
//!
//! `interop.ipc` says what the service is; `node/child.mjs` serves it with the published packages.

#![allow(missing_docs, reason = "the schema is a test's, and says all by its names")]

pub mod back;
mod desk;
pub mod evolution;
pub mod scenario;

procwire::include_ipc!("interop.ipc");

pub use desk::Desk;

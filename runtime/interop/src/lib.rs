//! The service of the scenarios in Rust, and what their parents share.
//!
//! `interop.ipc` says what the service is; `node/child.mjs` serves it with the published packages.

mod desk;
pub mod scenario;

procwire::include_ipc!("interop.ipc");

pub use desk::Desk;

//! Typed calls, streams and events between a parent process and its child processes.

pub mod blocking;
mod client;
pub mod codec;
mod connection;
#[cfg(test)]
mod constants;
mod control;
mod error;
pub mod frame;
mod generated;
mod parent;
mod service;
#[doc(hidden)]
pub mod stub_v1;
mod worker;

pub use bytes::Bytes;
pub use futures_core::Stream;

pub use client::{Call, Calling, Events, StreamCall, Streaming};
pub use codec::{DecodeError, EncodeError, Message, Timestamp, UnknownVariant, Value};
pub use connection::{CloseReason, Counts, Limits};
pub use error::{Code, Declared, Error, Failure, NoError, Result, Throws};
pub use service::{Context, EmitFuture, Emitter, Serves};
/// The program to start; made from a `std::process::Command`, or used like one.
pub use tokio::process::Command;

pub use parent::{ClientBuilder, Exit, Peer, SpawnError, SpawnErrorKind};
pub use worker::{Worker, WorkerBuilder, WorkerHandle};
pub use procwire_macros::{Message, service};
#[cfg(feature = "include")]
pub use procwire_macros::include_ipc;
#[cfg(feature = "uuid")]
pub use uuid::Uuid;

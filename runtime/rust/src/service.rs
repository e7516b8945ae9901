//! The worker's side of a service: what it offers, and how a request becomes a running handler.

mod bound;
pub(crate) mod builtin;
mod callbacks;
mod context;
mod descriptor;
mod emitter;
mod fingerprint;
mod handlers;
mod incoming;
mod interface;
mod job;
mod sink;
mod table;

pub use bound::{AlreadyBound, Bound, Serves};
pub use callbacks::Callbacks;
pub use context::Context;
pub use descriptor::{EventDescriptor, MethodDescriptor, Response, ServiceDescriptor, error_shape};
pub use emitter::{EmitFuture, Emitter};
pub use handlers::Handlers;
pub use incoming::Incoming;
pub use job::{Answer, Job, RawAnswer, items, none, stream, unary, unary_raw, unary_with};
pub use sink::Sink;

pub(crate) use fingerprint::{Fingerprint, fingerprints};
pub(crate) use handlers::{Announced, not_announced};
pub(crate) use interface::interface;
pub(crate) use table::{Served, Services, Wanted};

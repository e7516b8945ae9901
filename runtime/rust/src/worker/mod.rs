//! The side that a parent starts: where it listens, how it lives and when it ends.

pub(crate) mod admission;
mod builder;
mod by_hand;
mod driving;
mod environment;
mod handle;
mod inherited;
mod serve;
pub(crate) mod socket;
mod stdio;
mod watch;

pub use builder::{Worker, WorkerBuilder};
pub use handle::WorkerHandle;

//! The side that a parent starts: where it listens, how it lives and when it ends.

mod environment;
pub(crate) mod socket;
mod stdio;
mod watch;

//! The side that starts a worker: spawn, handshake, liveness and end.

mod exit;
mod keeper;
mod passing;
mod process;
mod tail;

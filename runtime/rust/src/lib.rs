//! Typed calls, streams and events between a parent process and its child processes.

pub mod codec;
mod control;
mod parent;
mod worker;

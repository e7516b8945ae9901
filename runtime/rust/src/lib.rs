//! Typed calls, streams and events between a parent process and its child processes.

mod control;

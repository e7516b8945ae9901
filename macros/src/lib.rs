//! The macros of procwire: service, Message, include_ipc.

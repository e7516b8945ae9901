//! The .ipc schema language of procwire: text in, model and diagnostics out.

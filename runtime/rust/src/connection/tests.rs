//! The rules of the protocol, seen from both ends of a real socket pair.

mod measure;
mod support;

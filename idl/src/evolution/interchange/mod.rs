//! The interchange form: an interface as a tree that JSON and `MsgPack` write, so that programs can tell each other theirs.
//!
//! PROTOCOL.md says how it looks. It comes from other processes, so the reader bounds what it takes, and says where it
//! found what it does not.

mod read;
mod write;

pub(super) use write::{plain, response};

use std::error::Error;
use std::fmt;

/// The most types of a form.
pub const TYPES: usize = 65_536;
/// The most methods, events and callbacks of a form.
pub const MEMBERS: usize = 65_536;
/// The most fields, variants and types of all places of a form.
pub const PARTS: usize = 1_000_000;
/// The longest text, in bytes.
pub const TEXT: usize = 65_536;
/// How deep the type of one place may nest.
pub const NESTING: usize = 64;
/// How many types may follow each other that are only another name for the next.
pub const CHAIN: usize = 64;

/// Why a tree is not an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// Where: `types[3].record[0].type`; empty for the whole.
    pub path: String,
    /// What would be right.
    pub message: String,
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "the schema: {}", self.message),
            path => write!(f, "the schema: {path}: {}", self.message),
        }
    }
}

impl Error for FormError {}

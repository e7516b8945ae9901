//! Values of a worker's schema as JSON: what a person writes becomes what travels, and the other way round.
//!
//! JSON has no bytes, times and identifiers. They are texts: bytes as base64, a timestamp as RFC 3339, a duration as in a
//! schema (`5s`), a uuid as its 36 letters. Integers are numbers of any size that travels. An enum looks as it does on the
//! wire, except that one of numbers is named.

mod base64;
mod read;
mod text;
mod write;

use procwire_idl::evolution::{Interface, Kind, Type};

pub use read::{read, read_payload, untyped};
pub use text::{duration, micros};
pub use write::{write, write_payload};

/// What a place really holds: newtypes, aliases and constraints looked through; with the code of an extension that is
/// written on the way.
fn held<'i>(interface: &'i Interface, mut ty: &'i Type) -> (&'i Type, Option<u8>) {
    let mut written = None;
    // An interface of another process has been checked for circles; this is for those that have not.
    for _ in 0..CHAIN {
        ty = match ty {
            Type::Constrained(inner, _) => inner,
            Type::Named(id) => match &interface.types[*id].kind {
                Kind::Transparent(target) => target,
                Kind::Ext { code, write, target } => {
                    written = written.or(write.then_some(*code));
                    target
                }
                Kind::Record { .. } | Kind::Enum { .. } => return (ty, written),
            },
            _ => return (ty, written),
        };
    }
    (&Type::Any, written)
}

/// More than a schema may have, of both newtypes and constraints.
const CHAIN: usize = 256;

//! Where a reader stands, to return to or to name.

use std::fmt;

use super::Reader;

/// A place in a reader that it can return to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub(super) rest: &'a [u8],
    pub(super) depth: u32,
    pub(super) cost: u64,
}

impl Place<'_> {
    /// The text at this place, as a path shows a field.
    pub(in crate::codec) fn name(&self) -> String {
        // A key may be as long as the payload, and an error is shown to people.
        Reader::from_slice(self.rest).str().unwrap_or("…").chars().take(64).collect()
    }
}

impl fmt::Display for Place<'_> {
    /// The scalar at this place, as a path shows a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reader = Reader::from_slice(self.rest);
        if reader.is_str() {
            return write!(f, "{:?}", self.name());
        }
        match reader.integer(i64::MIN.into(), u64::MAX.into(), "int") {
            Ok(key) => write!(f, "{key}"),
            Err(_) => f.write_str(reader.bool().map_or("…", |key| if key { "true" } else { "false" })),
        }
    }
}

//! Checking a value before it is sent: what a reader would refuse.

use std::fmt;

use super::error::DecodeError;
use super::limits::DEPTH;
use super::message::Message;

/// A value whose constraints can be checked before it is sent.
///
/// They are checked where a value arrives, in any case. This is for who wants to know before, such as a form that a
/// person fills in; a builder's `check_sent` does it for all that is sent.
///
/// ```
/// use procwire::{Check, Message};
///
/// #[derive(Message)]
/// struct Order {
///     #[procwire(len = 1..=12)]
///     symbol: String,
///     #[procwire(range = 1..)]
///     quantity: u64,
/// }
///
/// let error = Order { symbol: "A".into(), quantity: 0 }.check().unwrap_err();
/// assert_eq!(error.to_string(), "quantity: expected 1 or more, got 0");
/// ```
pub trait Check {
    /// Tells the first constraint that the value breaks, at any depth.
    fn check(&self) -> Result<(), ConstraintError>;
}

impl<T: Message> Check for T {
    fn check(&self) -> Result<(), ConstraintError> {
        self.check_inside(&mut Walk::default()).map_err(ConstraintError)
    }
}

/// A value that breaks a constraint of its schema.
///
/// It prints as `order.symbol: expected 1 to 12 characters, got 13`.
#[derive(Clone, PartialEq, Eq)]
pub struct ConstraintError(DecodeError);

impl ConstraintError {
    /// Which value it is, such as `legs[2].depth`; empty for the one that was checked itself.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path()
    }

    /// What was wrong, without the path.
    #[must_use]
    pub fn message(&self) -> &str {
        self.0.message()
    }
}

impl fmt::Display for ConstraintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ConstraintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConstraintError({self})")
    }
}

impl std::error::Error for ConstraintError {}

/// A walk through a value. It goes as deep as a value that can be sent.
#[derive(Debug, Default)]
pub struct Walk {
    depth: u32,
}

impl Walk {
    /// Walks one level deeper; what is too deep to be sent is left to the writer, which says so.
    pub(super) fn deeper(
        &mut self,
        walk: impl FnOnce(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        if self.depth >= DEPTH {
            return Ok(());
        }
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        result
    }
}

//! What a change of a schema breaks, and for whom.
//!
//! Two versions of a schema are compared as they look on the wire: an [`Interface`] has the methods and events by their
//! wire names, and types without docs, aliases and order. Each difference is judged by direction: what the old side
//! writes and the new side reads, and the other way round. Since a parent writes requests and a worker answers and
//! events, a direction and a position say which of the two pairs of programs breaks ([`Pair`]), and so who has to be
//! upgraded first.
//!
//! A type is judged only where it travels; one that both sides write is judged in both positions.

mod compare;
mod held;
mod interface;
mod members;
mod source;
mod spelling;
mod variants;
mod verdict;

pub use interface::{Callback, Event, Field, Form, Interface, Kind, Method, Named, Payload, Type, Variant};
pub use source::{Language, SourceChange, compare_source};
pub use verdict::{Change, Comparison, Effect, Order, Outcome, Pair, Rule};

/// Compares two versions of an interface. The changes stand in the order of the old one's methods and events, those
/// that are new behind them.
#[must_use]
pub fn compare(old: &Interface, new: &Interface) -> Comparison {
    members::compare(old, new)
}

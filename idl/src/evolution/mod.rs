//! What a change of a schema breaks, and for whom.
//!
//! Two versions of a schema are compared as they look on the wire: an [`Interface`] has the methods and events by their
//! wire names, and types without docs, aliases and order. Each difference is judged by direction: what the old side
//! writes and the new side reads, and the other way round. Since a parent writes requests and a worker answers and
//! events, a direction and a position say which of the two pairs of programs breaks ([`Pair`]), and so who has to be
//! upgraded first.
//!
//! A type is judged only where it travels; one that both sides write is judged in both positions.

mod canonical;
mod compare;
mod held;
pub mod interchange;
mod interface;
mod members;
mod node;
mod reach;
mod source;
mod spelling;
mod variants;
mod verdict;

pub use canonical::canonical;
pub use interchange::FormError;
pub use interface::{Callback, Event, Fallback, Field, Form, Interface, Kind, Method, Named, Payload, Type, Variant};
pub use node::Node;
pub use source::{Language, SourceChange, compare_source};
pub use verdict::{Change, Comparison, Effect, Entangled, Members, Order, Outcome, Pair, Rule};

/// Compares two versions of an interface. The changes stand in the order of the old one's methods and events, those
/// that are new behind them.
#[must_use]
pub fn compare(old: &Interface, new: &Interface) -> Comparison {
    members::compare(old, new)
}

/// Compares the shapes of some members, of those that both versions have; a name finds its partner whatever its service.
///
/// # Errors
///
/// [`Entangled`]: a schema of another process may be made to be compared for ever.
pub fn compare_members(old: &Interface, new: &Interface, members: &Members) -> Result<Comparison, Entangled> {
    members::compare_members(old, new, members)
}

/// Why a parent refuses a worker some of whose members have another fingerprint: a line for each change that breaks what
/// they say to each other. None where all goes on.
///
/// # Errors
///
/// [`Entangled`], as of [`compare_members`].
pub fn clashes(parent: &Interface, worker: &Interface, members: &Members) -> Result<Vec<String>, Entangled> {
    let comparison = compare_members(parent, worker, members)?;
    let line = |change: &Change| match change.effect(Pair::OldParentNewWorker) {
        Effect::Wire(why) | Effect::Handshake(why) => Some(format!("{}: {}: {why}", change.place, change.message)),
        Effect::Fine | Effect::Behaviour(_) => None,
    };
    Ok(comparison.changes.iter().filter_map(line).collect())
}

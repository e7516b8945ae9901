//! What our own runtimes add between themselves, and what of it is in force on a connection.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::BitOr;
use std::time::Duration;

/// Bytes of a stream's items that may be outstanding.
pub(crate) const WINDOW: u32 = 1 << 20;
/// What an item costs besides its payload.
pub(crate) const ITEM_COST: usize = 64;
/// How long a child waits for the first frame before it takes the parent for one without extensions.
pub(crate) const FIRST_FRAME: Duration = Duration::from_secs(1);
/// The highest nesting depth of a call.
pub(crate) const NESTING: u32 = 16;
/// Nested handlers that run at once; they take no slot.
pub(crate) const NESTED_HANDLERS: usize = 65_536;
/// The same where each has a thread of its own.
pub(crate) const NESTED_THREADS: usize = 4096;
/// Handlers that run at once where each has a thread of its own; above it callbacks wait.
pub(crate) const THREADS: usize = 256;

/// A set of extensions of the protocol, which only our own runtimes use between themselves.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Extensions(u8);

impl Extensions {
    /// Nothing but the base protocol.
    pub const NONE: Self = Self(0);
    /// The data plane is an inherited socket pair: no file, no name.
    pub const FD: Self = Self(1);
    /// Metadata beside a payload.
    pub const META: Self = Self(2);
    /// The child calls the parent; needs [`Extensions::META`].
    pub const CALLBACKS: Self = Self(4);
    /// Each stream has a window of its own.
    pub const CREDIT: Self = Self(8);
    /// All of them.
    pub const ALL: Self = Self(15);

    const NAMED: [(Self, &'static str); 4] =
        [(Self::FD, "fd"), (Self::META, "meta"), (Self::CALLBACKS, "callbacks"), (Self::CREDIT, "credit")];

    /// Whether every extension of `other` is in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The set without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What both sets have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The set of the lowest bits.
    #[cfg(any(test, feature = "_fuzzing"))]
    pub(crate) const fn of_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The set without what cannot stand alone.
    pub(crate) const fn consistent(self) -> Self {
        if self.contains(Self::META) { self } else { self.without(Self::CALLBACKS) }
    }

    /// The names on the wire.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMED.into_iter().filter(move |(one, _)| self.contains(*one)).map(|(_, name)| name)
    }

    /// The set of these names; those that are not known are ignored.
    pub(crate) fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::NONE, |set, name| {
            Self::NAMED.into_iter().find(|(_, known)| *known == name).map_or(set, |(one, _)| set | one)
        })
    }
}

impl BitOr for Extensions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// What one side of a connection takes, and wants to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Takes {
    /// Bytes of a payload; the protocol's default where it was not said.
    pub(crate) payload: Option<u32>,
    /// Bytes of each stream that it receives; the protocol's default where it was not said.
    pub(crate) window: Option<u32>,
    /// It wants to be told where handlers of the other side fail.
    pub(crate) tracebacks: bool,
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    pub(crate) extensions: Extensions,
    /// What the peer takes.
    pub(crate) peer: Takes,
    /// The paths that the parent had handlers for when it connected.
    pub(crate) paths: BTreeSet<String>,
    /// The peer knows nothing but the base protocol.
    pub(crate) base: bool,
}

impl Agreed {
    /// The base protocol alone.
    pub(crate) fn nothing() -> Self {
        Self { extensions: Extensions::NONE, peer: Takes::default(), paths: BTreeSet::new(), base: true }
    }
}

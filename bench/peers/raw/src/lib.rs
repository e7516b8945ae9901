//! The shapes of the raw socket's messages: a header of 11 bytes that nobody looks into, and the body.

use bench_load::{KILO, LARGE, Workload};

/// The bytes of a header.
pub const HEADER: usize = 11;
/// A small record in `MsgPack`, with its header.
pub const SMALL: usize = HEADER + 46;
/// The bytes that one read takes, and that a stream's items are gathered to.
pub const CHUNK: usize = 64 * 1024;

/// What the worker does until the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Writes back whatever a read gives.
    Echo,
    /// Reads one large message, then writes it back.
    Large,
    /// Writes as many small messages as the request says.
    Stream,
}

impl Mode {
    /// The mode that a workload needs.
    #[must_use]
    pub fn of(workload: Workload) -> Self {
        match workload {
            Workload::Large | Workload::LargeRaw | Workload::Peak => Self::Large,
            Workload::Stream => Self::Stream,
            Workload::Small | Workload::Kilo(_) | Workload::Cpu | Workload::Idle => Self::Echo,
        }
    }

    /// The worker's argument.
    #[must_use]
    pub fn argument(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Large => "large",
            Self::Stream => "stream",
        }
    }

    /// Reads the worker's argument.
    #[must_use]
    pub fn parse(argument: &str) -> Option<Self> {
        [Self::Echo, Self::Large, Self::Stream].into_iter().find(|mode| mode.argument() == argument)
    }
}

/// The messages that one round trip carries, and the bytes of each.
#[must_use]
pub fn batch(workload: Workload) -> (usize, usize) {
    match workload {
        Workload::Small | Workload::Idle | Workload::Stream => (1, SMALL),
        Workload::Kilo(in_flight) => (in_flight, HEADER + KILO),
        Workload::Cpu => (64, SMALL),
        Workload::Large | Workload::LargeRaw | Workload::Peak => (1, HEADER + LARGE),
    }
}

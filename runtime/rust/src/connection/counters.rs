//! What was dropped or went wrong on a connection without being anybody's error.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Frames read.
    pub frames_read: u64,
    /// Frames handed over to be written.
    pub frames_written: u64,
    /// Requests without a request id for a method that answers; they were dropped.
    pub requests_without_id: u64,
    /// Requests of a method without an answer that did not decode or had no room; they were dropped.
    pub requests_dropped: u64,
    /// Answers and aborts for a request that is not alive; they were ignored.
    pub late_frames: u64,
    /// Events that nobody was subscribed to.
    pub events_unheard: u64,
    /// Events that a full subscription dropped.
    pub events_dropped: u64,
    /// Events that did not decode; they were dropped.
    pub events_undecodable: u64,
    /// Handlers that panicked.
    pub panics: u64,
}

macro_rules! counters {
    ($($name:ident),* $(,)?) => {
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        impl Counters {
            pub(crate) fn read(&self) -> Counts {
                Counts { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters!(
    frames_read,
    frames_written,
    requests_without_id,
    requests_dropped,
    late_frames,
    events_unheard,
    events_dropped,
    events_undecodable,
    panics,
);

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Adds where a lock keeps everybody else from adding, which is cheaper.
    pub(crate) fn add_locked(&self, count: u64) {
        self.0.store(self.0.load(Ordering::Relaxed) + count, Ordering::Relaxed);
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }
}

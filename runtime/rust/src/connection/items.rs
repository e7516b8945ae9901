//! Items of a stream that arrived and that nobody has taken.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use super::extensions::ITEM_COST;
use crate::error::Failure;

/// An item from this length on is kept as a slice of what was read; a shorter one is copied, since it would keep the
/// whole read buffer alive.
pub(super) const SLICED: usize = 4096;
/// Short items are gathered in buffers of this length.
const CHUNK: usize = 32 * 1024;
/// Arrived items, and how the stream ended.
#[derive(Debug)]
pub(crate) struct Items {
    batches: VecDeque<Batch>,
    cost: usize,
    end: Option<End>,
    /// What arrived and was not given back.
    outstanding: u64,
    /// What may be outstanding; more than ever is where there is no credit.
    window: u64,
    /// An item came that should not have.
    overrun: bool,
}

/// How a stream ended.
#[derive(Debug)]
pub(crate) enum End {
    /// As its producer wished.
    Done,
    /// With the payload of an error.
    Error(Bytes),
    /// With what this side found out by itself.
    Failure(Failure),
}

/// Items that lie in one piece of memory.
#[derive(Debug)]
enum Batch {
    One(Bytes),
    /// Each with its length before it.
    Many(Vec<u8>),
}

impl Items {
    pub(super) fn new(window: Option<u32>) -> Self {
        let window = window.map_or(u64::MAX, u64::from);
        Self { batches: VecDeque::new(), cost: 0, end: None, outstanding: 0, window, overrun: false }
    }

    /// Counts an item that arrived.
    #[inline]
    fn arrived(&mut self, length: usize) {
        let cost = length + ITEM_COST;
        self.cost += cost;
        let before = self.outstanding;
        self.outstanding += cost as u64;
        if self.outstanding > self.window && before > self.window / 2 {
            self.overrun = true;
        }
    }

    pub(super) fn give_back(&mut self, cost: u64) {
        self.outstanding = self.outstanding.saturating_sub(cost);
    }

    pub(super) fn is_overrun(&self) -> bool {
        self.overrun
    }

    /// Adds a short item and gives what waits now.
    pub(super) fn push_copy(&mut self, payload: &[u8]) -> usize {
        let room = payload.len() + size_of::<u32>();
        let gathered = match self.batches.back_mut() {
            Some(Batch::Many(bytes)) if bytes.len() + room <= CHUNK => bytes,
            _ => {
                self.batches.push_back(Batch::Many(Vec::new()));
                let Some(Batch::Many(bytes)) = self.batches.back_mut() else { unreachable!("it was pushed") };
                bytes
            }
        };
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        gathered.extend_from_slice(&length.to_ne_bytes());
        gathered.extend_from_slice(payload);
        self.arrived(payload.len());
        self.cost
    }

    /// Adds an item and gives what waits now.
    pub(super) fn push(&mut self, payload: Bytes) -> usize {
        if payload.len() < SLICED {
            return self.push_copy(&payload);
        }
        self.arrived(payload.len());
        self.batches.push_back(Batch::One(payload));
        self.cost
    }

    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub(super) fn ended(&self) -> bool {
        self.end.is_some()
    }

    pub(super) fn end(&mut self, end: End) {
        self.end.get_or_insert(end);
    }

    /// Ends the stream without the items that wait.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.batches.clear();
        self.cost = 0;
        self.end = Some(End::Failure(failure));
    }

    /// Takes everything that arrived into `taken`, which is empty. The end comes once there is no item before it.
    pub(super) fn take(&mut self, taken: &mut Taken) -> Option<End> {
        if self.batches.is_empty() {
            return self.end.take();
        }
        std::mem::swap(&mut self.batches, &mut taken.batches);
        self.cost = 0;
        None
    }
}

/// Items that were taken and not yet handed out.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    batches: VecDeque<Batch>,
    current: Bytes,
    /// Where the next item of `current` begins, behind its length.
    position: usize,
}

impl Taken {
    /// The next item: the memory that it lies in, and where.
    pub(crate) fn next(&mut self) -> Option<(&Bytes, Range<usize>)> {
        if self.position >= self.current.len() {
            match self.batches.pop_front()? {
                Batch::One(payload) => {
                    self.position = payload.len();
                    self.current = payload;
                    return Some((&self.current, 0..self.position));
                }
                Batch::Many(bytes) => {
                    self.current = Bytes::from(bytes);
                    self.position = 0;
                }
            }
        }
        let length =
            self.current[self.position..].first_chunk().map_or(0, |length| u32::from_ne_bytes(*length) as usize);
        let start = self.position + size_of::<u32>();
        self.position = start + length;
        Some((&self.current, start..self.position))
    }
}

//! Events that wait for the parent's first frame, which says whether metadata may go along, and those behind them.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::meta::Meta;
use super::outgoing::Outgoing;
use crate::error::Failure;

/// What became of an event that waited.
pub(crate) type Verdict = oneshot::Receiver<Result<(), Failure>>;

/// They leave in the order in which they came. Behind the last one with metadata nothing is held.
#[derive(Debug, Default)]
pub(super) struct Held {
    events: VecDeque<HeldEvent>,
    last: u64,
    bytes: usize,
}

#[derive(Debug)]
pub(super) struct HeldEvent {
    ticket: u64,
    pub(super) id: u16,
    pub(super) frame: Outgoing,
    /// What it waits for is whether this may go along.
    pub(super) meta: Option<Box<Meta>>,
    pub(super) sender: oneshot::Sender<Result<(), Failure>>,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Bytes of their payloads.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds an event behind all others.
    pub(super) fn push(&mut self, id: u16, frame: Outgoing, meta: Option<Box<Meta>>) -> (u64, Verdict) {
        let (sender, verdict) = oneshot::channel();
        self.last += 1;
        self.bytes += frame.payload();
        self.events.push_back(HeldEvent { ticket: self.last, id, frame, meta, sender });
        (self.last, verdict)
    }

    /// The first event, where it has nothing to wait for, or came no later than that of `ticket`.
    pub(super) fn next(&mut self, ticket: u64) -> Option<HeldEvent> {
        self.events.front().filter(|event| event.meta.is_none() || event.ticket <= ticket)?;
        let event = self.events.pop_front()?;
        self.bytes -= event.frame.payload();
        Some(event)
    }

    /// Takes one event away.
    pub(super) fn remove(&mut self, ticket: u64) -> Option<HeldEvent> {
        let at = self.events.iter().position(|event| event.ticket == ticket)?;
        let event = self.events.remove(at)?;
        self.bytes -= event.frame.payload();
        Some(event)
    }

    /// All of them.
    pub(super) fn take(&mut self) -> VecDeque<HeldEvent> {
        self.bytes = 0;
        std::mem::take(&mut self.events)
    }
}

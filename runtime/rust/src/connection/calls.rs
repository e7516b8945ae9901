//! Calls that wait for an answer of the peer, found by their request id.
//!
//! The id picks the slot directly: ids are given so that no two live calls share one. There is nothing to hash, and an
//! answer that comes late can never meet another call before all 2^32 ids have been used.

use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::items::Items;
use crate::error::Failure;
use crate::service::Response;

/// Slots of the first table.
const FIRST: usize = 64;

#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: u32,
    pub(super) kind: Response,
    /// Whether the request was handed to the write queue: only then an abort means something to the peer.
    pub(super) sent: bool,
    pub(super) deadline: Option<Instant>,
    pub(super) waker: Option<Waker>,
    pub(super) outcome: Outcome,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// No answer yet.
    Pending,
    /// The payload of a result or an ack.
    Value(Bytes),
    /// The payload of an error.
    Error(Bytes),
    /// What this side found out by itself.
    Failure(Failure),
    /// A stream that has not ended, or has items left.
    Stream(Box<Items>),
}

/// Live calls by request id.
#[derive(Debug, Default)]
pub(super) struct Calls {
    slots: Vec<Option<Call>>,
    last: u32,
    live: usize,
    /// Not later than the first deadline of a live call.
    earliest: Option<Instant>,
    /// Calls that are so new that their deadline is not known: reading the clock once for many of them is cheaper.
    new: Vec<(u32, Duration)>,
    /// Answers that nobody has taken.
    untaken: usize,
    /// What each stream may have outstanding; `None` where there is no credit.
    window: Option<u32>,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.live
    }

    pub(super) fn set_window(&mut self, window: Option<u32>) {
        self.window = window;
    }

    /// Notes what a consumer has taken; false where its stream has ended, so that nobody needs to hear of it.
    pub(super) fn give_back(&mut self, id: u32, cost: u64) -> bool {
        match self.get(id).map(|call| &mut call.outcome) {
            Some(Outcome::Stream(items)) if !items.ended() => {
                items.give_back(cost);
                true
            }
            _ => false,
        }
    }

    fn index(&self, id: u32) -> usize {
        id as usize & (self.slots.len() - 1)
    }

    /// Adds a call under a fresh id.
    pub(super) fn insert(&mut self, kind: Response, timeout: Option<Duration>, waker: Option<Waker>) -> u32 {
        if self.live * 2 >= self.slots.len() {
            self.grow();
        }
        let index = loop {
            self.last = self.last.wrapping_add(1);
            let index = self.index(self.last);
            if self.last != 0 && self.slots[index].is_none() {
                break index;
            }
        };
        let outcome = match kind {
            Response::Stream => Outcome::Stream(Box::new(Items::new(self.window))),
            _ => Outcome::Pending,
        };
        self.slots[index] = Some(Call { id: self.last, kind, sent: false, deadline: None, waker, outcome });
        self.live += 1;
        if let Some(timeout) = timeout {
            self.new.push((self.last, timeout));
        }
        self.last
    }

    pub(super) fn get(&mut self, id: u32) -> Option<&mut Call> {
        if self.slots.is_empty() {
            return None;
        }
        let index = self.index(id);
        self.slots[index].as_mut().filter(|call| call.id == id)
    }

    pub(super) fn remove(&mut self, id: u32) -> Option<Call> {
        if self.slots.is_empty() {
            return None;
        }
        let index = self.index(id);
        let call = self.slots[index].take_if(|call| call.id == id)?;
        self.live -= 1;
        if matches!(call.outcome, Outcome::Value(_) | Outcome::Error(_)) {
            self.untaken -= 1;
        }
        Some(call)
    }

    /// Removes a call that has its outcome, and gives that.
    #[inline]
    pub(super) fn take(&mut self, id: u32) -> Option<Outcome> {
        let index = self.index(id);
        let slot = &mut self.slots[index];
        let call = slot.as_mut().filter(|call| call.id == id)?;
        let outcome = std::mem::replace(&mut call.outcome, Outcome::Pending);
        *slot = None;
        self.live -= 1;
        if matches!(outcome, Outcome::Value(_) | Outcome::Error(_)) {
            self.untaken -= 1;
        }
        Some(outcome)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Call> {
        self.slots.iter_mut().flatten()
    }

    /// When to look for calls that took too long.
    pub(super) fn earliest(&mut self) -> Option<Instant> {
        if !self.new.is_empty() {
            self.start_clocks(Instant::now());
        }
        self.earliest
    }

    fn start_clocks(&mut self, now: Instant) {
        let mut new = std::mem::take(&mut self.new);
        for (id, timeout) in new.drain(..) {
            // A time limit beyond what the clock can tell is none.
            let deadline = now.checked_add(timeout);
            if let (Some(call), Some(deadline)) = (self.get(id), deadline) {
                call.deadline = Some(deadline);
                self.earliest = Some(self.earliest.map_or(deadline, |earliest| earliest.min(deadline)));
            }
        }
        self.new = new;
    }

    /// Answers that nobody has taken.
    pub(super) fn untaken(&self) -> usize {
        self.untaken
    }

    pub(super) fn answered(&mut self) {
        self.untaken += 1;
    }

    /// Hands every unanswered call whose deadline has passed to `expired`.
    pub(super) fn expire(&mut self, now: Instant, mut expired: impl FnMut(&mut Call)) {
        let mut earliest: Option<Instant> = None;
        for call in self.slots.iter_mut().flatten() {
            let Some(deadline) = call.deadline else {
                continue;
            };
            if deadline <= now {
                call.deadline = None;
                if matches!(&call.outcome, Outcome::Pending | Outcome::Stream(_)) {
                    expired(call);
                }
            } else {
                earliest = Some(earliest.map_or(deadline, |earliest| earliest.min(deadline)));
            }
        }
        self.earliest = earliest;
    }

    /// Twice as many slots. Ids that differed in the old mask differ in the new one.
    fn grow(&mut self) {
        let length = (self.slots.len() * 2).max(FIRST);
        let mut slots = Vec::new();
        slots.resize_with(length, || None);
        for call in self.slots.drain(..).flatten() {
            let index = call.id as usize & (length - 1);
            slots[index] = Some(call);
        }
        self.slots = slots;
    }

    #[cfg(test)]
    pub(super) fn set_last(&mut self, last: u32) {
        self.last = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(calls: &mut Calls) -> u32 {
        calls.insert(Response::Result, None, None)
    }

    #[test]
    fn ids_start_at_one_and_skip_zero_when_they_wrap() {
        let mut calls = Calls::default();
        assert_eq!(insert(&mut calls), 1);
        calls.set_last(u32::MAX - 1);
        assert_eq!(insert(&mut calls), u32::MAX);
        assert_eq!(insert(&mut calls), 2, "0 is no id, and 1 is in flight");
    }

    #[test]
    fn an_id_in_flight_is_never_given_twice() {
        let mut calls = Calls::default();
        let old: Vec<u32> = (0..500).map(|_| insert(&mut calls)).collect();
        calls.set_last(u32::MAX - 100);
        let new: Vec<u32> = (0..2000).map(|_| insert(&mut calls)).collect();
        let mut all: Vec<u32> = old.iter().chain(&new).copied().collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 2500);
        assert!(!all.contains(&0));
        for id in all {
            assert_eq!(calls.remove(id).map(|call| call.id), Some(id));
        }
        assert_eq!(calls.len(), 0);
    }

    #[test]
    fn a_late_id_finds_nothing() {
        let mut calls = Calls::default();
        let id = insert(&mut calls);
        calls.remove(id);
        assert!(calls.get(id).is_none());
        assert!(calls.remove(id).is_none());
        assert!(calls.get(id + 64).is_none());
    }
}

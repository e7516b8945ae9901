//! Subscriptions to the peer's events.

use std::collections::{HashMap, VecDeque};
use std::task::Waker;

use bytes::Bytes;

use super::event_context::EventContext;

/// An event's payload from this length on is kept as a slice of what was read; a shorter one is copied.
const SLICED: usize = 4096;

/// Who listens to what.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    by_event: HashMap<u16, Vec<u64>>,
    queues: HashMap<u64, Queue>,
    last: u64,
    closed: bool,
}

/// Events that arrived for one subscription.
#[derive(Debug)]
struct Queue {
    event: u16,
    arrived: VecDeque<(Bytes, EventContext)>,
    waker: Option<Waker>,
    dropped: u64,
}

/// What a subscription found.
pub(crate) enum NextEvent {
    Some(Bytes, EventContext),
    None,
    /// There will be none any more.
    End,
}

/// What became of an event.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) heard: bool,
    pub(super) dropped: u64,
}

impl Subscriptions {
    pub(super) fn add(&mut self, event: u16) -> u64 {
        self.last += 1;
        self.by_event.entry(event).or_default().push(self.last);
        let queue = Queue { event, arrived: VecDeque::new(), waker: None, dropped: 0 };
        self.queues.insert(self.last, queue);
        self.last
    }

    pub(super) fn remove(&mut self, subscription: u64) {
        if let Some(queue) = self.queues.remove(&subscription)
            && let Some(listeners) = self.by_event.get_mut(&queue.event)
        {
            listeners.retain(|listener| *listener != subscription);
            if listeners.is_empty() {
                self.by_event.remove(&queue.event);
            }
        }
    }

    /// Adds an event to every queue of its listeners, whose oldest gives way where `limit` are there.
    pub(super) fn publish(
        &mut self,
        event: u16,
        payload: &Bytes,
        context: &EventContext,
        limit: usize,
        wakers: &mut Vec<Waker>,
    ) -> Published {
        let mut published = Published::default();
        let Some(listeners) = self.by_event.get(&event) else {
            return published;
        };
        let payload = if payload.len() < SLICED { Bytes::copy_from_slice(payload) } else { payload.clone() };
        for listener in listeners {
            let Some(queue) = self.queues.get_mut(listener) else {
                continue;
            };
            published.heard = true;
            if queue.arrived.len() >= limit.max(1) {
                queue.arrived.pop_front();
                queue.dropped += 1;
                published.dropped += 1;
            }
            queue.arrived.push_back((payload.clone(), context.clone()));
            wakers.extend(queue.waker.take());
        }
        published
    }

    /// The next event of a subscription; leaves a waker where there is none.
    pub(super) fn next(&mut self, subscription: u64, waker: &Waker) -> NextEvent {
        let Some(queue) = self.queues.get_mut(&subscription) else {
            return NextEvent::End;
        };
        if let Some((payload, context)) = queue.arrived.pop_front() {
            return NextEvent::Some(payload, context);
        }
        if self.closed {
            return NextEvent::End;
        }
        queue.waker = Some(waker.clone());
        NextEvent::None
    }

    /// Events that were dropped because this subscription was full.
    pub(super) fn dropped(&self, subscription: u64) -> u64 {
        self.queues.get(&subscription).map_or(0, |queue| queue.dropped)
    }

    /// There will be no events any more. Those that arrived can still be taken.
    pub(super) fn close(&mut self) -> Vec<Waker> {
        self.closed = true;
        self.queues.values_mut().filter_map(|queue| queue.waker.take()).collect()
    }
}

//! What callers, consumers of streams and subscribers do with the state.

use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Duration;

use super::super::calls::{Call, Outcome};
use super::super::events::NextEvent;
use super::super::items::{End, Taken};
use super::super::outbox::Outbox;
use super::super::outgoing::Outgoing;
use super::{Shared, State, wake};
use crate::error::Failure;
use crate::frame::{Flags, Header, id};
use crate::service::Response;

/// What became of a call at its start.
pub(crate) enum Begun {
    /// Its request is on its way.
    Sent(u32),
    /// The write queue is full; the call has its id and its deadline.
    Full(u32),
}

/// What a consumer of a stream found.
pub(crate) enum TakenItems {
    Some,
    None,
    End(End),
    /// The call is over already.
    Gone,
}

impl Shared {
    /// Starts a call: it has an id from now on, and its answer or its failure wakes `waker`.
    pub(crate) fn begin(
        &self,
        id: u16,
        kind: Response,
        timeout: Option<Duration>,
        frame: &mut Outgoing,
        waker: Option<Waker>,
    ) -> Result<Begun, Failure> {
        let mut state = self.lock();
        if let Some(failure) = state.closed.as_ref().or(state.refused.as_ref()) {
            return Err(failure.clone());
        }
        let request = state.calls.insert(kind, timeout, waker);
        frame.address(Header { id, flags: self.outgoing_flags(Flags::NONE), request, length: 0 });
        if self.is_full() {
            // The driver has to know the deadline.
            let waker = state.driver.take();
            drop(state);
            wake(waker);
            return Ok(Begun::Full(request));
        }
        if let Some(call) = state.calls.get(request) {
            call.sent = true;
        }
        let waker = self.append(&mut state, 1, |outbox| outbox.push(frame));
        drop(state);
        wake(waker);
        Ok(Begun::Sent(request))
    }

    /// Sends the request of a call that found the write queue full. False while that is still so.
    pub(crate) fn try_send_begun(&self, request: u32, frame: &mut Outgoing) -> bool {
        let mut state = self.lock();
        let Some(call) = state.calls.get(request) else {
            return true;
        };
        if !matches!(call.outcome, Outcome::Pending)
            && !matches!(&call.outcome, Outcome::Stream(items) if !items.ended())
        {
            return true;
        }
        if self.is_full() {
            return false;
        }
        call.sent = true;
        let waker = self.append(&mut state, 1, |outbox| outbox.push(frame));
        drop(state);
        wake(waker);
        true
    }

    /// Takes the outcome of a result or an ack, or leaves a waker for it.
    pub(crate) fn take_outcome(&self, request: u32, waker: &Waker) -> Option<Outcome> {
        let mut state = self.lock();
        let call = state.calls.get(request)?;
        if matches!(call.outcome, Outcome::Pending) {
            set_waker(&mut call.waker, waker);
            return None;
        }
        let outcome = state.calls.take(request);
        let idle = state.calls.len() == 0;
        drop(state);
        if idle {
            self.progressed();
        }
        outcome
    }

    /// Forgets a call that nobody waits for any more. The peer hears of it where it still works on it.
    pub(crate) fn abandon(&self, request: u32) {
        let mut state = self.lock();
        let Some(call) = state.calls.remove(request) else {
            return;
        };
        let over = match &call.outcome {
            Outcome::Pending => false,
            Outcome::Stream(items) => items.ended(),
            _ => true,
        };
        let mut waker = None;
        if call.sent && !over && state.closed.is_none() {
            waker = self.append_abort(&mut state, request);
        }
        let mut paused = None;
        if state.paused {
            paused = state.driver.take();
        }
        let idle = state.calls.len() == 0;
        drop(state);
        wake(waker);
        wake(paused);
        // Its payload and its waker may run code of a user when they go, so they go without the lock.
        drop(call);
        if idle {
            self.progressed();
        }
    }

    pub(in crate::connection) fn append_abort(&self, state: &mut State, request: u32) -> Option<Waker> {
        let header = Header { id: id::ABORT, flags: self.outgoing_flags(Flags::NONE), request, length: 0 };
        self.append(state, 1, |outbox| outbox.push_header(header))
    }

    /// Takes the items of a stream that arrived, or its end; leaves a waker where there is neither.
    pub(crate) fn take_items(&self, request: u32, taken: &mut Taken, waker: &Waker) -> TakenItems {
        let mut state = self.lock();
        let state = &mut *state;
        let Some(call) = state.calls.get(request) else {
            return TakenItems::Gone;
        };
        let Outcome::Stream(items) = &mut call.outcome else {
            return TakenItems::Gone;
        };
        if !items.is_empty() {
            items.take(taken);
            if state.paused {
                wake(state.driver.take());
            }
            return TakenItems::Some;
        }
        if let Some(end) = items.take(taken) {
            state.calls.remove(request);
            if state.calls.len() == 0 {
                self.progressed();
            }
            return TakenItems::End(end);
        }
        set_waker(&mut call.waker, waker);
        if state.paused {
            // This call waits now, so that reading must go on.
            wake(state.driver.take());
        }
        TakenItems::None
    }

    /// Ends the call with a failure of this side. Its caller's waker is given back.
    pub(in crate::connection) fn fail_call(call: &mut Call, failure: Failure) -> Option<Waker> {
        match &mut call.outcome {
            Outcome::Stream(items) if items.ended() => {}
            Outcome::Stream(items) => items.fail(failure),
            Outcome::Pending => call.outcome = Outcome::Failure(failure),
            _ => {}
        }
        call.waker.take()
    }

    pub(crate) fn subscribe(&self, event: u16) -> u64 {
        self.lock().subscriptions.add(event)
    }

    pub(crate) fn unsubscribe(&self, subscription: u64) {
        self.lock().subscriptions.remove(subscription);
    }

    pub(crate) fn next_event(&self, subscription: u64, waker: &Waker) -> NextEvent {
        self.lock().subscriptions.next(subscription, waker)
    }

    pub(crate) fn events_dropped(&self, subscription: u64) -> u64 {
        self.lock().subscriptions.dropped(subscription)
    }

    pub(crate) fn event_undecodable(&self) {
        self.counters.events_undecodable.one();
    }

    /// New calls fail with this from now on.
    pub(crate) fn refuse_calls(&self, failure: Failure) {
        self.lock().refused.get_or_insert(failure);
    }

    /// Every call fails with this, live or new.
    pub(crate) fn end(&self, failure: &Failure) {
        self.fail_all(failure);
    }

    /// Every call fails with this, live or new.
    pub(in crate::connection) fn fail_all(&self, failure: &Failure) {
        let mut wakers = Vec::new();
        let mut state = self.lock();
        state.closed.get_or_insert_with(|| failure.clone());
        for call in state.calls.iter_mut() {
            match &mut call.outcome {
                // What arrived is handed out before the end.
                Outcome::Stream(items) if !items.ended() => items.end(End::Failure(failure.clone())),
                Outcome::Pending => call.outcome = Outcome::Failure(failure.clone()),
                _ => {}
            }
            wakers.extend(call.waker.take());
        }
        wakers.extend(state.subscriptions.close());
        let held = state.held.take();
        state.outbox = Outbox::default();
        self.queued.store(0, Ordering::Relaxed);
        self.full.store(false, Ordering::Relaxed);
        state.written = state.appended;
        drop(state);
        drop(held);
        wakers.into_iter().for_each(Waker::wake);
        self.space.notify_waiters();
        self.progress.notify_waiters();
        self.settled.notify_waiters();
    }
}

fn set_waker(slot: &mut Option<Waker>, waker: &Waker) {
    if !slot.as_ref().is_some_and(|old| old.will_wake(waker)) {
        *slot = Some(waker.clone());
    }
}

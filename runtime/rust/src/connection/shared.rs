//! What the driver of a connection shares with callers, handlers and emitters.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::Notify;

use super::calls::{Call, Calls, Outcome};
use super::counters::Counters;
use super::events::{NextEvent, Subscriptions};
use super::items::End;
use super::limits::Limits;
use super::outbox::Outbox;
use super::outgoing::Outgoing;
use super::served::ServedCall;
use crate::codec::Writer;
use crate::error::{Code, Failure};
use crate::frame::{Flags, Header, id};
use crate::service::{Response, Services};

/// Which end of the connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The process that spawned the other.
    Parent,
    /// The worker.
    Child,
}

/// Whether requests of the peer are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intake {
    Open,
    /// What lies in the socket already is taken, nothing after it.
    Draining,
    Refusing,
}

pub(crate) struct Shared {
    state: Mutex<State>,
    pub(super) role: Role,
    pub(super) limits: Limits,
    services: Services,
    pub(super) counters: Counters,
    /// Bytes that wait to be written; changed under the lock.
    queued: AtomicUsize,
    /// The write queue reached its limit and has not fallen to half of it since, so that those who wait are not
    /// overtaken for ever; changed under the lock.
    full: AtomicBool,
    /// Handlers that run or wait; those of aborted calls count until they end.
    pub(super) live: AtomicUsize,
    /// Requests that wait for a handler to end.
    pub(super) waiting: AtomicUsize,
    intake: AtomicU8,
    /// Tells that there is room in the write queue.
    space: Notify,
    /// Tells that something ended or was written, while anybody watches.
    progress: Notify,
    watchers: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) outbox: Outbox,
    /// Wakes the driver; none while it is awake.
    driver: Option<Waker>,
    pub(super) calls: Calls,
    pub(super) subscriptions: Subscriptions,
    /// Requests whose handlers were pending, not those that were aborted. The key is the request id, or above all of
    /// them where there is none.
    pub(super) served: HashMap<u64, Arc<ServedCall>>,
    /// Requests without an id that were pending so far.
    unanswered: u64,
    /// Why there are no new calls.
    refused: Option<Failure>,
    /// Why there is nothing any more.
    closed: Option<Failure>,
    /// What the driver was told to end with.
    pub(super) close: Option<Failure>,
    /// Reading rests for a stream whose items nobody takes.
    pub(super) paused: bool,
    /// Some stream holds more than it should.
    pub(super) lagging: bool,
    appended: u64,
    written: u64,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("role", &self.role)
            .field("queued", &self.queued)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

/// What became of a call at its start.
pub(crate) enum Begun {
    /// Its request is on its way.
    Sent(u32),
    /// The write queue is full; the call has its id and its deadline.
    Full(u32, Outgoing),
}

impl Shared {
    pub(super) fn new(role: Role, limits: Limits, services: Services) -> Self {
        Self {
            state: Mutex::new(State {
                outbox: Outbox::default(),
                driver: None,
                calls: Calls::default(),
                subscriptions: Subscriptions::default(),
                served: HashMap::new(),
                unanswered: 0,
                refused: None,
                closed: None,
                close: None,
                paused: false,
                lagging: false,
                appended: 0,
                written: 0,
            }),
            role,
            limits,
            services,
            counters: Counters::default(),
            queued: AtomicUsize::new(0),
            full: AtomicBool::new(false),
            live: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            intake: AtomicU8::new(0),
            space: Notify::new(),
            progress: Notify::new(),
            watchers: AtomicUsize::new(0),
        }
    }

    /// The state. No code of a user runs under this lock, so that it is never poisoned halfway through a change.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Whether this side can send anything that is no answer.
    pub(crate) fn can_emit(&self) -> bool {
        self.services.has_events()
    }

    /// The flags of a frame that this side sends.
    pub(super) fn outgoing_flags(&self, flags: Flags) -> Flags {
        match self.role {
            Role::Parent => flags,
            Role::Child => flags | Flags::TO_PARENT,
        }
    }

    /// Refuses a payload that the peer would not take.
    pub(crate) fn admit(&self, length: usize, what: impl FnOnce() -> String) -> Result<(), Failure> {
        let limit = self.limits.peer_payload;
        if length <= limit as usize {
            return Ok(());
        }
        let message = format!("{} has {length} bytes, above the {limit} that the peer takes", what());
        Err(Failure::new(Code::ResourceExhausted, message))
    }

    /// Whether producers must wait.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Bytes that wait to be written.
    pub(crate) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Waits for room in the write queue.
    pub(crate) async fn writable(&self) {
        loop {
            let space = self.space.notified();
            if !self.is_full() {
                return;
            }
            space.await;
        }
    }

    /// Runs `add` on the outbox, which adds so many frames and gives their bytes.
    fn append(&self, state: &mut State, frames: u64, add: impl FnOnce(&mut Outbox) -> usize) -> Option<Waker> {
        let added = add(&mut state.outbox);
        self.counters.frames_written.add_locked(frames);
        state.appended += added as u64;
        let queued = self.queued.load(Ordering::Relaxed) + added;
        self.queued.store(queued, Ordering::Relaxed);
        if queued >= self.limits.write_queue {
            self.full.store(true, Ordering::Relaxed);
        }
        state.driver.take()
    }

    /// Adds what a handler sends, unless its caller has left.
    fn append_answer(&self, call: &ServedCall, frames: u64, add: impl FnOnce(&mut Outbox) -> usize) {
        let mut state = self.lock();
        if call.is_aborted() || state.closed.is_some() {
            return;
        }
        let waker = self.append(&mut state, frames, add);
        drop(state);
        wake(waker);
    }

    pub(super) fn send_answer(&self, frame: Outgoing, call: &ServedCall) {
        self.append_answer(call, 1, |outbox| outbox.push(frame));
    }

    pub(super) fn send_header(&self, header: Header, call: &ServedCall) {
        self.append_answer(call, 1, |outbox| outbox.push_header(header));
    }

    pub(super) fn send_batch(&self, batch: &mut Writer, frames: u64, call: &ServedCall) {
        if call.request == 0 {
            batch.take(Vec::new());
            return;
        }
        self.append_answer(call, frames, |outbox| outbox.push_batch(batch));
        if !batch.is_empty() {
            batch.take(Vec::new());
        }
    }

    /// Sends an event, or gives it back while the write queue is full.
    pub(crate) fn try_send_event(&self, id: u16, mut frame: Outgoing) -> Result<Option<Outgoing>, Failure> {
        frame.address(Header { id, flags: self.outgoing_flags(Flags::NONE), request: 0, length: 0 });
        self.try_send(frame)
    }

    /// Sends a request that has no answer, or gives it back while the write queue is full.
    pub(crate) fn try_send_request(&self, id: u16, mut frame: Outgoing) -> Result<Option<Outgoing>, Failure> {
        frame.address(Header { id, flags: self.outgoing_flags(Flags::NONE), request: 0, length: 0 });
        let state = self.lock();
        if let Some(failure) = &state.refused {
            return Err(failure.clone());
        }
        drop(state);
        self.try_send(frame)
    }

    fn try_send(&self, frame: Outgoing) -> Result<Option<Outgoing>, Failure> {
        let mut state = self.lock();
        if let Some(failure) = &state.closed {
            return Err(failure.clone());
        }
        if self.is_full() {
            return Ok(Some(frame));
        }
        let waker = self.append(&mut state, 1, |outbox| outbox.push(frame));
        drop(state);
        wake(waker);
        Ok(None)
    }

    /// Starts a call: it has an id from now on, and its answer or its failure wakes `waker`.
    pub(crate) fn begin(
        &self,
        id: u16,
        kind: Response,
        timeout: Option<Duration>,
        mut frame: Outgoing,
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
            return Ok(Begun::Full(request, frame));
        }
        if let Some(call) = state.calls.get(request) {
            call.sent = true;
        }
        let waker = self.append(&mut state, 1, |outbox| outbox.push(frame));
        drop(state);
        wake(waker);
        Ok(Begun::Sent(request))
    }

    /// Sends the request of a call that found the write queue full; gives it back while that is still so.
    pub(crate) fn try_send_begun(&self, request: u32, frame: Outgoing) -> Option<Outgoing> {
        let mut state = self.lock();
        let call = state.calls.get(request)?;
        if !matches!(call.outcome, Outcome::Pending)
            && !matches!(&call.outcome, Outcome::Stream(items) if !items.ended())
        {
            return None;
        }
        if self.is_full() {
            return Some(frame);
        }
        call.sent = true;
        let waker = self.append(&mut state, 1, |outbox| outbox.push(frame));
        drop(state);
        wake(waker);
        None
    }

    /// Takes the outcome of a result or an ack, or leaves a waker for it.
    pub(crate) fn take_outcome(&self, request: u32, waker: &Waker) -> Option<Outcome> {
        let mut state = self.lock();
        let call = state.calls.get(request)?;
        if matches!(call.outcome, Outcome::Pending) {
            set_waker(&mut call.waker, waker);
            return None;
        }
        let call = state.calls.remove(request);
        let idle = state.calls.len() == 0;
        drop(state);
        if idle {
            self.progressed();
        }
        call.map(|call| call.outcome)
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

    pub(super) fn append_abort(&self, state: &mut State, request: u32) -> Option<Waker> {
        let header = Header { id: id::ABORT, flags: self.outgoing_flags(Flags::NONE), request, length: 0 };
        self.append(state, 1, |outbox| outbox.push_header(header))
    }

    /// Takes the items of a stream that arrived, or its end; leaves a waker where there is neither.
    pub(crate) fn take_items(&self, request: u32, taken: &mut super::items::Taken, waker: &Waker) -> TakenItems {
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
    pub(super) fn fail_call(call: &mut Call, failure: Failure) -> Option<Waker> {
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
    pub(super) fn fail_all(&self, failure: &Failure) {
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
        state.outbox = Outbox::default();
        self.queued.store(0, Ordering::Relaxed);
        self.full.store(false, Ordering::Relaxed);
        state.written = state.appended;
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        self.space.notify_waiters();
        self.progress.notify_waiters();
    }

    /// Fires the tokens of all handlers.
    pub(crate) fn abort_served(&self) {
        let served: Vec<_> = self.lock().served.values().cloned().collect();
        for call in served {
            call.cancel();
        }
    }

    /// Adds a call whose handler is pending.
    pub(super) fn remember_served(&self, call: &Arc<ServedCall>) {
        let mut state = self.lock();
        let key = if call.request == 0 {
            state.unanswered += 1;
            u64::from(u32::MAX) + state.unanswered
        } else {
            u64::from(call.request)
        };
        call.has_key(key);
        state.served.insert(key, Arc::clone(call));
        self.live.fetch_add(1, Ordering::SeqCst);
    }

    /// Removes a call whose handler has ended.
    pub(super) fn forget_served(&self, key: u64, call: &Arc<ServedCall>) {
        let mut state = self.lock();
        // An aborted call is not there any more, and its id may belong to another one.
        if state.served.get(&key).is_some_and(|served| Arc::ptr_eq(served, call)) {
            state.served.remove(&key);
        }
        let left = self.live.fetch_sub(1, Ordering::SeqCst) - 1;
        let waker = if self.waiting.load(Ordering::SeqCst) > 0 { state.driver.take() } else { None };
        drop(state);
        wake(waker);
        if left == 0 {
            self.progressed();
        }
    }

    pub(super) fn intake(&self) -> Intake {
        match self.intake.load(Ordering::Acquire) {
            0 => Intake::Open,
            1 => Intake::Draining,
            _ => Intake::Refusing,
        }
    }

    pub(super) fn set_intake(&self, intake: Intake) {
        self.intake.fetch_max(intake as u8, Ordering::AcqRel);
        self.progressed();
        self.wake_driver();
    }

    pub(super) fn wake_driver(&self) {
        let waker = self.lock().driver.take();
        wake(waker);
    }

    /// The driver is awake: nobody needs to wake it.
    pub(super) fn awake(&self) {
        self.lock().driver = None;
    }

    /// The driver wrote so many bytes.
    pub(super) fn wrote(&self, state: &mut State, written: usize) -> bool {
        let queued = self.queued.load(Ordering::Relaxed).saturating_sub(written);
        self.queued.store(queued, Ordering::Relaxed);
        state.written += written as u64;
        queued <= self.limits.write_queue / 2 && self.full.swap(false, Ordering::Relaxed)
    }

    pub(super) fn tell_room(&self) {
        self.space.notify_waiters();
    }

    /// The driver has nothing to do: it wants to be woken. False if something came up meanwhile.
    pub(super) fn sleep(&self, waker: &Waker, may_write: bool) -> bool {
        let mut state = self.lock();
        if may_write && !state.outbox.is_empty() {
            return false;
        }
        state.driver = Some(waker.clone());
        true
    }

    /// Tells whoever watches that something ended.
    pub(super) fn progressed(&self) {
        if self.watchers.load(Ordering::SeqCst) > 0 {
            self.progress.notify_waiters();
        }
    }

    /// Waits until `done`.
    async fn watch(&self, done: impl Fn() -> bool) {
        let _watcher = Watcher::new(&self.watchers);
        loop {
            let progress = self.progress.notified();
            if done() {
                return;
            }
            progress.await;
        }
    }

    /// Waits until all that was handed over so far is written, or cannot be any more.
    pub(crate) async fn flush(&self) {
        let target = self.lock().appended;
        self.watch(|| self.lock().written >= target).await;
    }

    /// Waits until requests are refused and no handler runs.
    pub(crate) async fn drained(&self) {
        self.watch(|| {
            self.lock().closed.is_some() || (self.intake() == Intake::Refusing && self.live.load(Ordering::SeqCst) == 0)
        })
        .await;
    }

    /// Waits until no handler runs.
    pub(super) async fn handlers_ended(&self) {
        self.watch(|| self.live.load(Ordering::SeqCst) == 0).await;
    }

    /// Waits until no call of this side is live.
    #[cfg(test)]
    pub(crate) async fn calls_ended(&self) {
        self.watch(|| self.lock().calls.len() == 0).await;
    }

    #[cfg(test)]
    pub(crate) fn calls_live(&self) -> usize {
        self.lock().calls.len()
    }
}

/// What a consumer of a stream found.
pub(crate) enum TakenItems {
    Some,
    None,
    End(End),
    /// The call is over already.
    Gone,
}

/// Counts itself among those that wait for progress.
struct Watcher<'a>(&'a AtomicUsize);

impl<'a> Watcher<'a> {
    fn new(watchers: &'a AtomicUsize) -> Self {
        watchers.fetch_add(1, Ordering::SeqCst);
        Self(watchers)
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn set_waker(slot: &mut Option<Waker>, waker: &Waker) {
    if !slot.as_ref().is_some_and(|old| old.will_wake(waker)) {
        *slot = Some(waker.clone());
    }
}

pub(super) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

//! What the driver of a connection shares with callers, handlers and emitters.

mod agreeing;
mod calling;
mod emitting;
mod nesting;
mod sending;
mod watching;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;

use tokio::sync::Notify;

use super::calls::Calls;
use super::counters::Counters;
use super::events::Subscriptions;
use super::extensions::{Agreed, Extensions};
use super::held::Held;
use super::limits::Limits;
use super::outbox::Outbox;
use super::served::ServedCall;
use crate::error::{Code, Failure};
use crate::frame::{Flags, Header};
use crate::service::{Handlers, Services};
pub(crate) use calling::{Begun, TakenItems};
pub(crate) use emitting::Emitted;
pub(crate) use nesting::{Made, Nested};

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
    /// What answers the child's callbacks, at the parent's end.
    handlers: Handlers,
    /// What this side would agree to.
    pub(super) offers: Extensions,
    agreed: OnceLock<Agreed>,
    /// Tells that it is known what is in force.
    settled: Notify,
    /// Bytes of a payload that the peer takes.
    peer_payload: AtomicU32,
    pub(super) counters: Counters,
    /// Bytes that wait to be written; changed under the lock.
    queued: AtomicUsize,
    /// The write queue reached its limit and has not fallen to half of it since, so that those who wait are not
    /// overtaken for ever; changed under the lock.
    full: AtomicBool,
    /// Handlers that run or wait; those of aborted calls count until they end.
    pub(super) live: AtomicUsize,
    /// The stream that sent an item without credit; 0 while none did.
    pub(super) overrun: AtomicU32,
    /// Those of them that take no slot.
    pub(super) nested: AtomicUsize,
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
    /// Events that wait for the parent's first frame.
    pub(super) held: Held,
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

impl Shared {
    pub(crate) fn new(role: Role, limits: Limits, services: Services, handlers: Handlers, offers: Extensions) -> Self {
        Self {
            state: Mutex::new(State {
                outbox: Outbox::default(),
                driver: None,
                calls: Calls::default(),
                subscriptions: Subscriptions::default(),
                held: Held::default(),
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
            peer_payload: AtomicU32::new(limits.peer_payload),
            limits,
            services,
            handlers,
            offers,
            agreed: OnceLock::new(),
            settled: Notify::new(),
            counters: Counters::default(),
            queued: AtomicUsize::new(0),
            full: AtomicBool::new(false),
            live: AtomicUsize::new(0),
            nested: AtomicUsize::new(0),
            overrun: AtomicU32::new(0),
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

    pub(crate) fn handlers(&self) -> &Handlers {
        &self.handlers
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Whether a handler of this side can send anything that is no answer of its own.
    pub(crate) fn can_emit(&self) -> bool {
        self.role == Role::Parent || self.services.has_events() || self.services.has_callbacks()
    }

    /// Whether a frame that is no answer, and for no method of a service, is a request.
    pub(super) fn is_request(&self, header: Header) -> bool {
        match self.role {
            Role::Child => header.request != 0,
            Role::Parent => self.handlers.announced(header.id).is_some(),
        }
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
        let limit = self.peer_payload.load(Ordering::Relaxed);
        if length <= limit as usize {
            return Ok(());
        }
        let message = format!("{} has {length} bytes, above the {limit} that the peer takes", what());
        Err(Failure::new(Code::ResourceExhausted, message))
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

    /// Handlers that run, and requests that wait for one to end.
    pub(crate) fn load(&self) -> (usize, usize) {
        let waiting = self.waiting.load(Ordering::SeqCst);
        (self.live.load(Ordering::SeqCst).saturating_sub(waiting), waiting)
    }

    /// Whether requests of the peer are taken.
    pub(crate) fn is_open(&self) -> bool {
        self.intake() == Intake::Open
    }

    /// Fires the tokens of all handlers.
    pub(crate) fn abort_served(&self) {
        let served: Vec<_> = self.lock().served.values().cloned().collect();
        for call in served {
            call.cancel();
        }
    }

    /// Ends all handlers where they wait.
    pub(super) fn end_served(&self) {
        let served: Vec<_> = self.lock().served.values().cloned().collect();
        for call in served {
            call.kill();
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
        if call.is_nested() {
            self.nested.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Removes a call whose handler has ended.
    pub(super) fn forget_served(&self, key: u64, call: &Arc<ServedCall>) {
        let mut state = self.lock();
        // An aborted call is not there any more, and its id may belong to another one.
        if state.served.get(&key).is_some_and(|served| Arc::ptr_eq(served, call)) {
            state.served.remove(&key);
        }
        if call.is_nested() {
            self.nested.fetch_sub(1, Ordering::SeqCst);
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

    /// The driver has nothing to do: it wants to be woken. False if something came up meanwhile.
    pub(super) fn sleep(&self, waker: &Waker, may_write: bool) -> bool {
        let mut state = self.lock();
        if may_write && !state.outbox.is_empty() {
            return false;
        }
        state.driver = Some(waker.clone());
        true
    }
}

pub(super) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

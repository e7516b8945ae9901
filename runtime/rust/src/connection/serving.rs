//! Requests of the peer: which are taken, which wait, and how their handlers start.

use std::collections::VecDeque;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};

use bytes::Bytes;
use tokio::time::Instant;

use super::Handling;
use super::answers::Answers;
use super::deadlines::Graces;
use super::extensions::{NESTED_HANDLERS, NESTED_THREADS};
use super::meta::{self, Meta};
use super::park;
use super::running::{Running, drop_job, drop_panic, poll_job};
use super::served::ServedCall;
use super::shared::{Intake, Role, Shared};
use crate::error::{Code, Failure};
use crate::frame::{Flags, Header, WireError};
use crate::service::{Incoming, Job, MethodDescriptor, Response, Served, ServiceDescriptor};
use crate::telemetry::Ending;

/// A waiting payload from this length on is kept as a slice of what was read; a shorter one is copied.
const SLICED: usize = 16 * 1024;

/// The service and method that answers for an unknown id are attributed to.
static NOTHING: ServiceDescriptor =
    ServiceDescriptor { name: "", methods: &[], events: &[], callbacks: &[], reserved: &[] };
static UNKNOWN: MethodDescriptor = unknown(Response::Result);
static UNKNOWN_STREAM: MethodDescriptor = unknown(Response::Stream);

const fn unknown(response: Response) -> MethodDescriptor {
    MethodDescriptor {
        name: "",
        response,
        raw: false,
        request: no_shape,
        answer: no_shape,
        throws: None,
        timeout: None,
        idempotent: false,
        since: None,
        reserved: &[],
    }
}

fn no_shape() -> &'static procwire_idl::shape::Shape {
    &procwire_idl::shape::Shape::Unit
}

/// The driver's part of serving.
#[derive(Debug)]
pub(super) struct Serving {
    shared: Arc<Shared>,
    pub(super) running: Running,
    pub(super) graces: Graces,
    waiting: VecDeque<Request>,
    waiting_bytes: usize,
    /// A call object that may be used again.
    spare: Option<Arc<ServedCall>>,
    /// Where handlers that end at once answer.
    pub(super) answers: Option<Box<Answers>>,
    handling: Handling,
}

/// A request that waits for a handler to end.
#[derive(Debug)]
struct Request {
    call: Arc<ServedCall>,
    payload: Bytes,
}

impl Serving {
    pub(super) fn new(shared: Arc<Shared>, handling: Handling) -> Self {
        Self {
            answers: Some(Box::new(Answers::new(Arc::clone(&shared)))),
            shared,
            running: Running::default(),
            graces: Graces::default(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            spare: None,
            handling,
        }
    }

    /// Takes a request, whose payload lies in `memory`.
    #[inline]
    pub(super) fn request(
        &mut self,
        shared: &Arc<Shared>,
        header: Header,
        memory: &Bytes,
        payload: Range<usize>,
    ) -> Result<(), WireError> {
        if header.flags.contains(Flags::META) {
            let (beside, payload) = meta::split(header, memory, payload)?;
            return self.take(shared, header, memory, payload, Some(beside));
        }
        self.take(shared, header, memory, payload, None)
    }

    #[inline]
    fn take(
        &mut self,
        shared: &Arc<Shared>,
        header: Header,
        memory: &Bytes,
        payload: Range<usize>,
        beside: Option<Range<usize>>,
    ) -> Result<(), WireError> {
        if header.request != 0
            && shared.live.load(Ordering::Acquire) > 0
            && shared.lock().served.contains_key(&u64::from(header.request))
        {
            return Err(WireError::RequestIdInUse { request: header.request });
        }
        let elsewhere;
        let served = if let Some(served) = shared.services().method(header.id) {
            served
        } else if let Some(found) = self.find(header.id) {
            elsewhere = found;
            &elsewhere
        } else {
            self.unknown_method(header);
            return Ok(());
        };
        let answers = served.method.response != Response::None;
        if answers && header.request == 0 {
            shared.counters.requests_without_id.one();
            return Ok(());
        }
        let request = if answers { header.request } else { 0 };
        let mut call = self.call(served.bound.service(), served.method, header.id, request);
        if served.takes_no_slot || beside.is_some() {
            let beside = beside.map(|range| &memory[range]);
            if let Err(failure) = Self::note(&mut call, served.takes_no_slot, beside) {
                self.refuse(&call, &failure);
                return Ok(());
            }
        }
        if shared.limits.follow.is_on()
            && !served.takes_no_slot
            && let Some(call) = Arc::get_mut(&mut call)
        {
            call.follow();
        }
        if shared.intake() == Intake::Refusing {
            self.refuse(&call, &Failure::new(Code::Unavailable, "the worker is shutting down"));
            return Ok(());
        }
        let busy = !self.waiting.is_empty() || shared.live.load(Ordering::Acquire) >= shared.limits.handlers;
        if busy && self.must_wait(&call) {
            self.wait(call, memory, payload);
            return Ok(());
        }
        let most = if self.handling == Handling::Threads { NESTED_THREADS } else { NESTED_HANDLERS };
        if call.is_nested() && shared.nested.load(Ordering::Acquire) >= most {
            let message = format!("{most} nested calls run, more is not taken");
            self.refuse(&call, &Failure::new(Code::ResourceExhausted, message));
            return Ok(());
        }
        self.start(served, call, memory, payload);
        Ok(())
    }

    /// What serves an id that no service of a worker has.
    #[cold]
    fn find(&self, id: u16) -> Option<Served> {
        match self.shared.role {
            Role::Parent => self.shared.handlers().of(id),
            Role::Child => self.shared.services().builtin(id).cloned(),
        }
    }

    /// Notes what is unusual about a request; fails where it may not run.
    #[cold]
    fn note(call: &mut Arc<ServedCall>, takes_no_slot: bool, beside: Option<&[u8]>) -> Result<(), Failure> {
        let Some(call) = Arc::get_mut(call) else { return Ok(()) };
        if takes_no_slot {
            call.takes_no_slot();
        }
        let Some(bytes) = beside else { return Ok(()) };
        let meta = Meta::decode(bytes)
            .map_err(|error| Failure::new(Code::InvalidArgument, format!("{} metadata: {error}", call.name())))?;
        call.came_with(meta)
    }

    /// Whether a request has to wait for a handler to end. Nested ones never do, or they would wait for themselves.
    #[cold]
    fn must_wait(&self, call: &ServedCall) -> bool {
        if call.is_nested() {
            return false;
        }
        let slots = self.shared.live.load(Ordering::SeqCst) - self.shared.nested.load(Ordering::SeqCst);
        !self.waiting.is_empty() || slots >= self.shared.limits.handlers
    }

    #[cold]
    fn unknown_method(&mut self, header: Header) {
        if header.request == 0 {
            self.shared.counters.requests_dropped.one();
            return;
        }
        let (method, message) = if self.shared.role == Role::Parent {
            let announced = self.shared.handlers().announced(header.id);
            let path = announced.map_or("", |announced| &announced.path);
            let is_stream = announced.is_some_and(|announced| announced.response == Response::Stream);
            let known: Vec<_> = self.shared.handlers().paths().into_iter().take(64).collect();
            let known =
                if known.is_empty() { "it has none".to_owned() } else { format!("it has: {}", known.join(", ")) };
            let method = if is_stream { &UNKNOWN_STREAM } else { &UNKNOWN };
            (method, format!("the parent has no handler for the callback `{path}`; {known}"))
        } else {
            let known: Vec<_> = self.shared.services().methods().map(|(_, method)| method.name).take(64).collect();
            (&UNKNOWN, format!("no method has the id {}; there are: {}", header.id, known.join(", ")))
        };
        let call = self.call(&NOTHING, method, header.id, header.request);
        call.fail(&Failure::new(Code::NotFound, message));
        self.spare = Some(call);
    }

    /// A call object; the last one where nobody holds it any more.
    fn call(
        &mut self,
        service: &'static ServiceDescriptor,
        method: &'static MethodDescriptor,
        id: u16,
        request: u32,
    ) -> Arc<ServedCall> {
        if let Some(mut spare) = self.spare.take()
            && let Some(call) = Arc::get_mut(&mut spare)
        {
            call.reset(service, method, id, request);
            return spare;
        }
        Arc::new(ServedCall::new(Arc::clone(&self.shared), service, method, id, request))
    }

    fn refuse(&self, call: &ServedCall, failure: &Failure) {
        if call.request == 0 {
            self.shared.counters.requests_dropped.one();
            call.span().end(|| Some(Ending::failure(failure)));
        } else {
            call.fail(failure);
        }
    }

    /// Keeps a request until a handler ends.
    fn wait(&mut self, call: Arc<ServedCall>, memory: &Bytes, payload: Range<usize>) {
        let limits = &self.shared.limits;
        if self.waiting.len() >= limits.waiting_requests || self.waiting_bytes + payload.len() > limits.waiting_bytes {
            let message = format!(
                "{} handlers run and {} requests of {} bytes wait, more is not taken",
                limits.handlers,
                self.waiting.len(),
                self.waiting_bytes
            );
            self.refuse(&call, &Failure::new(Code::ResourceExhausted, message));
            return;
        }
        let payload =
            if payload.len() < SLICED { Bytes::copy_from_slice(&memory[payload]) } else { memory.slice(payload) };
        self.waiting_bytes += payload.len();
        self.shared.remember_served(&call);
        self.waiting.push_back(Request { call, payload });
        self.shared.waiting.store(self.waiting.len(), Ordering::SeqCst);
    }

    /// Starts the handlers of requests that waited, as many as there is room for.
    pub(super) fn start_waiting(&mut self) -> bool {
        let mut any = false;
        while !self.waiting.is_empty() {
            let nested = self.shared.nested.load(Ordering::SeqCst);
            let running = self.shared.live.load(Ordering::SeqCst) - self.waiting.len() - nested;
            if running >= self.shared.limits.handlers {
                break;
            }
            let Some(Request { call, payload }) = self.waiting.pop_front() else {
                break;
            };
            self.waiting_bytes -= payload.len();
            self.shared.waiting.store(self.waiting.len(), Ordering::SeqCst);
            any = true;
            let shared = Arc::clone(&self.shared);
            let served = shared.services().method(call.id).cloned().or_else(|| self.find(call.id));
            match served {
                Some(_) if call.is_late() => {
                    let message = format!("the deadline of {} passed while it waited for a handler", call.name());
                    self.refuse(&call, &Failure::new(Code::DeadlineExceeded, message));
                    call.ended();
                }
                Some(served) if !call.is_aborted() => self.start(&served, call, &payload, 0..payload.len()),
                _ => call.ended(),
            }
        }
        any
    }

    /// Decodes a request and asks its handler once; where it is not done it goes on in the driver or in its own task.
    fn start(&mut self, served: &Served, call: Arc<ServedCall>, memory: &Bytes, payload: Range<usize>) {
        let incoming = Incoming::new(served.index, memory, payload, Arc::clone(&call));
        let job = match catch_unwind(AssertUnwindSafe(|| served.bound.dispatch(incoming))) {
            Ok(Ok(job)) => job,
            Ok(Err(failure)) => {
                self.refuse(&call, &failure);
                call.ended();
                self.spare = Some(call);
                return;
            }
            Err(panic) => {
                call.panicked(&*panic);
                drop_panic(panic);
                call.ended();
                return;
            }
        };
        match self.handling {
            Handling::Here => self.start_here(call, job),
            Handling::Tasks => self.start_parallel(&call, job),
            Handling::Threads => self.start_in_thread(call, job),
        }
    }

    fn start_here(&mut self, call: Arc<ServedCall>, mut job: Job) {
        // Whoever stores this waker is asked again at once, by the set that the handler then is in.
        let mut cx = Context::from_waker(Waker::noop());
        if poll_job(&mut job, &call, &mut cx).is_ready() {
            drop_job(job);
            call.ended();
            self.spare = Some(call);
            return;
        }
        if !call.has_a_key() {
            self.shared.remember_served(&call);
        }
        self.running.push(job, call);
    }

    fn start_parallel(&mut self, call: &Arc<ServedCall>, mut job: Job) {
        if !call.has_a_key() {
            self.shared.remember_served(call);
        }
        let ended = EndedOnDrop(Arc::clone(call));
        let task = tokio::spawn(async move {
            let ended = ended;
            std::future::poll_fn(|cx| poll_job(&mut job, &ended.0, cx)).await;
            drop_job(job);
        });
        call.runs_in(task.abort_handle());
    }

    /// Its thread may be blocked for as long as the handler likes.
    fn start_in_thread(&self, call: Arc<ServedCall>, job: Job) {
        if !call.has_a_key() {
            self.shared.remember_served(&call);
        }
        let refused = Arc::clone(&call);
        let run = move || park::block_on(Running::alone(job, call)).ended();
        // It panics where the system has no thread left.
        if catch_unwind(AssertUnwindSafe(|| tokio::task::spawn_blocking(run))).is_err() {
            let message = format!("the system has no thread for the handler of {}", refused.name());
            self.refuse(&refused, &Failure::new(Code::ResourceExhausted, message));
            refused.ended();
        }
    }

    /// The caller of a request has left.
    pub(super) fn abort(&mut self, request: u32) {
        let call = {
            let mut state = self.shared.lock();
            let call = state.served.remove(&u64::from(request));
            if let Some(call) = &call {
                call.mute();
            }
            call
        };
        let Some(call) = call else {
            self.shared.counters.late_frames.one();
            return;
        };
        call.cancel();
        call.abort_nested();
        self.graces.add(Instant::now() + self.shared.limits.cancel_grace, call);
    }

    /// The peer has taken items of a stream.
    pub(super) fn credit(&self, request: u32, payload: &[u8]) -> Result<(), WireError> {
        let wrong = WireError::Credit { request };
        let Ok(cost) = payload.try_into().map(u32::from_be_bytes) else { return Err(wrong) };
        let call = self.shared.lock().served.get(&u64::from(request)).cloned();
        match call {
            Some(call) if !call.give_back(cost) => Err(wrong),
            _ => Ok(()),
        }
    }

    /// Forgets the requests that wait; the connection is over.
    pub(super) fn drop_waiting(&mut self) {
        for request in self.waiting.drain(..) {
            request.call.ended();
        }
        self.shared.waiting.store(0, Ordering::SeqCst);
    }

    /// Whether nothing waits for a handler to end.
    pub(super) fn none_waits(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.drop_waiting();
    }
}

/// Says that a handler in a task of its own has ended, also when the task was aborted.
struct EndedOnDrop(Arc<ServedCall>);

impl Drop for EndedOnDrop {
    fn drop(&mut self) {
        self.0.ended();
    }
}

//! One request of the peer while its handler runs.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use futures_util::task::AtomicWaker;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use super::answers::Answer;
use super::extensions::{ITEM_COST, NESTING};
use super::meta::Meta;
use super::outgoing::Outgoing;
use super::shared::{Nested, Role, Shared};
use crate::client::rpc_name;
use crate::codec::{EncodeError, Writer};
use crate::error::{Code, Error, Failure, Throws, last_panic, traced, with_traceback, write_error, write_failure};
use crate::frame::{Flags, Header};
use crate::service::{MethodDescriptor, Response, ServiceDescriptor};
use crate::telemetry::{Ending, ServerSpan};

/// A request that is being handled.
pub(crate) struct ServedCall {
    pub(super) shared: Arc<Shared>,
    pub(super) service: &'static ServiceDescriptor,
    pub(super) method: &'static MethodDescriptor,
    /// The method's id on this connection.
    pub(super) id: u16,
    /// 0 where nothing is answered.
    pub(super) request: u32,
    answered: AtomicBool,
    /// The caller has left: nothing is sent any more.
    aborted: AtomicBool,
    /// The handler should end.
    cancelled: AtomicBool,
    token: OnceLock<CancellationToken>,
    /// The grace after an abort is over.
    killed: AtomicBool,
    waker: AtomicWaker,
    task: OnceLock<AbortHandle>,
    /// Its key among the served calls; set once its handler was pending.
    key: OnceLock<u64>,
    ended: AtomicBool,
    /// It takes no slot of a handler.
    nested: bool,
    /// What came beside the request.
    beside: Option<Box<Beside>>,
    /// What the handler called.
    calls: OnceLock<Box<Nested>>,
    credit: OnceLock<Box<Credit>>,
    /// Follows the call.
    span: ServerSpan,
}

/// What came beside a request.
#[derive(Debug)]
struct Beside {
    meta: Meta,
    deadline: Option<Instant>,
}

/// What a stream has sent, and what of it was given back.
#[derive(Debug, Default)]
struct Credit {
    sent: AtomicU64,
    returned: AtomicU64,
    waker: AtomicWaker,
}

impl fmt::Debug for ServedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedCall")
            .field("method", &self.method.name)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

impl ServedCall {
    pub(super) fn new(
        shared: Arc<Shared>,
        service: &'static ServiceDescriptor,
        method: &'static MethodDescriptor,
        id: u16,
        request: u32,
    ) -> Self {
        Self {
            shared,
            service,
            method,
            id,
            request,
            answered: AtomicBool::new(false),
            aborted: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            token: OnceLock::new(),
            killed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            task: OnceLock::new(),
            key: OnceLock::new(),
            ended: AtomicBool::new(false),
            nested: false,
            beside: None,
            calls: OnceLock::new(),
            credit: OnceLock::new(),
            span: ServerSpan::default(),
        }
    }

    /// Makes a call that nobody holds any more into the next one.
    pub(super) fn reset(
        &mut self,
        service: &'static ServiceDescriptor,
        method: &'static MethodDescriptor,
        id: u16,
        request: u32,
    ) {
        self.service = service;
        self.method = method;
        self.id = id;
        self.request = request;
        *self.answered.get_mut() = false;
        *self.aborted.get_mut() = false;
        *self.cancelled.get_mut() = false;
        *self.killed.get_mut() = false;
        self.token = OnceLock::new();
        self.waker = AtomicWaker::new();
        self.task = OnceLock::new();
        self.key = OnceLock::new();
        *self.ended.get_mut() = false;
        self.nested = false;
        self.beside = None;
        self.calls = OnceLock::new();
        self.credit = OnceLock::new();
        self.span = ServerSpan::default();
    }

    /// Follows the call from here on.
    #[cold]
    pub(super) fn follow(&mut self) {
        let trace = self.beside.as_ref().and_then(|beside| beside.meta.trace());
        let is_path = self.shared.role == Role::Parent;
        let name = || rpc_name(self.service, self.method, is_path);
        self.span = self.shared.limits.follow.serve(name, trace);
    }

    pub(crate) fn span(&self) -> &ServerSpan {
        &self.span
    }

    /// Ends the span of a call, whose caller may have left before.
    fn end_span(&self, ending: impl FnOnce() -> Option<Ending>) {
        self.span.end(|| if self.is_aborted() { Some(Ending::left()) } else { ending() });
    }

    /// Notes what came beside the request; fails where it may not run.
    pub(super) fn came_with(&mut self, meta: Meta) -> Result<(), Failure> {
        if meta.left.is_some_and(|left| left.is_zero()) {
            return Err(Failure::new(Code::DeadlineExceeded, "the deadline had passed when the request was sent"));
        }
        if meta.nesting > NESTING {
            let message =
                format!("{} is nested {} calls deep, above the limit of {NESTING}", self.name(), meta.nesting);
            return Err(Failure::new(Code::ResourceExhausted, message));
        }
        self.nested |= meta.nesting > 0;
        // A time beyond what the clock can tell is no deadline.
        let deadline = meta.left.and_then(|left| Instant::now().checked_add(left));
        self.beside = Some(Box::new(Beside { meta, deadline }));
        Ok(())
    }

    /// The call takes no slot of a handler.
    pub(super) fn takes_no_slot(&mut self) {
        self.nested = true;
    }

    pub(super) fn is_nested(&self) -> bool {
        self.nested
    }

    pub(crate) fn meta(&self) -> Option<&Meta> {
        self.beside.as_deref().map(|beside| &beside.meta)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.beside.as_deref()?.deadline
    }

    pub(super) fn is_late(&self) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= Instant::now())
    }

    /// The calls that the handler made.
    pub(crate) fn nested(&self) -> &Nested {
        self.calls.get_or_init(Box::default)
    }

    /// Aborts the calls that the handler made.
    pub(super) fn abort_nested(&self) {
        // A handler that makes a call at this moment finds that it is aborted already.
        self.nested().abort();
    }

    /// What a stream has sent so far, its items' costs together.
    pub(crate) fn has_sent(&self, cost: u64) {
        self.credit().sent.store(cost, Ordering::SeqCst);
    }

    /// What was given back so far.
    pub(crate) fn returned(&self) -> u64 {
        self.credit.get().map_or(0, |credit| credit.returned.load(Ordering::SeqCst))
    }

    /// Waits until more than `before` was given back, or the caller has left.
    pub(crate) fn poll_returned(&self, before: u64, cx: &mut Context<'_>) -> Poll<()> {
        let credit = self.credit();
        credit.waker.register(cx.waker());
        if credit.returned.load(Ordering::SeqCst) > before || self.is_aborted() {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// The peer has taken items of this cost; false where it cannot have.
    pub(super) fn give_back(&self, cost: u32) -> bool {
        if !self.is_stream() || cost == 0 {
            return true;
        }
        let credit = self.credit();
        let returned = credit.returned.load(Ordering::SeqCst) + u64::from(cost);
        if returned > credit.sent.load(Ordering::SeqCst) {
            return false;
        }
        credit.returned.store(returned, Ordering::SeqCst);
        credit.waker.wake();
        true
    }

    fn credit(&self) -> &Credit {
        self.credit.get_or_init(Box::default)
    }

    /// What an item of so many bytes costs.
    pub(crate) const fn item_cost(length: usize) -> u64 {
        (length + ITEM_COST) as u64
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) fn service(&self) -> &'static ServiceDescriptor {
        self.service
    }

    pub(crate) fn method(&self) -> &'static MethodDescriptor {
        self.method
    }

    pub(crate) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::SeqCst)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        let token = self.token.get_or_init(CancellationToken::new);
        // The call may have been cancelled between the creation of the token and its place here.
        if self.is_cancelled() {
            token.cancel();
        }
        token
    }

    /// Fires the handler's token. What it still answers is sent.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(token) = self.token.get() {
            token.cancel();
        }
    }

    /// Nothing is sent for this call from now on. Called under the lock, under which answers are sent.
    pub(super) fn mute(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        if let Some(credit) = self.credit.get() {
            credit.waker.wake();
        }
    }

    /// The call is among the served ones under `key`.
    pub(super) fn has_key(&self, key: u64) {
        let _ = self.key.set(key);
    }

    pub(super) fn has_a_key(&self) -> bool {
        self.key.get().is_some()
    }

    /// The handler has ended, in whatever way.
    pub(super) fn ended(self: &Arc<Self>) {
        if self.ended.swap(true, Ordering::SeqCst) {
            return;
        }
        // Whatever was answered has ended it before.
        self.end_span(|| (self.request != 0).then(Ending::left));
        if let Some(key) = self.key.get() {
            self.shared.forget_served(*key, self);
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Ends the handler where it stands.
    pub(super) fn kill(&self) {
        self.killed.store(true, Ordering::SeqCst);
        self.waker.wake();
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }

    pub(super) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::SeqCst)
    }

    pub(super) fn register(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    pub(super) fn runs_in(&self, task: AbortHandle) {
        if self.is_killed() {
            task.abort();
        }
        let _ = self.task.set(task);
    }

    /// `Trading.place`, as messages name the method.
    pub(crate) fn name(&self) -> String {
        let name = self.method.name;
        // A callback's path says its namespace itself.
        if self.shared.role == Role::Parent { name.to_owned() } else { format!("{}.{name}", self.service.name) }
    }

    fn header(&self, flags: Flags) -> Header {
        Header { id: self.id, flags, request: self.request, length: 0 }
    }

    fn is_stream(&self) -> bool {
        self.method.response == Response::Stream
    }

    /// Sends the one answer of a result or an ack.
    pub(crate) fn answer<T, E: Throws>(&self, answer: Result<T, Error<E>>, encode: impl FnOnce(T, &mut Writer)) {
        match answer {
            Ok(value) => {
                let flags =
                    if self.method.response == Response::Ack { Flags::ACK_ANSWER } else { Flags::RESULT_ANSWER };
                if let Err(failure) = self.send_value(flags, |writer| encode(value, writer)) {
                    self.fail(&failure);
                } else {
                    self.answered.store(true, Ordering::Relaxed);
                    self.end_span(|| None);
                }
            }
            Err(error) => self.fail_with(&error),
        }
    }

    /// Encodes what a handler answers and hands it over, or tells why it cannot be sent.
    fn send_value(&self, flags: Flags, encode: impl FnOnce(&mut Writer)) -> Result<(), Failure> {
        if self.request == 0 {
            return Ok(());
        }
        // Who waited has a place among the served calls, which its answer takes away.
        if !self.has_a_key()
            && let Some(mut answer) = Answer::begin(&self.shared)
        {
            let length = answer.encode(encode).map_err(|error| self.not_encodable("answer", &error))?;
            self.shared.admit(length, || format!("{} answer", self.name()))?;
            let mut header = self.header(self.shared.outgoing_flags(flags));
            header.length = u32::try_from(length).unwrap_or(u32::MAX);
            answer.send(header);
            return Ok(());
        }
        let frame = self.checked(Outgoing::encode(encode))?;
        self.send(flags, frame);
        Ok(())
    }

    /// A frame of this call that may be sent.
    fn checked(&self, encoded: Result<Outgoing, EncodeError>) -> Result<Outgoing, Failure> {
        let what = if self.is_stream() { "item" } else { "answer" };
        let frame = encoded.map_err(|error| self.not_encodable(what, &error))?;
        self.shared.admit(frame.payload(), || format!("{} {what}", self.name()))?;
        Ok(frame)
    }

    /// The header of an item of this length, or why it may not be sent.
    pub(crate) fn item_header(&self, length: usize) -> Result<Header, Failure> {
        self.shared.admit(length, || format!("{} item", self.name()))?;
        let mut header = self.header(self.shared.outgoing_flags(Flags::ITEM));
        header.length = u32::try_from(length).unwrap_or(u32::MAX);
        Ok(header)
    }

    pub(crate) fn item_not_encodable(&self, error: &EncodeError) -> Failure {
        self.not_encodable("item", error)
    }

    #[cold]
    fn not_encodable(&self, what: &str, error: &EncodeError) -> Failure {
        Failure::new(Code::Internal, error.about(&format!("{} {what}", self.name())))
    }

    /// Hands over whole frames of this call, and leaves the writer empty.
    pub(crate) fn send_batch(&self, batch: &mut Writer, frames: u64) {
        self.shared.send_batch(batch, frames, self);
    }

    fn send(&self, flags: Flags, mut frame: Outgoing) {
        frame.address(self.header(self.shared.outgoing_flags(flags)));
        self.shared.send_answer(frame, self);
    }

    /// Ends a stream.
    pub(crate) fn end(&self) {
        if self.request != 0 {
            self.shared.send_header(self.header(self.shared.outgoing_flags(Flags::END)), self);
        }
        self.answered.store(true, Ordering::Relaxed);
        self.end_span(|| None);
    }

    /// Answers with an error of the handler.
    pub(crate) fn fail_with<E: Throws>(&self, error: &Error<E>) {
        self.end_span(|| Some(Ending::error(error)));
        let traced = if self.wants_tracebacks() { traced(error) } else { None };
        self.send_error(Outgoing::encode(|writer| match &traced {
            Some(failure) => write_failure(failure, writer),
            None => write_error(error, writer),
        }));
    }

    /// Whether the peer asked where handlers fail.
    fn wants_tracebacks(&self) -> bool {
        self.shared.agreed().is_some_and(|agreed| agreed.peer.tracebacks)
    }

    /// Answers with a failure.
    pub(crate) fn fail(&self, failure: &Failure) {
        self.end_span(|| Some(Ending::failure(failure)));
        self.send_error(Outgoing::encode(|writer| write_failure(failure, writer)));
    }

    fn send_error(&self, encoded: Result<Outgoing, EncodeError>) {
        if self.answered.swap(true, Ordering::Relaxed) || self.request == 0 {
            return;
        }
        let frame = self.checked(encoded).or_else(|failure| {
            // The failure is a code and a sentence, which can be encoded and fits everywhere.
            Outgoing::encode(|writer| write_failure(&failure, writer))
        });
        if let Ok(frame) = frame {
            self.send(if self.is_stream() { Flags::STREAM_ERROR } else { Flags::ERROR_ANSWER }, frame);
        }
    }

    /// Answers for a handler that panicked.
    pub(super) fn panicked(&self, panic: &(dyn std::any::Any + Send)) {
        self.shared.counters.panics.one();
        let message = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        let mut failure = Failure::new(Code::Internal, format!("the handler of {} panicked: {message}", self.name()));
        if self.wants_tracebacks()
            && let Some(place) = last_panic()
        {
            failure = with_traceback(failure, &place);
        }
        self.fail(&failure);
    }
}

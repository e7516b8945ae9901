//! A call with one answer, or with none.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use super::beside::{self, Beside};
use super::remote::Decode;
use super::retries::Retries;
use super::{CallOptions, Remote};
use crate::codec::EncodeError;
use crate::connection::{Begun, Made, MetadataValue, Outcome, Outgoing, Trace};
use crate::error::{Code, Error, Failure, Throws, read_error};
use crate::service::Response;
use crate::telemetry::{ClientSpan, Ending};

/// A call that is not sent before it is awaited.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<'a, T, E> {
    request: Request<'a>,
    decode: Decode<T>,
    error: fn(&Bytes) -> Error<E>,
    retries: Option<Box<Retries>>,
}

/// A request with its arguments, whatever its answer will be.
pub(super) struct Request<'a> {
    pub(super) remote: &'a Remote,
    pub(super) index: usize,
    pub(super) frame: Result<Outgoing, EncodeError>,
    pub(super) timeout: Timeout,
    pub(super) beside: Option<Box<Beside>>,
    /// Follows the call, from its first try on.
    pub(super) span: ClientSpan,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timeout {
    /// As long as such calls may.
    Usual,
    /// As long as its caller said.
    Limit(Duration),
    /// As long as it needs.
    Never,
}

impl Request<'_> {
    /// The method's id, how long the call may take, and its frame, which stays where it is: moving it costs more than
    /// filling it.
    #[inline]
    pub(super) fn prepare(&mut self) -> Result<(u16, Option<Duration>, &mut Outgoing), Failure> {
        if self.remote.connection().shared().limits().follow.is_on() {
            self.follow();
        }
        let (id, usual) = self.remote.resolve(self.index)?;
        let name = || format!("{} request", self.remote.method_name(self.index));
        let frame = self.frame.as_mut().map_err(|error| Failure::new(Code::InvalidArgument, error.about(&name())))?;
        // What the schema says is a time that somebody named, too.
        let asked = match (self.timeout, usual) {
            (Timeout::Usual, Some(limit)) if self.remote.names_timeout(self.index) => Timeout::Limit(limit),
            (asked, _) => asked,
        };
        let mut timeout = match asked {
            Timeout::Usual => usual,
            Timeout::Limit(limit) => Some(limit),
            Timeout::Never => None,
        };
        let says = self.beside.is_some() || self.remote.scope().is_some() || self.span.is_on();
        if says || matches!(asked, Timeout::Limit(_)) {
            timeout = beside::attach(self.remote, self.beside.as_deref(), timeout, asked, &self.span, frame)?;
        }
        self.remote.connection().shared().admit(frame.payload(), name)?;
        Ok((id, timeout, frame))
    }

    /// Begins the span of the call, unless this is another try.
    #[cold]
    fn follow(&mut self) {
        if !self.span.is_on() {
            let (remote, index) = (self.remote, self.index);
            let named = self.beside.as_ref().and_then(|beside| beside.trace.as_ref());
            let follow = &remote.connection().shared().limits().follow;
            self.span = follow.call(|| remote.rpc_name(index), remote.scope().map(|scope| &**scope), named);
        }
    }

    /// What the call takes along; made only where there is any.
    pub(super) fn beside(&mut self) -> &mut Beside {
        self.beside.get_or_insert_default()
    }
}

impl<T, E> fmt::Debug for Call<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.request.remote.method_name(self.request.index))
            .finish_non_exhaustive()
    }
}

impl<'a, T, E: Throws> Call<'a, T, E> {
    pub(super) fn new(
        remote: &'a Remote,
        index: usize,
        frame: Result<Outgoing, EncodeError>,
        decode: Decode<T>,
    ) -> Self {
        let request =
            Request { remote, index, frame, timeout: Timeout::Usual, beside: None, span: ClientSpan::default() };
        Self { request, decode, error: read_error::<E>, retries: None }
    }

    /// How long the call may take from its start. When that has passed it fails with `deadline_exceeded` and the peer
    /// is told to stop.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.request.timeout = Timeout::Limit(limit);
        self
    }

    /// Sends a key of the user's beside the request; the handler finds it in its context. It fails with `unsupported`
    /// where the peer takes no metadata.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<MetadataValue>) -> Self {
        self.request.beside().metadata.insert(key, value);
        self
    }

    /// The trace that the call belongs to. A peer that takes no metadata does not hear of it.
    pub fn trace(mut self, trace: Trace) -> Self {
        self.request.beside().trace = Some(trace);
        self
    }

    /// Sends the call again, so often at most, where it fails with an error that the schema says `@retry` of. It waits as
    /// long as the schema says, then twice as long each time, up to a second, and never beyond its deadline.
    ///
    /// A method that is not `@idempotent` fails with `invalid_argument` instead.
    pub fn retries(mut self, times: u32) -> Self {
        self.retries = (times > 0).then(|| Box::new(Retries::new(times)));
        self
    }

    /// Takes what a builder collected.
    #[doc(hidden)]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        let CallOptions { timeout, retries, beside } = options;
        self.request.timeout = timeout.map_or(Timeout::Usual, Timeout::Limit);
        self.request.beside = beside;
        if retries > 0 { self.retries(retries) } else { self }
    }

    pub(crate) fn remote(&self) -> &'a Remote {
        self.request.remote
    }

    /// Lets the call take as long as it needs.
    pub fn without_timeout(mut self) -> Self {
        self.request.timeout = Timeout::Never;
        self
    }
}

impl<'a, T, E: Throws> IntoFuture for Call<'a, T, E> {
    type Output = Result<T, Error<E>>;
    type IntoFuture = Calling<'a, T, E>;

    fn into_future(self) -> Calling<'a, T, E> {
        let Self { request, decode, error, retries } = self;
        Calling { request, decode, error, stage: Stage::New, made: None, retries }
    }
}

/// A call that runs. Dropping it aborts it.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Calling<'a, T, E> {
    request: Request<'a>,
    decode: Decode<T>,
    error: fn(&Bytes) -> Error<E>,
    stage: Stage<'a>,
    /// Its place among the calls that another one made.
    made: Option<Made>,
    retries: Option<Box<Retries>>,
}

impl<T, E> fmt::Debug for Calling<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calling")
            .field("method", &self.request.remote.method_name(self.request.index))
            .finish_non_exhaustive()
    }
}

enum Stage<'a> {
    /// Nothing is sent.
    New,
    /// The write queue was full.
    Full(u32, Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
    /// The request is on its way.
    Sent(u32),
    /// It failed, and waits for its next try.
    Pausing(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It is not known yet what is in force.
    Unsettled(Pin<Box<dyn Future<Output = ()> + Send + 'a>>),
    /// A request without an answer waits for room.
    Handing(Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>),
    Done,
}

impl<T, E: Throws> Calling<'_, T, E> {
    /// Sends the request of a method that answers nothing.
    fn hand_over(&mut self) -> Result<Option<T>, Failure> {
        let shared = self.request.remote.connection().shared();
        let (id, _, frame) = self.request.prepare()?;
        let frame = std::mem::take(frame);
        match shared.try_send_request(id, frame)? {
            None => self.nothing().map(Some),
            Some(mut frame) => {
                self.stage = Stage::Handing(Box::pin(async move {
                    loop {
                        shared.writable().await;
                        match shared.try_send_request(id, frame)? {
                            None => return Ok(()),
                            Some(unsent) => frame = unsent,
                        }
                    }
                }));
                Ok(None)
            }
        }
    }

    /// The value of a method that answers nothing.
    fn nothing(&self) -> Result<T, Failure> {
        let unit = Bytes::from_static(&[0xc0]);
        (self.decode)(unit).map_err(|error| self.undecodable(&error))
    }

    fn undecodable(&self, error: &crate::codec::DecodeError) -> Failure {
        let what =
            if self.request.remote.method(self.request.index).response == Response::Ack { "ack" } else { "result" };
        Failure::new(Code::Internal, format!("{} {what}: {error}", self.request.remote.method_name(self.request.index)))
    }

    fn value(&self, payload: Bytes) -> Result<T, Error<E>> {
        let method = self.request.remote.method(self.request.index);
        // Published children acknowledge with an empty payload where they mean nil.
        let nil = method.response == Response::Ack && !method.raw && payload.is_empty();
        let payload = if nil { Bytes::from_static(&[0xc0]) } else { payload };
        (self.decode)(payload).map_err(|error| self.undecodable(&error).into())
    }

    /// What the call ended in; nothing where it is tried again.
    fn ended(&mut self, outcome: Outcome) -> Option<Result<T, Error<E>>> {
        self.stage = Stage::Done;
        let result = self.outcome(outcome);
        if let (Err(error), Some(retries)) = (&result, &mut self.retries)
            && let Some(wait) = error.retry_after().and_then(|after| retries.again(after, &mut self.request))
        {
            self.made = None;
            self.stage = Stage::Pausing(retries.sleep(wait));
            return None;
        }
        Some(result)
    }

    /// The same call for a thread that does nothing else while it waits.
    pub(crate) fn in_thread(mut self) -> Self {
        if let Some(retries) = &mut self.retries {
            retries.in_thread = true;
        }
        self
    }

    fn outcome(&self, outcome: Outcome) -> Result<T, Error<E>> {
        match outcome {
            Outcome::Value(payload) => self.value(payload),
            Outcome::Error(payload) => Err((self.error)(&payload)),
            Outcome::Failure(failure) => {
                let message = format!("{}: {}", self.request.remote.method_name(self.request.index), failure.message());
                Err(Failure::new(failure.code(), message).into())
            }
            Outcome::Pending | Outcome::Stream(_) => Err(Error::new(
                Code::Internal,
                format!("{} has no outcome", self.request.remote.method_name(self.request.index)),
            )),
        }
    }
}

impl<T, E: Throws> Future for Calling<'_, T, E> {
    type Output = Result<T, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.advance(cx);
        if let Poll::Ready(result) = &polled {
            self.request.span.end(|| result.as_ref().err().map(Ending::error));
        }
        polled
    }
}

impl<T, E: Throws> Calling<'_, T, E> {
    #[inline]
    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error<E>>> {
        let this = self;
        let shared = this.request.remote.connection().shared();
        loop {
            match &mut this.stage {
                Stage::New => {
                    if this.request.remote.is_unsettled() {
                        this.stage = Stage::Unsettled(Box::pin(beside::settled(this.request.remote)));
                        continue;
                    }
                    this.stage = Stage::Done;
                    if let Some(retries) = &mut this.retries {
                        retries.begin(&this.request)?;
                    }
                    let kind = this.request.remote.method(this.request.index).response;
                    if kind == Response::None {
                        match this.hand_over()? {
                            Some(value) => return Poll::Ready(Ok(value)),
                            None => continue,
                        }
                    }
                    let (id, timeout, frame) = this.request.prepare()?;
                    let begun = shared.begin(id, kind, timeout, frame, Some(cx.waker().clone()))?;
                    let (Begun::Sent(request) | Begun::Full(request)) = begun;
                    this.made = beside::made(this.request.remote, request);
                    match begun {
                        Begun::Sent(request) => {
                            this.stage = Stage::Sent(request);
                            return Poll::Pending;
                        }
                        Begun::Full(request) => {
                            this.stage = Stage::Full(request, Box::pin(shared.writable()));
                        }
                    }
                }
                Stage::Full(request, room) => {
                    let request = *request;
                    if let Some(outcome) = shared.take_outcome(request, cx.waker()) {
                        match this.ended(outcome) {
                            Some(result) => return Poll::Ready(result),
                            None => continue,
                        }
                    }
                    if room.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    let full = match &mut this.request.frame {
                        Ok(frame) => !shared.try_send_begun(request, frame),
                        Err(_) => false,
                    };
                    if full {
                        *room = Box::pin(shared.writable());
                    } else {
                        this.stage = Stage::Sent(request);
                    }
                }
                Stage::Sent(request) => {
                    let Some(outcome) = shared.take_outcome(*request, cx.waker()) else {
                        return Poll::Pending;
                    };
                    if let Some(result) = this.ended(outcome) {
                        return Poll::Ready(result);
                    }
                }
                Stage::Pausing(pause) => {
                    if pause.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    this.stage = Stage::New;
                }
                Stage::Unsettled(settled) => {
                    if settled.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    this.request.remote.check_parent(this.request.index)?;
                    this.stage = Stage::New;
                    if this.request.remote.is_unsettled() {
                        // The connection is over, which the call says itself.
                        let failure = Failure::new(Code::Unavailable, "the parent is gone");
                        this.stage = Stage::Done;
                        return Poll::Ready(Err(shared.why_over().unwrap_or(failure).into()));
                    }
                }
                Stage::Handing(handing) => {
                    let Poll::Ready(handed) = handing.as_mut().poll(cx) else {
                        return Poll::Pending;
                    };
                    this.stage = Stage::Done;
                    handed?;
                    return Poll::Ready(this.nothing().map_err(Error::from));
                }
                Stage::Done => return Poll::Pending,
            }
        }
    }
}

impl<T, E> Drop for Calling<'_, T, E> {
    fn drop(&mut self) {
        if let Stage::Sent(request) | Stage::Full(request, ..) = self.stage {
            self.request.remote.connection().shared().abandon(request);
        }
    }
}

//! A call that is answered with items.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;

use super::beside;
use super::call::{Request, Timeout};
use super::remote::DecodeItem;
use super::{CallOptions, Remote};
use crate::codec::EncodeError;
use crate::connection::{Begun, End, Made, MetadataValue, Outgoing, ServedCall, Shared, Taken, TakenItems, Trace};
use crate::error::{Code, Error, Failure, Throws, read_error};
use crate::service::Response;
use crate::telemetry::{ClientSpan, Describe, Ending};

/// A stream that is not asked for before it is awaited.
#[must_use = "a stream is asked for when this is awaited"]
pub struct StreamCall<'a, T, E> {
    request: Request<'a>,
    decode: DecodeItem<T>,
    error: fn(&Bytes) -> Error<E>,
}

impl<T, E> fmt::Debug for StreamCall<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamCall")
            .field("method", &self.request.remote.method_name(self.request.index))
            .finish_non_exhaustive()
    }
}

impl<'a, T, E: Throws> StreamCall<'a, T, E> {
    pub(super) fn new(
        remote: &'a Remote,
        index: usize,
        frame: Result<Outgoing, EncodeError>,
        decode: DecodeItem<T>,
    ) -> Self {
        let request =
            Request { remote, index, frame, timeout: Timeout::Usual, beside: None, span: ClientSpan::default() };
        Self { request, decode, error: read_error::<E> }
    }

    pub(crate) fn remote(&self) -> &'a Remote {
        self.request.remote
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

    /// Takes what a builder collected.
    #[doc(hidden)]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        let CallOptions { timeout, beside, .. } = options;
        self.request.timeout = timeout.map_or(Timeout::Usual, Timeout::Limit);
        self.request.beside = beside;
        self
    }

    /// How long the stream may take until its end. There is no limit otherwise.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.request.timeout = Timeout::Limit(limit);
        self
    }
}

impl<'a, T, E> IntoFuture for StreamCall<'a, T, E>
where
    T: Send + 'a,
    E: Throws + 'a,
{
    type Output = Result<Streaming<T, E>, Error<E>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { mut request, decode, error } = self;
            let opened = open(&mut request, decode, error).await;
            // That of a stream that runs has gone along with it.
            request.span.end(|| opened.as_ref().err().map(Ending::error));
            opened
        })
    }
}

/// Asks for a stream.
async fn open<T, E: Throws>(
    request: &mut Request<'_>,
    decode: DecodeItem<T>,
    error: fn(&Bytes) -> Error<E>,
) -> Result<Streaming<T, E>, Error<E>> {
    let name = request.remote.method_name(request.index);
    let shared = Arc::clone(request.remote.connection().shared());
    let keep = request.remote.clone();
    if keep.is_unsettled() {
        beside::settled(&keep).await;
        keep.check_parent(request.index)?;
        if let Some(failure) = shared.why_over() {
            return Err(failure.into());
        }
    }
    let (id, timeout, frame) = request.prepare()?;
    let begun = shared.begin(id, Response::Stream, timeout, frame, None)?;
    let (Begun::Sent(id) | Begun::Full(id)) = begun;
    let made = beside::made(&keep, id);
    let window = shared.own_window();
    let mut stream = Streaming {
        shared: Arc::clone(&shared),
        request: Some(id),
        taken: Taken::default(),
        decode,
        error,
        name,
        half: window.map_or(u64::MAX, |window| u64::from(window / 2).max(1)),
        consumed: 0,
        made,
        keep,
        span: ClientSpan::default(),
        describe: Ending::error::<E>,
    };
    if let Begun::Full(_) = begun {
        shared.writable().await;
        while !shared.try_send_begun(id, frame) {
            shared.writable().await;
        }
    }
    stream.span = std::mem::take(&mut request.span);
    Ok(stream)
}

/// The items of a stream as they come. Dropping it before its end aborts it.
#[must_use = "streams do nothing unless they are polled"]
pub struct Streaming<T, E> {
    shared: Arc<Shared>,
    /// `None` once the end was handed out.
    request: Option<u32>,
    taken: Taken,
    decode: DecodeItem<T>,
    error: fn(&Bytes) -> Error<E>,
    name: String,
    /// What is taken before it is given back; more than ever where there is no credit.
    half: u64,
    /// What was taken and not given back.
    consumed: u64,
    /// Its place among the calls that another one made.
    made: Option<Made>,
    /// The peer lives as long as somebody reads from it.
    keep: Remote,
    span: ClientSpan,
    describe: Describe<E>,
}

impl<T, E> fmt::Debug for Streaming<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").field("method", &self.name).finish_non_exhaustive()
    }
}

impl<T, E> Streaming<T, E> {
    /// The next item; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T, Error<E>>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    pub(crate) fn remote(&self) -> &Remote {
        &self.keep
    }

    /// Leaves the stream, so that the peer stops.
    fn leave(&mut self) {
        self.taken = Taken::default();
        if let Some(request) = self.request.take() {
            self.made = None;
            self.shared.abandon(request);
        }
    }
}

impl<T, E> Stream for Streaming<T, E> {
    type Item = Result<T, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.advance(cx);
        let this = &mut *self;
        match &polled {
            Poll::Ready(None) => this.span.end(|| None),
            Poll::Ready(Some(Err(error))) => this.span.end(|| Some((this.describe)(error))),
            _ => {}
        }
        polled
    }
}

impl<T, E> Streaming<T, E> {
    #[inline]
    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error<E>>>> {
        let this = self;
        loop {
            if let Some((memory, range)) = this.taken.next() {
                this.consumed += ServedCall::item_cost(range.len());
                this.span.message(range.len());
                if this.consumed >= this.half
                    && let Some(request) = this.request
                {
                    this.shared.give_back(request, std::mem::take(&mut this.consumed));
                }
                return match (this.decode)(memory, range) {
                    Ok(item) => Poll::Ready(Some(Ok(item))),
                    Err(error) => {
                        let failure = Failure::new(Code::Internal, format!("{} item: {error}", this.name));
                        this.leave();
                        Poll::Ready(Some(Err(failure.into())))
                    }
                };
            }
            let Some(request) = this.request else {
                return Poll::Ready(None);
            };
            match this.shared.take_items(request, &mut this.taken, cx.waker()) {
                TakenItems::Some => {}
                TakenItems::None => return Poll::Pending,
                TakenItems::End(end) => {
                    this.request = None;
                    this.made = None;
                    return Poll::Ready(match end {
                        End::Done => None,
                        End::Error(payload) => Some(Err((this.error)(&payload))),
                        End::Failure(failure) => {
                            let message = format!("{}: {}", this.name, failure.message());
                            Some(Err(Failure::new(failure.code(), message).into()))
                        }
                    });
                }
                TakenItems::Gone => {
                    this.request = None;
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl<T, E> Drop for Streaming<T, E> {
    fn drop(&mut self) {
        self.leave();
    }
}

//! Running handlers: each is a future that sends its own answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

use super::{Context, Incoming, Sink};
use crate::codec::{Message, Writer};
use crate::error::{Error, Throws};

/// A handler that runs and answers.
pub type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A handler that answers with one value, as a result or an ack.
pub fn unary<T, E, F, Fut>(call: Incoming<'_>, handler: F) -> Job
where
    T: Message,
    E: Throws,
    F: FnOnce(Context) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, Error<E>>> + Send,
{
    answered(call, handler, |value: T, writer| value.encode(writer))
}

/// The same for an answer that `encode` writes, whatever its codec is.
pub fn unary_with<T, E, W, F, Fut>(call: Incoming<'_>, encode: W, handler: F) -> Job
where
    E: Throws,
    W: FnOnce(&T, &mut Writer) + Send + 'static,
    F: FnOnce(Context) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, Error<E>>> + Send,
{
    answered(call, handler, move |value: T, writer| encode(&value, writer))
}

/// A handler that answers with bytes as they are, or with nothing.
pub fn unary_raw<T, E, F, Fut>(call: Incoming<'_>, handler: F) -> Job
where
    T: RawAnswer,
    E: Throws,
    F: FnOnce(Context) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, Error<E>>> + Send,
{
    answered(call, handler, |value: T, writer| writer.raw_bytes(&value.into_payload()))
}

fn answered<T, E, F, Fut, W>(call: Incoming<'_>, handler: F, encode: W) -> Job
where
    E: Throws,
    F: FnOnce(Context) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, Error<E>>> + Send,
    W: FnOnce(T, &mut Writer) + Send + 'static,
{
    let call = call.into_call();
    Box::pin(async move {
        let answer = handler(Context::new(Arc::clone(&call))).await;
        call.answer(answer, encode);
        // The answer lies in the write queue. While that is full the slot of this handler stays taken.
        if call.shared().is_full() {
            call.shared().writable().await;
        }
    })
}

/// A handler that answers with items: it gets a [`Sink`] for them.
pub fn stream<F, Fut>(call: Incoming<'_>, handler: F) -> Job
where
    F: FnOnce(Context, Sink) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let call = call.into_call();
    Box::pin(async move { handler(Context::new(Arc::clone(&call)), Sink::new(call)).await })
}

/// A handler that answers nothing.
pub fn none<F, Fut>(call: Incoming<'_>, handler: F) -> Job
where
    F: FnOnce(Context) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let call = call.into_call();
    Box::pin(async move { handler(Context::new(call)).await })
}

/// What a raw method may answer with.
pub trait RawAnswer: Sized + Send {
    /// The payload.
    fn into_payload(self) -> Bytes;
    /// From the payload of a result, an ack or an item.
    fn from_payload(payload: Bytes) -> Self;
}

impl RawAnswer for Bytes {
    fn into_payload(self) -> Bytes {
        self
    }

    fn from_payload(payload: Bytes) -> Self {
        payload
    }
}

impl RawAnswer for () {
    fn into_payload(self) -> Bytes {
        Bytes::new()
    }

    fn from_payload(_: Bytes) -> Self {}
}

/// What a handler ends in: the method's return type, which the macro sees as tokens only.
#[diagnostic::on_unimplemented(
    message = "a call ends in `Result<{T}, procwire::Error<{E}>>`, not in `{Self}`",
    label = "not a `Result` with `procwire::Error`",
    note = "spell the type out: the macro looks for the answer and for the declared error in it"
)]
pub trait Answer<T, E> {
    /// The same, as the type that it is.
    fn into_answer(self) -> Result<T, Error<E>>;
}

impl<T, E> Answer<T, E> for Result<T, Error<E>> {
    #[inline]
    fn into_answer(self) -> Self {
        self
    }
}

/// The items of a handler's stream, as the types that they are.
pub fn items<T, E>(
    stream: impl Stream<Item = Result<T, Error<E>>> + Send,
) -> impl Stream<Item = Result<T, Error<E>>> + Send {
    stream
}

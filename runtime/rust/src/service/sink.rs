//! Where the items of a stream go.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use futures_core::Stream;

use crate::codec::{Message, Writer};
use crate::connection::ServedCall;
use crate::error::{Error, Failure, Throws};
use crate::frame::HEADER_LENGTH;

/// Items are gathered up to this length before they are handed over.
const BATCH: usize = 64 * 1024;

/// Takes the items of one stream, waits where the write queue is full, and sends the end.
#[derive(Debug)]
pub struct Sink {
    call: Arc<ServedCall>,
    batch: Writer,
    /// Frames in the batch.
    frames: u64,
    /// Whether this worker can send anything between two items, which then must not be gathered.
    alone: bool,
    /// Bytes sent since the driver could last do something else.
    since_yield: usize,
    /// What may be outstanding before the next item; more than ever where there is no credit.
    ///
    /// It is half the window, so that the next item may go whatever its length.
    most: u64,
    /// What was sent.
    sent: u64,
}

/// Why the sink stopped asking for items.
enum Stopped<E> {
    /// The consumer lags.
    Credit,
    /// The write queue is full.
    Full,
    /// The driver should write what there is.
    Batch,
    /// There are no more.
    Ended,
    /// The handler failed.
    Failed(Error<E>),
    /// The caller left.
    Left,
}

impl Sink {
    pub(super) fn new(call: Arc<ServedCall>) -> Self {
        let alone = call.shared().can_emit();
        let most = call.shared().peer_window().map_or(u64::MAX, |window| u64::from(window / 2));
        Self { call, batch: Writer::new(), frames: 0, alone, since_yield: 0, most, sent: 0 }
    }

    /// Sends every item of `stream`, and then its end or its error.
    pub async fn drain<T, E, S>(self, stream: S)
    where
        T: Message,
        E: Throws,
        S: Stream<Item = Result<T, Error<E>>>,
    {
        self.drain_with(stream, |item: T, writer| item.encode(writer)).await;
    }

    /// Sends every item of `stream` as bytes as they are, and then its end or its error.
    pub async fn drain_raw<E, S>(self, stream: S)
    where
        E: Throws,
        S: Stream<Item = Result<Bytes, Error<E>>>,
    {
        self.drain_with(stream, |item: Bytes, writer| writer.raw_bytes(&item)).await;
    }

    /// Sends every item of `stream` as `encode` writes it, and then its end or its error.
    pub async fn drain_with<T, E, S>(mut self, stream: S, encode: impl Fn(T, &mut Writer))
    where
        E: Throws,
        S: Stream<Item = Result<T, Error<E>>>,
    {
        let mut stream = pin!(stream);
        loop {
            let stopped = std::future::poll_fn(|cx| self.poll_items(stream.as_mut(), &encode, cx)).await;
            match stopped {
                Stopped::Credit => {
                    self.credit().await;
                    if self.call.is_aborted() {
                        return;
                    }
                }
                Stopped::Full => self.call.shared().writable().await,
                // The driver writes what was gathered before it asks for more.
                Stopped::Batch => give_way().await,
                Stopped::Ended => return self.call.end(),
                Stopped::Failed(error) => return self.call.fail_with(&error),
                Stopped::Left => return,
            }
        }
    }

    /// Takes items until there is a reason to stop.
    fn poll_items<T, E, S>(
        &mut self,
        mut stream: std::pin::Pin<&mut S>,
        encode: &impl Fn(T, &mut Writer),
        cx: &mut TaskContext<'_>,
    ) -> Poll<Stopped<E>>
    where
        S: Stream<Item = Result<T, Error<E>>>,
    {
        // A thousand streams that each make a batch before they see that the queue is full would hold too much.
        if self.batch.is_empty() && self.call.shared().is_full() {
            return Poll::Ready(Stopped::Full);
        }
        loop {
            if self.sent > self.most && self.sent - self.call.returned() > self.most {
                self.hand_over();
                return Poll::Ready(Stopped::Credit);
            }
            let item = stream.as_mut().poll_next(cx);
            if self.call.is_aborted() && item.is_ready() {
                return Poll::Ready(Stopped::Left);
            }
            match item {
                Poll::Pending => {
                    self.hand_over();
                    return Poll::Pending;
                }
                Poll::Ready(None) => {
                    self.hand_over();
                    return Poll::Ready(Stopped::Ended);
                }
                Poll::Ready(Some(Err(error))) => {
                    self.hand_over();
                    return Poll::Ready(Stopped::Failed(error));
                }
                Poll::Ready(Some(Ok(item))) => {
                    if let Err(failure) = self.add(item, encode) {
                        self.hand_over();
                        return Poll::Ready(Stopped::Failed(Error::Failure(failure)));
                    }
                    if self.alone || self.batch.len() >= BATCH {
                        self.hand_over();
                        if self.call.shared().is_full() {
                            return Poll::Ready(Stopped::Full);
                        }
                        if self.since_yield >= BATCH {
                            self.since_yield = 0;
                            return Poll::Ready(Stopped::Batch);
                        }
                    }
                }
            }
        }
    }

    /// Encodes one item behind its header.
    fn add<T>(&mut self, item: T, encode: &impl Fn(T, &mut Writer)) -> Result<(), Failure> {
        let mark = self.batch.mark();
        self.batch.raw(&[0; HEADER_LENGTH]);
        encode(item, &mut self.batch);
        if let Some(error) = self.batch.take_error() {
            self.batch.rewind(mark);
            return Err(self.call.item_not_encodable(&error));
        }
        let length = self.batch.written_since(mark) - HEADER_LENGTH;
        match self.call.item_header(length) {
            Ok(header) => {
                self.batch.patch(mark, &header.encode());
                self.frames += 1;
                self.sent += ServedCall::item_cost(length);
                self.call.span().message(length);
                Ok(())
            }
            Err(failure) => {
                self.batch.rewind(mark);
                Err(failure)
            }
        }
    }

    /// Waits until the consumer has taken enough, or has left.
    async fn credit(&self) {
        let before = self.sent - self.most - 1;
        std::future::poll_fn(|cx| self.call.poll_returned(before, cx)).await;
    }

    fn hand_over(&mut self) {
        if !self.batch.is_empty() {
            self.since_yield += self.batch.len();
            if self.most != u64::MAX {
                self.call.has_sent(self.sent);
            }
            self.call.send_batch(&mut self.batch, std::mem::take(&mut self.frames));
        }
    }
}

/// Is pending once.
async fn give_way() {
    let mut given = false;
    std::future::poll_fn(|cx| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

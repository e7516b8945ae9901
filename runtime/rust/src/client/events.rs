//! Events of the peer, as they come.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Remote;
use super::remote::Decode;
use crate::connection::{EventContext, NextEvent, Shared};

/// A subscription to one event. It ends with the connection.
///
/// It keeps up to 1,024 events that nobody has taken; then the oldest is dropped for the next.
#[must_use = "streams do nothing unless they are polled"]
pub struct Events<T> {
    shared: Arc<Shared>,
    /// `None` where the peer has no such event.
    subscription: Option<u64>,
    decode: Decode<T>,
    undecodable: u64,
    keep: Remote,
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("subscription", &self.subscription).finish_non_exhaustive()
    }
}

impl<T> Events<T> {
    pub(super) fn new(remote: &Remote, event: Option<u16>, decode: Decode<T>) -> Self {
        let shared = Arc::clone(remote.connection().shared());
        let subscription = event.map(|event| shared.subscribe(event));
        Self { shared, subscription, decode, undecodable: 0, keep: remote.clone() }
    }

    /// The next event; `None` once the connection is over.
    pub async fn next(&mut self) -> Option<T> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    pub(crate) fn remote(&self) -> &Remote {
        &self.keep
    }

    /// How many events were dropped because nobody took them.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.subscription.map_or(0, |subscription| self.shared.events_dropped(subscription))
    }

    /// How many events were dropped because they did not decode.
    #[must_use]
    pub fn undecodable(&self) -> u64 {
        self.undecodable
    }
}

impl<T> Events<T> {
    /// The same events, each with what came beside it.
    pub fn with_context(self) -> EventsWithContext<T> {
        EventsWithContext(self)
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<(T, EventContext)>> {
        let Some(subscription) = self.subscription else {
            return Poll::Ready(None);
        };
        loop {
            match self.shared.next_event(subscription, cx.waker()) {
                NextEvent::Some(payload, context) => {
                    if let Ok(event) = (self.decode)(payload) {
                        return Poll::Ready(Some((event, context)));
                    }
                    self.undecodable += 1;
                    self.shared.event_undecodable();
                }
                NextEvent::None => return Poll::Pending,
                NextEvent::End => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Stream for Events<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_event(cx).map(|event| event.map(|(event, _)| event))
    }
}

/// A subscription to one event that tells what came beside it, too: see [`Events::with_context`].
#[derive(Debug)]
#[must_use = "streams do nothing unless they are polled"]
pub struct EventsWithContext<T>(Events<T>);

impl<T> EventsWithContext<T> {
    /// The next event and its context; `None` once the connection is over.
    pub async fn next(&mut self) -> Option<(T, EventContext)> {
        std::future::poll_fn(|cx| self.0.poll_event(cx)).await
    }

    /// The subscription, for what it counts.
    pub fn events(&self) -> &Events<T> {
        &self.0
    }
}

impl<T> Stream for EventsWithContext<T> {
    type Item = (T, EventContext);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_event(cx)
    }
}

impl<T> Drop for Events<T> {
    fn drop(&mut self) {
        if let Some(subscription) = self.subscription {
            self.shared.unsubscribe(subscription);
        }
    }
}

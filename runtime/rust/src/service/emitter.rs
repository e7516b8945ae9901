//! Sending events.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;

use super::ServiceDescriptor;
use crate::codec::{EncodeError, Writer};
use crate::connection::{Counts, Outgoing, Shared};
use crate::error::{Code, Error, Failure};

/// Sends events of the services that a worker offers.
///
/// Generated traits such as `TradingEmit` give it a method for each event.
#[derive(Clone, Debug)]
pub struct Emitter {
    target: Target,
}

#[derive(Clone, Debug)]
enum Target {
    Connected(Arc<Shared>),
    /// Filled in when the parent connects.
    Later(Arc<OnceLock<Arc<Shared>>>),
}

impl Emitter {
    pub(crate) fn of(connection: Arc<Shared>) -> Self {
        Self { target: Target::Connected(connection) }
    }

    /// An emitter for the time before the parent connects. Until then its events fail with `unavailable`.
    pub(crate) fn detached() -> Self {
        Self { target: Target::Later(Arc::default()) }
    }

    /// Gives an emitter and all its clones their connection.
    pub(crate) fn attach(&self, connection: &crate::connection::Connection) {
        if let Target::Later(target) = &self.target {
            let _ = target.set(Arc::clone(connection.shared()));
        }
    }

    /// What happened on the connection so far; nothing before there is one.
    pub(crate) fn counts(&self) -> Counts {
        let shared = match &self.target {
            Target::Connected(shared) => Some(shared),
            Target::Later(shared) => shared.get(),
        };
        shared.map_or_else(Counts::default, |shared| shared.counters().read())
    }

    /// Whether constraints are checked before an event is sent.
    #[must_use]
    pub fn checks_sent(&self) -> bool {
        let shared = match &self.target {
            Target::Connected(shared) => Some(shared),
            Target::Later(shared) => shared.get(),
        };
        shared.is_some_and(|shared| shared.limits().check_sent)
    }

    /// Sends the event number `index` of `service`, whose payload `encode` writes.
    pub fn emit(
        &self,
        service: &'static ServiceDescriptor,
        index: usize,
        encode: impl FnOnce(&mut Writer),
    ) -> EmitFuture {
        self.send(service, index, Outgoing::encode(encode))
    }

    /// Sends the event number `index` of `service`, whose payload is `payload` as it is.
    pub fn emit_raw(&self, service: &'static ServiceDescriptor, index: usize, payload: Bytes) -> EmitFuture {
        self.send(service, index, Ok(Outgoing::raw(payload)))
    }

    fn send(
        &self,
        service: &'static ServiceDescriptor,
        index: usize,
        frame: Result<Outgoing, EncodeError>,
    ) -> EmitFuture {
        EmitFuture { stage: self.ready(service, index, frame).map_or_else(Stage::Failed, Stage::Ready) }
    }

    fn ready(
        &self,
        service: &'static ServiceDescriptor,
        index: usize,
        frame: Result<Outgoing, EncodeError>,
    ) -> Result<Ready, Failure> {
        let connection = match &self.target {
            Target::Connected(connection) => connection,
            Target::Later(target) => target.get().ok_or_else(|| {
                Failure::new(Code::Unavailable, "no parent is connected yet, so that nobody hears the event")
            })?,
        };
        let name = || format!("{}.{}", service.name, service.events.get(index).map_or("?", |event| event.name));
        let id = connection.services().event(service, index).ok_or_else(|| {
            Failure::new(
                Code::Unsupported,
                format!("this worker does not serve {}, so that it cannot send {}", service.name, name()),
            )
        })?;
        let frame = frame.map_err(|error| Failure::new(Code::Internal, error.about(&format!("{} event", name()))))?;
        connection.admit(frame.payload(), || format!("{} event", name()))?;
        Ok(Ready { connection: Arc::clone(connection), id, frame })
    }
}

/// Sends an event once there is room in the write queue.
#[must_use = "an event is sent when this is awaited"]
pub struct EmitFuture {
    stage: Stage,
}

impl std::fmt::Debug for EmitFuture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmitFuture").finish_non_exhaustive()
    }
}

enum Stage {
    Failed(Failure),
    Ready(Ready),
    Waiting(Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>),
    Done,
}

struct Ready {
    connection: Arc<Shared>,
    id: u16,
    frame: Outgoing,
}

impl EmitFuture {
    /// Sends the event without waiting, or fails with `resource_exhausted` when the write queue is full.
    pub fn send_now(mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Ready(Ready { connection, id, frame }) => match connection.try_send_event(id, frame) {
                Ok(None) => Ok(()),
                Ok(Some(_)) => {
                    Err(Error::new(Code::ResourceExhausted, "the write queue is full, so that the event was not sent"))
                }
                Err(failure) => Err(failure.into()),
            },
            Stage::Failed(failure) => Err(failure.into()),
            Stage::Waiting(_) | Stage::Done => Ok(()),
        }
    }
}

impl Future for EmitFuture {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        loop {
            match std::mem::replace(&mut self.stage, Stage::Done) {
                Stage::Failed(failure) => return Poll::Ready(Err(failure.into())),
                Stage::Ready(Ready { connection, id, frame }) => match connection.try_send_event(id, frame) {
                    Ok(None) => return Poll::Ready(Ok(())),
                    Err(failure) => return Poll::Ready(Err(failure.into())),
                    Ok(Some(frame)) => {
                        self.stage = Stage::Waiting(Box::pin(async move {
                            let mut frame = frame;
                            loop {
                                connection.writable().await;
                                match connection.try_send_event(id, frame)? {
                                    None => return Ok(()),
                                    Some(unsent) => frame = unsent,
                                }
                            }
                        }));
                    }
                },
                Stage::Waiting(mut waiting) => match waiting.as_mut().poll(cx) {
                    Poll::Ready(sent) => return Poll::Ready(sent.map_err(Error::from)),
                    Poll::Pending => {
                        self.stage = Stage::Waiting(waiting);
                        return Poll::Pending;
                    }
                },
                Stage::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}

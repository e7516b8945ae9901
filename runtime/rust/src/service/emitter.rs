//! Sending events.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;

use super::ServiceDescriptor;
use crate::codec::{EncodeError, Writer};
use crate::connection::{Counts, Emitted, Meta, MetadataValue, Outgoing, Shared, Trace};
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
        Ok(Ready { connection: Arc::clone(connection), id, frame, meta: None })
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
    /// What goes along; made only where there is any.
    meta: Option<Box<Meta>>,
}

impl Ready {
    fn emit(self) -> Result<Emitted, Failure> {
        let Self { connection, id, frame, meta } = self;
        match meta {
            None => connection.emit(id, frame),
            Some(meta) => connection.emit_with(id, meta, frame),
        }
    }

    /// The same where nothing can wait for the parent's first frame.
    fn emit_now(mut self) -> Result<Emitted, Failure> {
        if self.connection.agreed().is_none()
            && let Some(meta) = self.meta.take()
            && !meta.user.is_empty()
        {
            let message =
                "the parent has not said yet whether it takes metadata; an event that is awaited waits for that";
            return Err(Failure::new(Code::Unavailable, message));
        }
        self.emit()
    }
}

impl EmitFuture {
    fn meta(&mut self) -> Option<&mut Meta> {
        match &mut self.stage {
            Stage::Ready(ready) => Some(ready.meta.get_or_insert_default()),
            _ => None,
        }
    }

    /// Sends a key of the user's beside the event; listeners find it in its context. It fails with `unsupported` where the
    /// parent takes no metadata.
    ///
    /// Before the parent's first frame such an event waits for it, one second at most, and those behind it wait with it.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<MetadataValue>) -> Self {
        if let Some(meta) = self.meta() {
            meta.user.insert(key, value);
        }
        self
    }

    /// The trace that the event belongs to. A parent that takes no metadata does not hear of it.
    pub fn trace(mut self, trace: Trace) -> Self {
        if let Some(meta) = self.meta() {
            meta.trace = trace;
        }
        self
    }

    /// Sends the event without waiting, or fails with `resource_exhausted` when the write queue is full.
    ///
    /// Before the parent's first frame it goes without its trace, and fails with `unavailable` where it has metadata.
    pub fn send_now(mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Ready(ready) => {
                let taken = match ready.emit_now()? {
                    Emitted::Sent => true,
                    Emitted::Full(_) => false,
                    Emitted::Held(place) => place.stay(),
                };
                if taken {
                    return Ok(());
                }
                Err(Error::new(Code::ResourceExhausted, "the write queue is full, so that the event was not sent"))
            }
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
                Stage::Ready(ready) => {
                    let (connection, id) = (Arc::clone(&ready.connection), ready.id);
                    match ready.emit() {
                        Ok(Emitted::Sent) => return Poll::Ready(Ok(())),
                        Err(failure) => return Poll::Ready(Err(failure.into())),
                        Ok(Emitted::Held(place)) => self.stage = Stage::Waiting(Box::pin(place.sent())),
                        Ok(Emitted::Full(frame)) => {
                            self.stage = Stage::Waiting(Box::pin(async move {
                                let mut frame = frame;
                                loop {
                                    connection.writable().await;
                                    match connection.emit(id, frame)? {
                                        Emitted::Sent => return Ok(()),
                                        Emitted::Full(unsent) => frame = unsent,
                                        Emitted::Held(place) => return place.sent().await,
                                    }
                                }
                            }));
                        }
                    }
                }
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

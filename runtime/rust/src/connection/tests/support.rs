//! A service from closures, two ends of a socket pair, and a peer that writes frames by hand.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;
use procwire_idl::shape::Shape;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use crate::client::{Remote, RemoteMethod};
use crate::codec::{Message, to_bytes};
use crate::connection::{Agreed, Closed, Connection, Extensions, Handling, Hello, Limits, Role, Settings, Takes};
use crate::error::{Error, Failure, Throws};
use crate::frame::{Decoder, Flags, Frame, Header};
use crate::service::{
    Announced, Bound, Context, EventDescriptor, Handlers, Incoming, Job, MethodDescriptor, RawAnswer, Response,
    ServiceDescriptor, Services, Wanted, none, stream, unary, unary_raw,
};

type Handler = Box<dyn Fn(Incoming<'_>) -> Result<Job, Failure> + Send + Sync>;

/// A service that is put together from closures.
#[derive(Default)]
pub(super) struct Script {
    methods: Vec<MethodDescriptor>,
    events: Vec<EventDescriptor>,
    handlers: Vec<Handler>,
}

fn any() -> &'static Shape {
    &Shape::Any
}

impl Script {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn method(mut self, name: &'static str, response: Response, raw: bool, handler: Handler) -> Self {
        self.methods.push(MethodDescriptor {
            name,
            response,
            raw,
            request: any,
            answer: any,
            throws: None,
            timeout: None,
            idempotent: false,
            since: None,
            reserved: &[],
        });
        self.handlers.push(handler);
        self
    }

    pub(super) fn event(mut self, name: &'static str) -> Self {
        self.events.push(EventDescriptor { name, raw: false, payload: any, since: None, reserved: &[] });
        self
    }

    fn unary<A, T, E, F, Fut>(self, name: &'static str, response: Response, handler: F) -> Self
    where
        A: Message + Send + 'static,
        T: Message + 'static,
        E: Throws,
        F: Fn(Context, A) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error<E>>> + Send + 'static,
    {
        let handler = move |mut call: Incoming<'_>| {
            let argument = call.bare::<A>()?;
            let handler = handler.clone();
            Ok(unary(call, move |cx| handler(cx, argument)))
        };
        self.method(name, response, false, Box::new(handler))
    }

    pub(super) fn result<A, T, E, F, Fut>(self, name: &'static str, handler: F) -> Self
    where
        A: Message + Send + 'static,
        T: Message + 'static,
        E: Throws,
        F: Fn(Context, A) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error<E>>> + Send + 'static,
    {
        self.unary(name, Response::Result, handler)
    }

    pub(super) fn ack<A, T, E, F, Fut>(self, name: &'static str, handler: F) -> Self
    where
        A: Message + Send + 'static,
        T: Message + 'static,
        E: Throws,
        F: Fn(Context, A) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error<E>>> + Send + 'static,
    {
        self.unary(name, Response::Ack, handler)
    }

    pub(super) fn raw<T, F, Fut>(self, name: &'static str, handler: F) -> Self
    where
        T: RawAnswer + 'static,
        F: Fn(Context, Bytes) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let handler = move |mut call: Incoming<'_>| {
            let argument = call.raw();
            let handler = handler.clone();
            Ok(unary_raw(call, move |cx| handler(cx, argument)))
        };
        self.method(name, Response::Result, true, Box::new(handler))
    }

    pub(super) fn none<A, F, Fut>(self, name: &'static str, handler: F) -> Self
    where
        A: Message + Send + 'static,
        F: Fn(Context, A) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let handler = move |mut call: Incoming<'_>| {
            let argument = call.bare::<A>()?;
            let handler = handler.clone();
            Ok(none(call, move |cx| handler(cx, argument)))
        };
        self.method(name, Response::None, false, Box::new(handler))
    }

    pub(super) fn stream<A, T, E, F, S>(self, name: &'static str, handler: F) -> Self
    where
        A: Message + Send + 'static,
        T: Message + Send + 'static,
        E: Throws,
        F: Fn(Context, A) -> S + Clone + Send + Sync + 'static,
        S: Stream<Item = Result<T, Error<E>>> + Send + 'static,
    {
        let handler = move |mut call: Incoming<'_>| {
            let argument = call.bare::<A>()?;
            let handler = handler.clone();
            Ok(stream(call, move |cx, sink| sink.drain(handler(cx, argument))))
        };
        self.method(name, Response::Stream, false, Box::new(handler))
    }

    pub(super) fn raw_stream<F, S>(self, name: &'static str, handler: F) -> Self
    where
        F: Fn(Context, Bytes) -> S + Clone + Send + Sync + 'static,
        S: Stream<Item = Result<Bytes, Error>> + Send + 'static,
    {
        let handler = move |mut call: Incoming<'_>| {
            let argument = call.raw();
            let handler = handler.clone();
            Ok(stream(call, move |cx, sink| sink.drain_raw(handler(cx, argument))))
        };
        self.method(name, Response::Stream, true, Box::new(handler))
    }

    pub(super) fn bound(self) -> Bound {
        // A descriptor is a constant of the expansion; a test has as many as it has scripts.
        let descriptor = Box::leak(Box::new(ServiceDescriptor {
            name: "Script",
            methods: Vec::leak(self.methods),
            events: Vec::leak(self.events),
            callbacks: &[],
            reserved: &[],
        }));
        Bound::of(Arc::new(self.handlers), descriptor, |handlers, call| handlers[call.method()](call))
    }
}

/// What a test may choose about a connection.
#[derive(Default)]
pub(super) struct Choice {
    pub(super) limits: Limits,
    pub(super) parallel: bool,
    /// What is in force, or offered; nothing is the base protocol.
    pub(super) extensions: Option<Extensions>,
    /// What the child of a parent takes.
    pub(super) peer: Takes,
    /// What a parent answers.
    pub(super) handlers: Handlers,
    /// What a child may call.
    pub(super) callbacks: Vec<Wanted>,
}

impl Choice {
    pub(super) fn limits(change: impl FnOnce(&mut Limits)) -> Self {
        let mut choice = Self::default();
        change(&mut choice.limits);
        choice
    }
}

/// A connection whose driver runs.
pub(super) struct End {
    pub(super) connection: Connection,
    pub(super) driver: JoinHandle<Closed>,
    service: Option<&'static ServiceDescriptor>,
    events: Vec<Option<u16>>,
}

impl End {
    pub(super) fn new(stream: UnixStream, role: Role, service: Option<Bound>, choice: Choice) -> Self {
        let descriptor = service.as_ref().map(Bound::service);
        let Choice { limits, parallel, extensions, peer, handlers, callbacks } = choice;
        let services = Services::new(&Vec::from_iter(service)).unwrap().with_callbacks(&callbacks);
        let events = services.events().map(|(id, _)| Some(id)).collect();
        let offers = extensions.unwrap_or(Extensions::ALL);
        let agreed = (role == Role::Parent).then(|| {
            extensions.map_or_else(Agreed::nothing, |extensions| Agreed {
                extensions,
                peer,
                base: false,
                ..Agreed::nothing()
            })
        });
        let handling = if parallel { Handling::Tasks } else { Handling::Here };
        let settings = Settings { role, services, handlers, offers, agreed, limits, handling, spin: true };
        let (connection, driver) = Connection::new(stream, settings, &[]);
        Self { connection, driver: tokio::spawn(driver), service: descriptor, events }
    }

    /// The service that `server` offers, called over this end.
    pub(super) fn remote(&self, server: &Self) -> Remote {
        remote(&self.connection, server.service.unwrap(), server.events.clone())
    }
}

/// The service with ids as `Services` gives them.
pub(super) fn remote(connection: &Connection, service: &'static ServiceDescriptor, events: Vec<Option<u16>>) -> Remote {
    let methods =
        (1..=service.methods.len()).map(|id| RemoteMethod { id: u16::try_from(id).ok(), timeout: None }).collect();
    Remote::new(connection.clone(), service, methods, events, Arc::new(()))
}

/// A parent and a child that serves `script`.
pub(super) fn pair(script: Script) -> (End, End, Remote) {
    pair_with(script, Choice::default(), Choice::default())
}

/// A parent that answers `callbacks`, and a child that serves `script` and may call them; everything is in force.
pub(super) fn pair_calling(
    script: Script,
    callbacks: &Bound,
    mut parent: Choice,
    mut child: Choice,
) -> (End, End, Remote) {
    let (one, other) = UnixStream::pair().unwrap();
    let extensions = parent.extensions.unwrap_or(Extensions::ALL.without(Extensions::FD));
    child.callbacks = wanted(&[callbacks.service()]);
    let script = script.bound();
    let services = Services::new(std::slice::from_ref(&script)).unwrap().with_callbacks(&child.callbacks);
    parent.handlers.add_bound(callbacks).unwrap();
    parent.handlers.expect(announced(&services)).unwrap();
    parent.extensions = Some(extensions);
    let takes =
        |limits: &Limits| Takes { payload: Some(limits.payload), window: Some(limits.window), tracebacks: false };
    parent.peer = takes(&child.limits);
    let hello = Hello { extensions, takes: takes(&parent.limits), paths: parent.handlers.paths() };
    assert_eq!(one.try_write(&hello.frame()).unwrap(), hello.frame().len());
    let child = End::new(other, Role::Child, Some(script), child);
    let parent = End::new(one, Role::Parent, None, parent);
    let remote = parent.remote(&child);
    (parent, child, remote)
}

pub(super) fn pair_with(script: Script, parent: Choice, child: Choice) -> (End, End, Remote) {
    let (one, other) = UnixStream::pair().unwrap();
    let child = End::new(other, Role::Child, Some(script.bound()), child);
    let parent = End::new(one, Role::Parent, None, parent);
    let remote = parent.remote(&child);
    (parent, child, remote)
}

/// A child that serves `script`, and the hand that writes to it.
pub(super) fn child(script: Script, choice: Choice) -> (End, Hand) {
    let (one, other) = UnixStream::pair().unwrap();
    (End::new(other, Role::Child, Some(script.bound()), choice), Hand::new(one))
}

/// All methods of these, as callbacks that a child may make.
pub(super) fn wanted(scripts: &[&'static ServiceDescriptor]) -> Vec<Wanted> {
    let each = |service: &'static ServiceDescriptor| {
        (0..service.methods.len()).map(move |index| Wanted { service, index, required: false })
    };
    scripts.iter().copied().flat_map(each).collect()
}

/// A child that serves `script` and may call `callbacks`, and the hand that writes to it.
pub(super) fn child_wanting(script: Script, callbacks: Vec<Script>, mut choice: Choice) -> (End, Hand) {
    let services: Vec<_> = callbacks.into_iter().map(|script| script.bound().service()).collect();
    choice.callbacks = wanted(&services);
    child(script, choice)
}

/// A parent that believes that its child serves `script` and calls `answered` and `lost`, of which it answers the former.
pub(super) fn parent_answering(script: Script, answered: Script, lost: Script, choice: Choice) -> (End, Remote, Hand) {
    let (one, other) = UnixStream::pair().unwrap();
    let (bound, answered, lost) = (script.bound(), answered.bound(), lost.bound());
    let callbacks = wanted(&[answered.service(), lost.service()]);
    let services = Services::new(std::slice::from_ref(&bound)).unwrap().with_callbacks(&callbacks);
    let in_force = choice.extensions.unwrap_or(Extensions::NONE);
    choice.handlers.add_bound(&answered).unwrap();
    if in_force.contains(Extensions::CALLBACKS) {
        choice.handlers.expect(announced(&services)).unwrap();
    }
    let parent = End::new(other, Role::Parent, None, choice);
    let events = services.events().map(|(id, _)| Some(id)).collect();
    let remote = remote(&parent.connection, bound.service(), events);
    (parent, remote, Hand::new(one))
}

/// The callbacks of a child, as its parent hears of them.
pub(super) fn announced(services: &Services) -> HashMap<u16, Announced> {
    let one = |(id, wanted): (u16, &Wanted)| {
        let MethodDescriptor { name, response, raw, .. } = *wanted.method();
        (id, Announced { path: name.to_owned(), response, raw, required: wanted.required })
    };
    services.callbacks().map(one).collect()
}

/// A parent that believes that its child serves `script`, and the hand that answers it.
pub(super) fn parent(script: Script, choice: Choice) -> (End, Remote, Hand) {
    let (one, other) = UnixStream::pair().unwrap();
    let bound = script.bound();
    let services = Services::new(std::slice::from_ref(&bound)).unwrap();
    let parent = End::new(other, Role::Parent, None, choice);
    let events = services.events().map(|(id, _)| Some(id)).collect();
    let remote = remote(&parent.connection, bound.service(), events);
    (parent, remote, Hand::new(one))
}

/// A peer that writes and reads frames by hand.
pub(super) struct Hand {
    pub(super) stream: UnixStream,
    decoder: Decoder,
}

impl Hand {
    fn new(stream: UnixStream) -> Self {
        Self { stream, decoder: Decoder::new(u32::MAX) }
    }

    /// Takes frames with metadata.
    pub(super) fn takes_metadata(&mut self) {
        self.decoder.allow_metadata();
    }

    pub(super) async fn send(&mut self, id: u16, flags: u8, request: u32, payload: &[u8]) {
        self.stream.write_all(&frame(id, flags, request, payload)).await.unwrap();
    }

    pub(super) async fn send_value<T: Message>(&mut self, id: u16, flags: u8, request: u32, value: &T) {
        self.send(id, flags, request, &to_bytes(value).unwrap()).await;
    }

    /// The next frame; `None` at the end of the connection.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.decoder.next_frame().unwrap() {
                return Some(frame);
            }
            let mut bytes = vec![0; 64 * 1024];
            match self.stream.read(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.decoder.push(&bytes[..count]),
            }
        }
    }

    /// The next frame as id, flags, request and payload.
    pub(super) async fn frame(&mut self) -> (u16, u8, u32, Bytes) {
        let Frame { header, payload } = self.next().await.expect("the connection is open");
        (header.id, header.flags.bits(), header.request, payload)
    }
}

pub(super) fn frame(id: u16, flags: u8, request: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    let mut bytes = Header { id, flags: Flags::from_bits(flags), request, length }.encode().to_vec();
    bytes.extend_from_slice(payload);
    bytes
}

pub(super) fn value<T: Message>(value: &T) -> Bytes {
    to_bytes(value).unwrap()
}

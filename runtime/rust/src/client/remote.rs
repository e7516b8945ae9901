//! One service of one peer.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Call, Events, StreamCall};
use crate::codec::expand::Codec;
use crate::codec::{DecodeError, Message, Reader, Writer, from_bytes};
use crate::connection::{Connection, Extensions, Outgoing, ServedCall};
use crate::error::{Code, Failure, Throws};
use crate::parent::{FOR_EVER, SpawnError};
use crate::service::{MethodDescriptor, RawAnswer, Response, ServiceDescriptor, not_announced};

/// What a generated client is made of.
pub trait Client: Sized {
    /// The service that it calls.
    const SERVICE: &'static ServiceDescriptor;

    /// All services that it calls: the one, but for a client of a module.
    const SERVICES: &'static [&'static ServiceDescriptor] = &[Self::SERVICE];

    /// A client of this service of a peer.
    fn from_remote(remote: Remote) -> Self;

    /// The service of the peer.
    fn remote(&self) -> &Remote;

    /// The same for a client of several services, of which the peer may lack one.
    fn try_from_remote(remote: Remote) -> Result<Self, SpawnError> {
        Ok(Self::from_remote(remote))
    }
}

/// One service of one peer, with the ids that the peer gave it. Cloning is cheap.
#[derive(Clone)]
pub struct Remote {
    inner: Arc<Inner>,
    /// The call that calls are made for.
    scope: Option<Arc<ServedCall>>,
    /// The peer is a parent, and these are its callbacks.
    of_parent: bool,
}

struct Inner {
    connection: Connection,
    service: &'static ServiceDescriptor,
    methods: Vec<RemoteMethod>,
    events: Vec<Option<u16>>,
    /// Lives as long as a client does, such as the process of the peer.
    keep: Arc<dyn Any + Send + Sync>,
}

/// What is known of one method of the peer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RemoteMethod {
    /// `None` where the peer has no such method.
    pub(crate) id: Option<u16>,
    /// The time limit that the peer announced.
    pub(crate) timeout: Option<Duration>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("service", &self.inner.service.name).finish_non_exhaustive()
    }
}

impl Remote {
    /// The service over `connection`; `methods` and `events` stand in the order of its descriptor.
    pub(crate) fn new(
        connection: Connection,
        service: &'static ServiceDescriptor,
        methods: Vec<RemoteMethod>,
        events: Vec<Option<u16>>,
        keep: Arc<dyn Any + Send + Sync>,
    ) -> Self {
        let inner = Inner { connection, service, methods, events, keep };
        Self { inner: Arc::new(inner), scope: None, of_parent: false }
    }

    /// The same service, offered by a parent.
    pub(crate) fn of_parent(mut self) -> Self {
        self.of_parent = true;
        self
    }

    /// The same service, called for another call.
    pub(crate) fn within(mut self, scope: Option<Arc<ServedCall>>) -> Self {
        self.scope = scope;
        self
    }

    /// The call that calls are made for.
    #[inline]
    pub(super) fn scope(&self) -> Option<&Arc<ServedCall>> {
        self.scope.as_ref()
    }

    /// Whether it must first be known what is in force.
    #[inline]
    pub(super) fn is_unsettled(&self) -> bool {
        self.of_parent && self.connection().shared().agreed().is_none()
    }

    /// Fails where the peer is a parent that answers no callbacks.
    pub(super) fn check_parent(&self, index: usize) -> Result<(), Failure> {
        let shared = self.connection().shared();
        if !self.of_parent || shared.agreed_on(Extensions::CALLBACKS) || shared.is_over() {
            return Ok(());
        }
        let failure = shared.unsupported(Extensions::CALLBACKS, "answers no callbacks");
        Err(Failure::new(failure.code(), format!("{}: {}", self.method_name(index), failure.message())))
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &'static ServiceDescriptor {
        self.inner.service
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.inner.connection
    }

    /// What lives as long as the clients do.
    pub(crate) fn keep(&self) -> &Arc<dyn Any + Send + Sync> {
        &self.inner.keep
    }

    pub(super) fn method(&self, index: usize) -> &'static MethodDescriptor {
        &self.inner.service.methods[index]
    }

    /// `Trading.place`, as messages name the method.
    pub(super) fn method_name(&self, index: usize) -> String {
        let name = self.method(index).name;
        // A path says its namespace itself.
        if self.of_parent { name.to_owned() } else { format!("{}.{name}", self.inner.service.name) }
    }

    /// `Trading/place`, as conventions for traces write it.
    #[cold]
    pub(super) fn rpc_name(&self, index: usize) -> String {
        rpc_name(self.inner.service, self.method(index), self.of_parent)
    }

    #[cold]
    fn no_method(&self, index: usize) -> Failure {
        if self.of_parent {
            return not_announced(self.method(index).name);
        }
        Failure::new(Code::Unsupported, format!("the peer has no method {}", self.method_name(index)))
    }

    /// The id of a method and its time limit where the call says none.
    #[inline]
    pub(super) fn resolve(&self, index: usize) -> Result<(u16, Option<Duration>), Failure> {
        if self.of_parent {
            self.check_parent(index)?;
        }
        let RemoteMethod { id, timeout } = self.inner.methods[index];
        let id = id.ok_or_else(|| self.no_method(index))?;
        let timeout = match self.method(index).response {
            Response::Result | Response::Ack => {
                let said = timeout.or(self.method(index).timeout);
                said.or(self.connection().shared().limits().call_timeout)
            }
            Response::Stream => timeout.or(self.method(index).timeout),
            Response::None => None,
        };
        Ok((id, timeout))
    }

    /// Whether the schema says how long a call may take, and not only this connection's limits.
    #[inline]
    pub(super) fn names_timeout(&self, index: usize) -> bool {
        let said = self.inner.methods[index].timeout.or(self.method(index).timeout);
        said.is_some_and(|said| said < FOR_EVER)
    }

    /// Whether the peer has the method or the event of this name on the wire.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let Inner { service, methods, events, .. } = &*self.inner;
        let method = service.methods.iter().position(|method| method.name == name);
        let event = service.events.iter().position(|event| event.name == name);
        method.is_some_and(|index| methods[index].id.is_some()) || event.is_some_and(|index| events[index].is_some())
    }

    /// Whether constraints are checked before a request is sent.
    #[inline]
    #[must_use]
    pub fn checks_sent(&self) -> bool {
        self.connection().shared().limits().check_sent
    }

    /// Calls the method number `index` with the arguments that `encode` writes. A method that answers nothing is done
    /// when its request is handed over.
    pub fn call<T: Message, E: Throws>(&self, index: usize, encode: impl FnOnce(&mut Writer)) -> Call<'_, T, E> {
        Call::new(self, index, Outgoing::encode(encode), decode_message::<T>)
    }

    /// The same for an answer that `decode` reads, whatever its codec is.
    pub fn call_with<T, E: Throws>(
        &self,
        index: usize,
        encode: impl FnOnce(&mut Writer),
        decode: Decode<T>,
    ) -> Call<'_, T, E> {
        Call::new(self, index, Outgoing::encode(encode), decode)
    }

    /// Calls the raw method number `index` with a payload as it is.
    pub fn call_raw<T: RawAnswer, E: Throws>(&self, index: usize, payload: Bytes) -> Call<'_, T, E> {
        Call::new(self, index, Ok(Outgoing::raw(payload)), decode_raw::<T>)
    }

    /// Opens the stream number `index` with the arguments that `encode` writes.
    pub fn stream<T: Message, E: Throws>(
        &self,
        index: usize,
        encode: impl FnOnce(&mut Writer),
    ) -> StreamCall<'_, T, E> {
        StreamCall::new(self, index, Outgoing::encode(encode), decode_item::<T>)
    }

    /// The same for items that `decode` reads, whatever their codec is.
    pub fn stream_with<T, E: Throws>(
        &self,
        index: usize,
        encode: impl FnOnce(&mut Writer),
        decode: DecodeItem<T>,
    ) -> StreamCall<'_, T, E> {
        StreamCall::new(self, index, Outgoing::encode(encode), decode)
    }

    /// Opens the raw stream number `index` with a payload as it is.
    pub fn stream_raw<E: Throws>(&self, index: usize, payload: Bytes) -> StreamCall<'_, Bytes, E> {
        StreamCall::new(self, index, Ok(Outgoing::raw(payload)), raw_item)
    }

    /// Subscribes to the event number `index`.
    pub fn events<T: Message>(&self, index: usize) -> Events<T> {
        Events::new(self, self.inner.events[index], decode_message::<T>)
    }

    /// The same for a payload that `decode` reads, whatever its codec is.
    pub fn events_with<T>(&self, index: usize, decode: Decode<T>) -> Events<T> {
        Events::new(self, self.inner.events[index], decode)
    }

    /// Subscribes to the raw event number `index`.
    pub fn events_raw(&self, index: usize) -> Events<Bytes> {
        Events::new(self, self.inner.events[index], decode_raw::<Bytes>)
    }
}

/// `Trading/place`; the name of a callback is a path, which says its namespace itself.
pub(crate) fn rpc_name(service: &ServiceDescriptor, method: &MethodDescriptor, is_path: bool) -> String {
    match method.name.rsplit_once('.').filter(|_| is_path) {
        Some((namespace, name)) => format!("{namespace}/{name}"),
        None => format!("{}/{}", service.name, method.name),
    }
}

/// Reads a whole payload.
pub type Decode<T> = fn(Bytes) -> Result<T, DecodeError>;

/// Reads the item that lies at a range of a piece of memory.
pub type DecodeItem<T> = fn(&Bytes, std::ops::Range<usize>) -> Result<T, DecodeError>;

#[expect(clippy::needless_pass_by_value, reason = "the signature is that of all decoders")]
fn decode_message<T: Message>(payload: Bytes) -> Result<T, DecodeError> {
    from_bytes(&payload)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of all decoders")]
fn decode_raw<T: RawAnswer>(payload: Bytes) -> Result<T, DecodeError> {
    Ok(T::from_payload(payload))
}

fn decode_item<T: Message>(memory: &Bytes, range: std::ops::Range<usize>) -> Result<T, DecodeError> {
    let mut reader = Reader::over(memory, range);
    let item = T::decode(&mut reader)?;
    reader.finish()?;
    Ok(item)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of all decoders")]
fn raw_item(memory: &Bytes, range: std::ops::Range<usize>) -> Result<Bytes, DecodeError> {
    // A short item shares its memory with thousands of others, which it must not keep alive.
    let item = if range.len() == memory.len() { memory.clone() } else { Bytes::copy_from_slice(&memory[range]) };
    Ok(item)
}

/// The value of a payload, by the codec that the macro picked.
pub fn read_payload<T>(codec: impl Codec<T>, payload: &Bytes) -> Result<T, DecodeError> {
    let mut reader = Reader::new(payload);
    let value = codec.decode(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// The same for an item, which lies among others.
pub fn read_item<T>(codec: impl Codec<T>, memory: &Bytes, range: std::ops::Range<usize>) -> Result<T, DecodeError> {
    let mut reader = Reader::over(memory, range);
    let item = codec.decode(&mut reader)?;
    reader.finish()?;
    Ok(item)
}

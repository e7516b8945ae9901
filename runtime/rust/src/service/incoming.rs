//! A request that has arrived and whose arguments are still bytes.

use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{DecodeError, Message, Reader};
use crate::connection::ServedCall;
use crate::error::{Code, Failure};

/// A request on its way to its handler.
#[derive(Debug)]
pub struct Incoming<'a> {
    method: usize,
    payload: Bytes,
    call: Arc<ServedCall>,
    frame: PhantomData<&'a ()>,
}

impl Incoming<'_> {
    pub(crate) fn new(method: usize, payload: Bytes, call: Arc<ServedCall>) -> Self {
        Self { method, payload, call, frame: PhantomData }
    }

    /// The method's index in the service's descriptor.
    #[must_use]
    pub fn method(&self) -> usize {
        self.method
    }

    /// Reads the arguments with `read`, and makes sure that nothing follows them.
    pub fn arguments<T>(&mut self, read: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>) -> Result<T, Failure> {
        let mut reader = Reader::new(&self.payload);
        let arguments = read(&mut reader).and_then(|arguments| reader.finish().map(|()| arguments));
        arguments.map_err(|error| self.undecodable(&error))
    }

    /// Reads the one argument that is the payload.
    pub fn bare<T: Message>(&mut self) -> Result<T, Failure> {
        self.arguments(T::decode)
    }

    /// The payload as it is.
    #[must_use]
    pub fn raw(&mut self) -> Bytes {
        std::mem::take(&mut self.payload)
    }

    /// The failure of a call whose method the dispatcher does not know.
    #[must_use]
    pub fn unknown(self) -> Failure {
        Failure::new(Code::NotFound, format!("{} has no method number {}", self.call.service().name, self.method))
    }

    #[cold]
    fn undecodable(&self, error: &DecodeError) -> Failure {
        Failure::new(Code::InvalidArgument, format!("{} request: {error}", self.call.name()))
    }

    pub(super) fn into_call(self) -> Arc<ServedCall> {
        self.call
    }
}

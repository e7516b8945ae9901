//! A request that has arrived and whose arguments are still bytes.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{DecodeError, Message, Reader};
use crate::connection::ServedCall;
use crate::error::{Code, Failure};

/// A raw payload from this length on is a slice of what was read; a shorter one is copied.
const SLICED: usize = 16 * 1024;

/// A request on its way to its handler.
#[derive(Debug)]
pub struct Incoming<'a> {
    method: usize,
    /// What the payload is a part of.
    memory: &'a Bytes,
    payload: Range<usize>,
    call: Arc<ServedCall>,
}

impl<'a> Incoming<'a> {
    pub(crate) fn new(method: usize, memory: &'a Bytes, payload: Range<usize>, call: Arc<ServedCall>) -> Self {
        Self { method, memory, payload, call }
    }

    /// The method's index in the service's descriptor.
    #[must_use]
    pub fn method(&self) -> usize {
        self.method
    }

    /// Whether constraints are checked before an answer is sent.
    #[must_use]
    pub fn checks_sent(&self) -> bool {
        self.call.shared().limits().check_sent
    }

    /// Reads the arguments with `read`, and makes sure that nothing follows them.
    pub fn arguments<T>(&mut self, read: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>) -> Result<T, Failure> {
        let mut reader = Reader::over(self.memory, self.payload.clone());
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
        // A slice keeps the whole read buffer alive, which is a poor bargain for a few bytes.
        if self.payload.len() >= SLICED || self.payload.len() == self.memory.len() {
            self.memory.slice(self.payload.clone())
        } else {
            Bytes::copy_from_slice(&self.memory[self.payload.clone()])
        }
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

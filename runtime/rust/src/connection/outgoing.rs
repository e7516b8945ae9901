//! One frame on its way out: room for its header, and its payload.

use std::cell::RefCell;

use bytes::Bytes;

use crate::codec::{EncodeError, Writer};
use crate::frame::{HEADER_LENGTH, Header};

/// A body from this length on is not copied.
const SEGMENT: usize = 32 * 1024;
/// Buffers that a thread keeps for the next frames.
const KEPT: usize = 32;
/// A buffer that grew above this is not kept.
const LARGEST_KEPT: usize = 16 * 1024;

thread_local! {
    static BUFFERS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

fn take_buffer() -> Vec<u8> {
    BUFFERS.with_borrow_mut(Vec::pop).unwrap_or_else(|| Vec::with_capacity(256))
}

/// A frame whose header is filled in once its request id is known.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Begins with the header.
    pub(super) buffer: Vec<u8>,
    /// Bodies that were not copied, each with the place in `buffer` before which it belongs.
    pub(super) segments: Vec<(usize, Bytes)>,
    payload: usize,
}

impl Outgoing {
    pub(crate) fn encode(encode: impl FnOnce(&mut Writer)) -> Result<Self, EncodeError> {
        let mut writer = Writer::with_buffer(take_buffer());
        writer.raw(&[0; HEADER_LENGTH]);
        encode(&mut writer);
        let payload = writer.len() - HEADER_LENGTH;
        let encoded = writer.finish()?;
        Ok(Self { buffer: encoded.buffer, segments: encoded.segments, payload })
    }

    /// A payload that is on the wire as it is.
    pub(crate) fn raw(payload: Bytes) -> Self {
        let mut buffer = take_buffer();
        buffer.extend_from_slice(&[0; HEADER_LENGTH]);
        let length = payload.len();
        let mut segments = Vec::new();
        if length < SEGMENT {
            buffer.extend_from_slice(&payload);
        } else {
            segments.push((HEADER_LENGTH, payload));
        }
        Self { buffer, segments, payload: length }
    }

    /// Bytes of its payload.
    pub(crate) fn payload(&self) -> usize {
        self.payload
    }

    /// Bytes on the wire.
    pub(super) fn len(&self) -> usize {
        self.payload + HEADER_LENGTH
    }

    /// Fills in the header, whose length is the payload's.
    pub(super) fn address(&mut self, mut header: Header) {
        debug_assert!(u32::try_from(self.payload).is_ok(), "the limit was checked before");
        header.length = u32::try_from(self.payload).unwrap_or(u32::MAX);
        self.buffer[..HEADER_LENGTH].copy_from_slice(&header.encode());
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        if (1..=LARGEST_KEPT).contains(&buffer.capacity()) {
            buffer.clear();
            // A thread that ends has no place for it any more.
            let _ = BUFFERS.try_with(|buffers| {
                let mut buffers = buffers.borrow_mut();
                if buffers.len() < KEPT {
                    buffers.push(buffer);
                }
            });
        }
    }
}

//! One frame on its way out: room for its header, and its payload.

use std::cell::RefCell;

use bytes::Bytes;

use crate::codec::{EncodeError, Writer};
use crate::frame::{Flags, HEADER_LENGTH, Header};

/// A body from this length on is not copied.
const SEGMENT: usize = 32 * 1024;
/// Where the flags of a frame stand.
const FLAGS: usize = 2;
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Outgoing {
    /// Begins with the header.
    pub(super) buffer: Vec<u8>,
    /// Bodies that were not copied. A frame is moved several times on its way out, so that it had better be short.
    pub(super) segments: Option<Box<Segments>>,
}

/// Bodies that were not copied, each with the place in the buffer before which it belongs.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    pub(super) bodies: Vec<(usize, Bytes)>,
    length: usize,
}

impl Segments {
    fn new(bodies: Vec<(usize, Bytes)>) -> Option<Box<Self>> {
        if bodies.is_empty() {
            return None;
        }
        let length = bodies.iter().map(|(_, body)| body.len()).sum();
        Some(Box::new(Self { bodies, length }))
    }
}

impl Outgoing {
    #[inline]
    pub(crate) fn encode(encode: impl FnOnce(&mut Writer)) -> Result<Self, EncodeError> {
        let mut writer = Writer::with_buffer(take_buffer());
        writer.raw(&[0; HEADER_LENGTH]);
        encode(&mut writer);
        let encoded = writer.finish()?;
        Ok(Self { buffer: encoded.buffer, segments: Segments::new(encoded.segments) })
    }

    /// A payload that is on the wire as it is.
    pub(crate) fn raw(payload: Bytes) -> Self {
        let mut buffer = take_buffer();
        buffer.extend_from_slice(&[0; HEADER_LENGTH]);
        let mut segments = Vec::new();
        if payload.len() < SEGMENT {
            buffer.extend_from_slice(&payload);
        } else {
            segments.push((HEADER_LENGTH, payload));
        }
        Self { buffer, segments: Segments::new(segments) }
    }

    /// Bytes of its payload.
    #[inline]
    pub(crate) fn payload(&self) -> usize {
        self.len() - HEADER_LENGTH
    }

    /// Bytes on the wire.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.buffer.len() + self.segments.as_ref().map_or(0, |segments| segments.length)
    }

    /// Puts metadata, with its length before it, in front of the payload. Only once, and before the frame is addressed.
    pub(crate) fn take_along(&mut self, metadata: &[u8]) {
        self.buffer.splice(HEADER_LENGTH..HEADER_LENGTH, metadata.iter().copied());
        for (at, _) in self.segments.iter_mut().flat_map(|segments| &mut segments.bodies) {
            *at += metadata.len();
        }
        self.buffer[FLAGS] = Flags::META.bits();
    }

    /// Fills in the header, whose length is the payload's.
    #[inline]
    pub(super) fn address(&mut self, mut header: Header) {
        let payload = self.payload();
        header.flags = header.flags | Flags::from_bits(self.buffer[FLAGS] & Flags::META.bits());
        debug_assert!(u32::try_from(payload).is_ok(), "the limit was checked before");
        header.length = u32::try_from(payload).unwrap_or(u32::MAX);
        self.buffer[..HEADER_LENGTH].copy_from_slice(&header.encode());
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.recycle();
    }
}

impl Outgoing {
    /// Gives the buffer to the next frame.
    pub(super) fn recycle(&mut self) {
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

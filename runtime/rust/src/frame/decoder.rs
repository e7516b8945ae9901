//! Bytes in, whole frames out.

use std::ops::Range;

use bytes::buf::Limit;
use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::{HEADER_LENGTH, Header, MAXIMUM_PAYLOAD_LIMIT, WireError};

/// Bytes that one read may bring: 64 calls of 1 KB, and less than what an allocator takes from the system each time.
const CHUNK: usize = 120 * 1024;
/// A read with less room than this is not worth a system call.
const LEAST_SPACE: usize = 8 * 1024;
/// A body from this length on gets a buffer of its own, which it is read into directly.
const LARGE: usize = 64 * 1024;
/// What is reserved for a large body before any of it has arrived.
const FIRST_RESERVE: usize = 1024 * 1024;
/// The largest buffer that is kept for the next large body.
const LARGEST_SPARE: usize = 32 * 1024 * 1024;
/// Frames without a large body after which the spare buffer is given back.
const SPARE_LIFE: u32 = 4096;

/// One whole frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its header.
    pub header: Header,
    /// Its payload, as long as the header says.
    pub payload: Bytes,
}

/// Whole frames that lie in one piece of memory.
#[derive(Debug)]
pub struct Batch {
    memory: Bytes,
    position: usize,
    /// The header of a large body, which then is all of the memory.
    large: Option<Header>,
}

impl Batch {
    /// The next frame: its header, and where in [`Batch::memory`] its payload lies.
    #[expect(clippy::should_implement_trait, reason = "a batch is no iterator: what it gives is a place in itself")]
    #[inline]
    pub fn next(&mut self) -> Option<(Header, Range<usize>)> {
        if let Some(header) = self.large.take() {
            return Some((header, 0..self.memory.len()));
        }
        let header = self.memory.get(self.position..)?.first_chunk()?;
        // The decoder looked at it before.
        let header = Header::decode_with(header, true).ok()?;
        let start = self.position + HEADER_LENGTH;
        self.position = start + header.length as usize;
        Some((header, start..self.position))
    }

    /// The header of the next frame, which stays the next one.
    #[must_use]
    pub fn peek(&self) -> Option<Header> {
        if self.large.is_some() {
            return self.large;
        }
        Header::decode_with(self.memory.get(self.position..)?.first_chunk()?, true).ok()
    }

    /// What the payloads are parts of.
    #[must_use]
    pub fn memory(&self) -> &Bytes {
        &self.memory
    }

    /// A payload as a value of its own: a slice.
    #[must_use]
    pub fn payload(&self, range: Range<usize>) -> Bytes {
        self.memory.slice(range)
    }
}

/// Where the next bytes belong; never larger than what may arrive there.
pub type Space<'a> = Limit<&'a mut BytesMut>;

/// Cuts a stream of bytes into frames.
#[derive(Debug)]
pub struct Decoder {
    buffer: BytesMut,
    body: Option<Body>,
    limit: u32,
    /// Frames may begin with metadata.
    metadata: bool,
    spare: Option<Bytes>,
    since_large: u32,
    failed: Option<WireError>,
}

/// A large payload of which some has arrived.
#[derive(Debug)]
struct Body {
    header: Header,
    bytes: BytesMut,
}

impl Body {
    fn missing(&self) -> usize {
        self.header.length as usize - self.bytes.len()
    }
}

impl Decoder {
    /// A decoder that takes payloads up to `limit` bytes, at most 2 GiB - 1.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self {
            buffer: BytesMut::new(),
            body: None,
            limit: limit.min(MAXIMUM_PAYLOAD_LIMIT),
            metadata: false,
            spare: None,
            since_large: 0,
            failed: None,
        }
    }

    /// Takes frames that begin with metadata, from the next one on that was not taken yet.
    pub fn allow_metadata(&mut self) {
        self.metadata = true;
    }

    /// Adds bytes as they came, in pieces of any size.
    pub fn push(&mut self, mut bytes: &[u8]) {
        if let Some(body) = &mut self.body {
            let (of_body, rest) = bytes.split_at(body.missing().min(bytes.len()));
            body.bytes.extend_from_slice(of_body);
            bytes = rest;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Room for a read in place: what is written there is pushed.
    pub fn space(&mut self) -> Space<'_> {
        if let Some(body) = &mut self.body
            && body.missing() > 0
        {
            if body.bytes.capacity() == body.bytes.len() {
                // Grows with what has arrived, since the announced length may be a lie.
                let more = body.bytes.len().max(FIRST_RESERVE).min(body.missing());
                body.bytes.reserve(more);
            }
            let room = (body.bytes.capacity() - body.bytes.len()).min(body.missing());
            return (&mut body.bytes).limit(room);
        }
        let wanted = CHUNK.saturating_sub(self.buffer.len()).max(LEAST_SPACE);
        let free = self.buffer.capacity() - self.buffer.len();
        if !self.buffer.try_reclaim(wanted) && free < LEAST_SPACE {
            self.buffer.reserve(wanted);
        }
        let free = self.buffer.capacity() - self.buffer.len();
        (&mut self.buffer).limit(free)
    }

    /// Takes the next whole frame; `None` until more bytes come. After an error there is only that error.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, WireError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(body) = &self.body {
            return Ok(if body.missing() == 0 { self.take_body() } else { None });
        }
        let Some(bytes) = self.buffer.first_chunk::<HEADER_LENGTH>() else {
            return Ok(None);
        };
        let header = match Header::decode_with(bytes, self.metadata)
            .and_then(|header| header.admit(self.limit).map(|()| header))
        {
            Ok(header) => header,
            Err(error) => {
                self.failed = Some(error);
                self.buffer = BytesMut::new();
                return Err(error);
            }
        };
        let length = header.length as usize;
        if self.buffer.len() - HEADER_LENGTH >= length {
            self.buffer.advance(HEADER_LENGTH);
            let payload = self.buffer.split_to(length).freeze();
            self.age_spare(1);
            return Ok(Some(Frame { header, payload }));
        }
        if length >= LARGE {
            self.buffer.advance(HEADER_LENGTH);
            let mut bytes = self.take_spare(length);
            bytes.extend_from_slice(&self.buffer);
            self.buffer.clear();
            self.body = Some(Body { header, bytes });
        }
        Ok(None)
    }

    /// Takes all frames that are whole; `None` until more bytes come. After an error there is only that error.
    ///
    /// It is what [`Decoder::next_frame`] does, for the price of one frame.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, WireError> {
        let (mut end, mut count) = (0, 0);
        if self.failed.is_none() && self.body.is_none() {
            while let Some(header) = self.buffer[end..].first_chunk() {
                let Ok(header) = Header::decode_with(header, self.metadata) else { break };
                let whole = HEADER_LENGTH + header.length as usize;
                if header.length > self.limit || self.buffer.len() - end < whole {
                    break;
                }
                end += whole;
                count += 1;
            }
        }
        if end > 0 {
            self.age_spare(count);
            let memory = self.buffer.split_to(end).freeze();
            return Ok(Some(Batch { memory, position: 0, large: None }));
        }
        // A large body, the begin of one, or an error.
        Ok(self.next_frame()?.map(|Frame { header, payload }| Batch {
            position: payload.len(),
            memory: payload,
            large: Some(header),
        }))
    }

    /// Whether the next frame is whole, or an error.
    #[must_use]
    pub fn has_frame(&self) -> bool {
        if self.failed.is_some() {
            return true;
        }
        if let Some(body) = &self.body {
            return body.missing() == 0;
        }
        let Some(bytes) = self.buffer.first_chunk::<HEADER_LENGTH>() else {
            return false;
        };
        match Header::decode_with(bytes, self.metadata).and_then(|header| header.admit(self.limit).map(|()| header)) {
            Ok(header) => self.buffer.len() - HEADER_LENGTH >= header.length as usize,
            Err(_) => true,
        }
    }

    /// Bytes that arrived and were not taken as frames.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len() + self.body.as_ref().map_or(0, |body| HEADER_LENGTH + body.bytes.len())
    }

    fn take_body(&mut self) -> Option<Frame> {
        let Body { header, bytes } = self.body.take()?;
        let reusable = bytes.capacity() <= LARGEST_SPARE;
        let payload = bytes.freeze();
        self.since_large = 0;
        self.spare = reusable.then(|| payload.clone());
        Some(Frame { header, payload })
    }

    /// A buffer for a large body: the last one where nobody holds it any more, since fresh pages cost more than the copy.
    fn take_spare(&mut self, length: usize) -> BytesMut {
        match self.spare.take().map(Bytes::try_into_mut) {
            Some(Ok(mut spare)) => {
                spare.clear();
                spare
            }
            _ => BytesMut::with_capacity(length.min(FIRST_RESERVE)),
        }
    }

    fn age_spare(&mut self, frames: u32) {
        if self.spare.is_some() {
            self.since_large += frames;
            if self.since_large > SPARE_LIFE {
                self.spare = None;
            }
        }
    }
}

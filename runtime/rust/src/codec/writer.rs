//! Writer: MsgPack into one growing buffer, with large bodies kept aside as they are.
//!
//! It writes the shortest form of everything. Writing never fails at the place: the first failure is kept, nothing
//! after it is written, and [`Writer::finish`] tells it.

use bytes::Bytes;

use super::buffer::{put, put_text};
use super::error::EncodeError;
use super::limits::{DEPTH, FORBIDDEN_KEY, SEGMENT};
use super::packed;
use super::reader::Reader;

/// Collects values in their wire form.
#[derive(Debug, Default)]
pub struct Writer {
    buffer: Vec<u8>,
    /// Bodies that were not copied, each with the place in `buffer` before which it belongs.
    segments: Vec<(usize, Bytes)>,
    segmented: usize,
    depth: u32,
    chain: u32,
    chain_at: usize,
    error: Option<EncodeError>,
}

/// A place in a writer that it can return to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    buffer: usize,
    segments: usize,
    segmented: usize,
}

/// What a writer collected.
#[derive(Debug, Default)]
pub struct Encoded {
    /// Everything but the segments.
    pub buffer: Vec<u8>,
    /// Bodies that were not copied, each with the place in `buffer` before which it belongs, in order.
    pub segments: Vec<(usize, Bytes)>,
}

impl Encoded {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buffer.len() + self.segments.iter().map(|(_, body)| body.len()).sum::<usize>()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of it in one piece; copies only where there are segments.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        if self.segments.is_empty() {
            return Bytes::from(self.buffer);
        }
        let mut whole = Vec::with_capacity(self.len());
        for piece in self.into_pieces() {
            whole.extend_from_slice(&piece);
        }
        Bytes::from(whole)
    }

    /// The pieces in wire order, none of them copied.
    #[must_use]
    pub fn into_pieces(self) -> Vec<Bytes> {
        let buffer = Bytes::from(self.buffer);
        let mut pieces = Vec::with_capacity(self.segments.len() * 2 + 1);
        let mut start = 0;
        for (at, body) in self.segments {
            if at > start {
                pieces.push(buffer.slice(start..at));
                start = at;
            }
            pieces.push(body);
        }
        if buffer.len() > start {
            pieces.push(buffer.slice(start..));
        }
        pieces
    }
}

#[allow(clippy::cast_possible_truncation, reason = "what is shortened was checked to be short")]
impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        // Most payloads are small, and a buffer that grows byte by byte costs more than they do.
        Self::with_buffer(Vec::with_capacity(128))
    }

    /// A writer that appends to `buffer`, so that its memory is used again.
    #[must_use]
    #[inline]
    pub fn with_buffer(buffer: Vec<u8>) -> Self {
        Self { buffer, ..Self::default() }
    }

    /// Bytes collected so far, segments counted.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.buffer.len() + self.segmented
    }

    /// Whether nothing was collected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was collected, or the first failure.
    #[inline]
    pub fn finish(self) -> Result<Encoded, EncodeError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(Encoded { buffer: self.buffer, segments: self.segments }),
        }
    }

    /// Where the writer stands now. Several payloads may follow each other in one writer.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { buffer: self.buffer.len(), segments: self.segments.len(), segmented: self.segmented }
    }

    /// Bytes written since `mark`, segments counted.
    #[must_use]
    pub fn written_since(&self, mark: Mark) -> usize {
        (self.buffer.len() - mark.buffer) + (self.segmented - mark.segmented)
    }

    /// Drops what was written since `mark`.
    pub fn rewind(&mut self, mark: Mark) {
        self.buffer.truncate(mark.buffer);
        self.segments.truncate(mark.segments);
        self.segmented = mark.segmented;
        self.chain_at = usize::MAX;
    }

    /// Replaces bytes that were written with [`Writer::raw`] right after `mark`, such as a frame's header.
    pub fn patch(&mut self, mark: Mark, bytes: &[u8]) {
        if let Some(place) = self.buffer.get_mut(mark.buffer..mark.buffer + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// Takes the first failure, if any, so that the writer can go on with the next payload.
    pub fn take_error(&mut self) -> Option<EncodeError> {
        self.depth = 0;
        self.chain_at = usize::MAX;
        self.error.take()
    }

    /// Takes what was collected and leaves `spare` in its place, whose memory is used next.
    pub fn take(&mut self, spare: Vec<u8>) -> Encoded {
        self.segmented = 0;
        Encoded { buffer: std::mem::replace(&mut self.buffer, spare), segments: std::mem::take(&mut self.segments) }
    }

    /// Keeps a failure; the first one counts.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, error: EncodeError) {
        self.error.get_or_insert(error);
    }

    /// Bytes that are MsgPack already.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes of MsgPack that are not copied when they are many.
    pub fn raw_bytes(&mut self, bytes: &Bytes) {
        if bytes.len() < SEGMENT {
            self.buffer.extend_from_slice(bytes);
        } else {
            self.segments.push((self.buffer.len(), bytes.clone()));
            self.segmented += bytes.len();
        }
    }

    /// nil.
    #[inline]
    pub fn nil(&mut self) {
        self.buffer.push(0xc0);
    }

    /// A boolean.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        self.buffer.push(0xc2 | u8::from(value));
    }

    /// An integer that is not negative.
    #[inline]
    pub fn uint(&mut self, value: u64) {
        self.uint_after(b"", value);
    }

    /// The same, behind bytes that are MsgPack already.
    #[inline]
    pub(super) fn uint_after(&mut self, prefix: &[u8], value: u64) {
        let (bytes, length) = packed::uint(value);
        put(&mut self.buffer, prefix, bytes, length);
    }

    /// An integer.
    #[inline]
    pub fn int(&mut self, value: i64) {
        self.int_after(b"", value);
    }

    /// The same, behind bytes that are MsgPack already.
    #[inline]
    pub(super) fn int_after(&mut self, prefix: &[u8], value: i64) {
        let (bytes, length) = packed::int(value);
        put(&mut self.buffer, prefix, bytes, length);
    }

    /// A float of 32 bits.
    #[inline]
    pub fn f32(&mut self, value: f32) {
        self.f32_after(b"", value);
    }

    /// The same, behind bytes that are MsgPack already.
    #[inline]
    pub(super) fn f32_after(&mut self, prefix: &[u8], value: f32) {
        let [a, b, c, d] = value.to_be_bytes();
        put(&mut self.buffer, prefix, [0xca, a, b, c, d], 5);
    }

    /// A float of 64 bits.
    #[inline]
    pub fn f64(&mut self, value: f64) {
        self.f64_after(b"", value);
    }

    /// The same, behind bytes that are MsgPack already.
    #[inline]
    pub(super) fn f64_after(&mut self, prefix: &[u8], value: f64) {
        put(&mut self.buffer, prefix, packed::behind(0xcb, value.to_be_bytes()), 9);
    }

    /// A text.
    #[inline]
    pub fn str(&mut self, text: &str) {
        self.str_after(b"", text);
    }

    /// The same, behind bytes that are MsgPack already.
    #[inline]
    pub(super) fn str_after(&mut self, prefix: &[u8], text: &str) {
        if text.len() < 32 {
            put_text(&mut self.buffer, prefix, 0xa0 | text.len() as u8, text.as_bytes());
        } else {
            self.raw(prefix);
            self.str_long(text);
        }
    }

    #[inline(never)]
    fn str_long(&mut self, text: &str) {
        if self.length(text.len(), Some(0xd9), 0xda, "a text") {
            self.buffer.extend_from_slice(text.as_bytes());
        }
    }

    /// Bytes, copied.
    pub fn bin(&mut self, bytes: &[u8]) {
        if self.length(bytes.len(), Some(0xc4), 0xc5, "bytes") {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Bytes, kept as they are when they are many.
    pub fn bytes(&mut self, bytes: &Bytes) {
        if self.length(bytes.len(), Some(0xc4), 0xc5, "bytes") {
            self.raw_bytes(bytes);
        }
    }

    /// An extension.
    pub fn ext(&mut self, code: i8, data: &[u8]) {
        let code = code.to_be_bytes()[0];
        match data.len() {
            1 => self.raw(&[0xd4, code]),
            2 => self.raw(&[0xd5, code]),
            4 => self.raw(&[0xd6, code]),
            8 => self.raw(&[0xd7, code]),
            16 => self.raw(&[0xd8, code]),
            length => {
                if !self.length(length, Some(0xc7), 0xc8, "an extension") {
                    return;
                }
                self.buffer.push(code);
            }
        }
        self.raw(data);
    }

    /// The header of a list or tuple, and one level of depth until [`Writer::leave`].
    ///
    /// False when it lies too deep: then nothing may be written into it.
    #[inline]
    #[must_use]
    pub fn array(&mut self, length: usize) -> bool {
        if !self.enter() {
            return false;
        }
        if length < 16 {
            self.buffer.push(0x90 | length as u8);
            true
        } else {
            self.length(length, None, 0xdc, "a list")
        }
    }

    /// The header of a map, and one level of depth until [`Writer::leave`].
    ///
    /// False when it lies too deep: then nothing may be written into it.
    #[inline]
    #[must_use]
    pub fn map(&mut self, length: usize) -> bool {
        if !self.enter() {
            return false;
        }
        if length < 16 {
            self.buffer.push(0x80 | length as u8);
            true
        } else {
            self.length(length, None, 0xde, "a map")
        }
    }

    /// One level deeper, for a container whose header the caller writes with [`Writer::raw`].
    #[inline]
    #[must_use]
    pub fn enter(&mut self) -> bool {
        if self.depth >= DEPTH {
            self.fail(EncodeError::new(format_args!("more than {DEPTH} containers lie inside each other")));
            return false;
        }
        self.depth += 1;
        true
    }

    /// Back from a container.
    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// A layer that writes nothing of its own, such as a box around a recursive newtype.
    #[must_use]
    pub fn layer(&mut self) -> bool {
        let at = self.buffer.len();
        if at == self.chain_at {
            self.chain += 1;
            if self.chain > DEPTH {
                self.fail(EncodeError::new(format_args!("more than {DEPTH} layers lie around one value")));
                return false;
            }
        } else {
            self.chain_at = at;
            self.chain = 1;
        }
        true
    }

    /// Refuses what another encoder wrote since `start` where no reader would take it.
    pub(super) fn check_since(&mut self, start: Mark) {
        let written = &self.buffer[start.buffer.min(self.buffer.len())..];
        if let Err(error) = Reader::at_depth(written, self.depth).skip() {
            self.fail(EncodeError::new(error));
        }
    }

    /// Refuses the key of a map that was written since `start`, where no map may have it.
    pub(super) fn check_key(&mut self, start: Mark) {
        let written = &self.buffer[start.buffer.min(self.buffer.len())..];
        if written.len() == FORBIDDEN_KEY.len() + 1 && written.ends_with(FORBIDDEN_KEY) {
            self.fail(EncodeError::new("no map may have the key \"__proto__\""));
        }
    }

    /// The header of something long: its 8-bit form where there is one, else 16 or 32 bits, whose marker is the next.
    #[inline(never)]
    fn length(&mut self, length: usize, marker8: Option<u8>, marker16: u8, what: &str) -> bool {
        if let (Ok(short), Some(marker)) = (u8::try_from(length), marker8) {
            self.raw(&[marker, short]);
        } else if let Ok(length) = u16::try_from(length) {
            let [a, b] = length.to_be_bytes();
            self.raw(&[marker16, a, b]);
        } else if let Ok(length) = u32::try_from(length) {
            let [a, b, c, d] = length.to_be_bytes();
            self.raw(&[marker16 + 1, a, b, c, d]);
        } else {
            self.fail(EncodeError::new(format_args!("{what} of {length} is longer than the wire allows (4294967295)")));
            return false;
        }
        true
    }
}

//! Reader: one cursor over a payload, the only owner of the rules that hold for every payload.
//!
//! It counts depth, cost and layers while it reads, believes no length that is not backed by bytes, and takes every
//! form of a value that a peer may write. What a type takes on top of that is said in its `Message`.

mod number;
mod place;
mod record;
mod refusal;
mod skip;

use std::marker::PhantomData;
use std::ops::Range;

use bytes::Bytes;

use super::error::{DecodeError, Reason};
use super::expand::{ByMessage, Codec};
use super::limits::{BUDGET_BASE, BUDGET_FACTOR, CONTAINER_COST, DEPTH, FORBIDDEN_KEY, SCALAR_COST, SEGMENT};
use super::message::Message;
pub use place::Place;
pub use record::Tag;
use refusal::{malformed, name_of, not_utf8, too_deep, trailing, truncated};

/// Up to this length, copying bytes costs no more than sharing them.
const FEW: usize = 1024;

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads values in their wire form.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// What `rest` is a part of, so that large bytes can be handed out without a copy.
    chunk: Option<&'a Bytes>,
    depth: u32,
    chain: u32,
    chain_at: usize,
    cost: u64,
    budget: u64,
}

impl<'a> Reader<'a> {
    /// Reads the payload `frame`. Large bytes are slices of it.
    #[must_use]
    pub fn new(frame: &'a Bytes) -> Self {
        Self { chunk: Some(frame), ..Self::from_slice(frame) }
    }

    /// Reads the payload that lies at `range` of `chunk`. Large bytes are slices of the chunk.
    ///
    /// A range that reaches past the end is cut there.
    #[must_use]
    pub fn over(chunk: &'a Bytes, range: Range<usize>) -> Self {
        let end = range.end.min(chunk.len());
        Self { chunk: Some(chunk), ..Self::from_slice(&chunk[range.start.min(end)..end]) }
    }

    /// Reads the payload `bytes`. All bytes are copied out of it.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            chunk: None,
            depth: 0,
            chain: 0,
            chain_at: usize::MAX,
            cost: SCALAR_COST,
            budget: BUDGET_BASE + BUDGET_FACTOR * bytes.len() as u64,
        }
    }

    /// The same, for a value that lies `depth` containers deep.
    pub(super) fn at_depth(bytes: &'a [u8], depth: u32) -> Self {
        Self { depth, ..Self::from_slice(bytes) }
    }

    /// Bytes that are still to be read.
    #[inline]
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Ends the reading: exactly one value was there.
    pub fn finish(&self) -> Result<()> {
        if !self.rest.is_empty() {
            return Err(trailing(self.rest.len()));
        }
        self.afford()
    }

    /// Where the reader stands.
    #[must_use]
    pub fn place(&self) -> Place<'a> {
        Place { rest: self.rest, depth: self.depth, cost: self.cost }
    }

    /// Back to a place where the reader stood before.
    pub fn go_to(&mut self, place: Place<'a>) {
        self.rest = place.rest;
        self.depth = place.depth;
        self.cost = place.cost;
        self.chain_at = usize::MAX;
    }

    /// The bytes between `place` and here: a slice of the chunk where they are many, else a copy.
    #[must_use]
    pub fn since(&self, place: Place<'a>) -> Bytes {
        self.share(self.wire_since(place))
    }

    /// The bytes between `place` and here.
    pub(super) fn wire_since(&self, place: Place<'a>) -> &'a [u8] {
        &place.rest[..place.rest.len().saturating_sub(self.rest.len())]
    }

    /// `bytes` of this payload as a value of its own.
    pub(super) fn share(&self, bytes: &'a [u8]) -> Bytes {
        match self.chunk {
            // A slice keeps the whole chunk alive, which is a poor bargain for a few bytes.
            Some(chunk) if bytes.len() >= SEGMENT || bytes.len() >= FEW && bytes.len() >= chunk.len() / 2 => {
                chunk.slice_ref(bytes)
            }
            _ => Bytes::copy_from_slice(bytes),
        }
    }

    /// The first byte of the next value.
    #[inline]
    pub(super) fn peek(&self) -> Result<u8> {
        match self.rest.first() {
            Some(byte) => Ok(*byte),
            None => Err(truncated()),
        }
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(length) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(truncated()),
        }
    }

    #[inline]
    fn take_array<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(*taken)
            }
            None => Err(truncated()),
        }
    }

    /// Whether the next value is nil.
    #[inline]
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.rest.first() == Some(&0xc0)
    }

    /// Takes the next value where it is nil.
    #[inline]
    pub fn take_nil(&mut self) -> bool {
        let nil = self.is_nil();
        if nil {
            self.rest = &self.rest[1..];
        }
        nil
    }

    /// Whether the next value is a map.
    #[must_use]
    pub fn is_map(&self) -> bool {
        matches!(self.rest.first(), Some(0x80..=0x8f | 0xde | 0xdf))
    }

    /// Whether the next value is a text.
    #[inline]
    #[must_use]
    pub fn is_str(&self) -> bool {
        matches!(self.rest.first(), Some(0xa0..=0xbf | 0xd9..=0xdb))
    }

    /// A boolean.
    #[inline]
    pub fn bool(&mut self) -> Result<bool> {
        match self.rest {
            [marker @ (0xc2 | 0xc3), rest @ ..] => {
                self.rest = rest;
                Ok(*marker == 0xc3)
            }
            _ => Err(self.unexpected("bool")),
        }
    }

    /// A text.
    #[inline]
    pub fn str(&mut self) -> Result<&'a str> {
        let bytes = self.str_bytes("string")?;
        utf8(bytes)
    }

    /// The bytes of a text, which may not be UTF-8.
    #[inline]
    fn str_bytes(&mut self, expected: &'static str) -> Result<&'a [u8]> {
        if let [marker @ 0xa0..=0xbf, rest @ ..] = self.rest
            && let Some((text, rest)) = rest.split_at_checked(usize::from(marker & 0x1f))
        {
            self.rest = rest;
            self.cost += text.len() as u64;
            return Ok(text);
        }
        self.str_bytes_long(expected)
    }

    #[inline(never)]
    fn str_bytes_long(&mut self, expected: &'static str) -> Result<&'a [u8]> {
        let length = match self.peek()? {
            0xa0..=0xbf => return Err(truncated()),
            0xd9..=0xdb => self.length(0xd9)?,
            _ => return Err(self.unexpected(expected)),
        };
        let text = self.take(length)?;
        self.cost += length as u64;
        Ok(text)
    }

    /// A length of 8, 16 or 32 bits behind its marker; `marker8` is the marker of the shortest.
    fn length(&mut self, marker8: u8) -> Result<usize> {
        let marker = self.peek()?;
        self.rest = &self.rest[1..];
        Ok(match marker - marker8 {
            0 => usize::from(self.take_array::<1>()?[0]),
            1 => usize::from(u16::from_be_bytes(self.take_array()?)),
            _ => u32::from_be_bytes(self.take_array()?) as usize,
        })
    }

    /// Bytes: bin, an extension of code 1, or a list of `u8`.
    ///
    /// A slice of the frame where they are many, else a copy.
    pub fn bytes(&mut self) -> Result<Bytes> {
        match self.peek()? {
            0xc4..=0xc6 => {
                let bin = self.bin()?;
                Ok(self.share(bin))
            }
            0xc7..=0xc9 | 0xd4..=0xd8 => {
                let before = self.rest;
                let (code, data) = self.ext()?;
                if code == 1 {
                    return Ok(self.share(data));
                }
                self.rest = before;
                Err(self.unexpected("bytes"))
            }
            0x90..=0x9f | 0xdc | 0xdd => {
                let length = self.array()?;
                let mut bytes = Vec::with_capacity(length);
                for index in 0..length {
                    bytes.push(self.u8().map_err(|error| error.in_element(index))?);
                }
                self.leave();
                Ok(Bytes::from(bytes))
            }
            _ => Err(self.unexpected("bytes")),
        }
    }

    /// The data of a bin.
    pub(super) fn bin(&mut self) -> Result<&'a [u8]> {
        match self.peek()? {
            0xc4..=0xc6 => {
                let length = self.length(0xc4)?;
                self.take(length)
            }
            _ => Err(self.unexpected("bytes")),
        }
    }

    /// An extension: its code and its data.
    pub fn ext(&mut self) -> Result<(i8, &'a [u8])> {
        let length = match self.peek()? {
            marker @ 0xd4..=0xd8 => {
                self.rest = &self.rest[1..];
                1 << (marker - 0xd4)
            }
            0xc7..=0xc9 => self.length(0xc7)?,
            _ => return Err(self.unexpected("an extension")),
        };
        let [code] = self.take_array()?;
        Ok((i8::from_be_bytes([code]), self.take(length)?))
    }

    /// Whether the next value is an extension of this code.
    pub(super) fn is_ext(&self, code: u8) -> bool {
        let at = match self.rest.first() {
            Some(0xd4..=0xd8) => 1,
            Some(marker @ 0xc7..=0xc9) => 1 + (1 << (marker - 0xc7)),
            _ => return false,
        };
        self.rest.get(at) == Some(&code)
    }

    /// Reads the one value that the data of an extension is. It counts as one level.
    pub(super) fn ext_of<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (_, data) = self.ext()?;
        if self.depth >= DEPTH {
            return Err(too_deep());
        }
        let mut inside = Self { rest: data, depth: self.depth + 1, chain: 0, chain_at: usize::MAX, ..self.clone() };
        let value = read(&mut inside)?;
        inside.finish()?;
        self.cost = inside.cost;
        Ok(value)
    }

    /// The header of a list or tuple: its length. One level deeper until [`Reader::leave`].
    #[inline]
    pub fn array(&mut self) -> Result<usize> {
        let length = match self.rest {
            [marker @ 0x90..=0x9f, rest @ ..] => {
                self.rest = rest;
                usize::from(marker & 0x0f)
            }
            _ => self.long_header(0xdc, "a list")?,
        };
        self.enter(length, 1)?;
        Ok(length)
    }

    /// The header of a map: its number of entries. One level deeper until [`Reader::leave`].
    #[inline]
    pub fn map(&mut self) -> Result<usize> {
        let length = match self.rest {
            [marker @ 0x80..=0x8f, rest @ ..] => {
                self.rest = rest;
                usize::from(marker & 0x0f)
            }
            _ => self.long_header(0xde, "a map")?,
        };
        self.enter(length, 2)?;
        Ok(length)
    }

    #[inline(never)]
    fn long_header(&mut self, marker16: u8, expected: &'static str) -> Result<usize> {
        match self.peek()?.wrapping_sub(marker16) {
            // The markers of 16 and 32 bits follow each other, as after the 8-bit one of texts.
            0 | 1 => self.length(marker16 - 1),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// One level deeper, for `length` entries of `width` values each.
    #[inline]
    fn enter(&mut self, length: usize, width: usize) -> Result<()> {
        let values = length.saturating_mul(width);
        if values > self.rest.len() {
            return Err(truncated());
        }
        if self.depth >= DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        // The container's own scalar was paid by what holds it.
        self.cost += (CONTAINER_COST - SCALAR_COST) + SCALAR_COST * values as u64;
        if self.cost >= self.budget { self.afford() } else { Ok(()) }
    }

    /// Back from a container.
    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// A layer that consumes nothing of its own, such as a box around a recursive newtype.
    ///
    /// Without it a type that holds itself through an option alone would recurse for ever on one byte.
    pub fn layer(&mut self) -> Result<()> {
        if self.rest.len() == self.chain_at {
            self.chain += 1;
            if self.chain > DEPTH {
                return Err(DecodeError::new(Reason::Depth, format!("more than {DEPTH} layers lie around one value")));
            }
        } else {
            self.chain_at = self.rest.len();
            self.chain = 1;
        }
        Ok(())
    }

    /// The key of a map that is no record.
    pub fn map_key<K: Message>(&mut self) -> Result<K> {
        self.map_key_with(ByMessage(PhantomData))
    }

    /// The same for a key that `codec` reads.
    pub fn map_key_with<K>(&mut self, codec: impl Codec<K>) -> Result<K> {
        let start = self.rest;
        let key = codec.decode_key(self)?;
        let mut again = Self::from_slice(&start[..start.len() - self.rest.len()]);
        if again.is_str() {
            check_key(again.str_bytes("string")?)?;
        }
        Ok(key)
    }

    /// The header of a tuple of `length` elements. One level deeper until [`Reader::leave`].
    pub fn tuple(&mut self, length: usize) -> Result<()> {
        let found = self.array()?;
        if found != length {
            return Err(DecodeError::new(
                Reason::Length,
                format!("expected a tuple of {length}, got {found} elements"),
            ));
        }
        Ok(())
    }

    /// Nil.
    pub fn nil(&mut self) -> Result<()> {
        if self.take_nil() { Ok(()) } else { Err(self.unexpected("nil")) }
    }

    /// Whether the payload's cost is still within the budget.
    fn afford(&self) -> Result<()> {
        if self.cost < self.budget {
            return Ok(());
        }
        Err(DecodeError::new(
            Reason::Budget,
            format!("the values would take more memory than a payload of this length may ({} bytes)", self.budget),
        ))
    }

    /// The error for a next value that is of another type.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn unexpected(&self, expected: &str) -> DecodeError {
        match self.rest.first() {
            None => truncated(),
            Some(0xc1) => malformed(),
            Some(marker) => DecodeError::unexpected(expected, name_of(*marker)),
        }
    }
}

/// Bytes as the text that they have to be.
#[inline]
pub(super) fn utf8(bytes: &[u8]) -> Result<&str> {
    if let Some(text) = super::buffer::few_ascii(bytes) {
        return Ok(text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => Err(not_utf8(error)),
    }
}

/// Refuses the one key that no map may have.
#[inline]
pub(super) fn check_key(key: &[u8]) -> Result<()> {
    if key == FORBIDDEN_KEY {
        return Err(DecodeError::new(Reason::Key, "no map may have the key \"__proto__\""));
    }
    Ok(())
}

//! What an open enum keeps of a variant that it does not know.

use std::fmt;

use bytes::Bytes;

use super::error::DecodeError;
use super::reader::{Place, Reader, utf8};
use super::value::Value;
use super::writer::Writer;

/// A variant that this version of an enum does not know, as it came; it is written as what it was.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownVariant(Box<Parts>);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Parts {
    tag: Box<str>,
    raw: Bytes,
}

impl UnknownVariant {
    /// The variant's name on the wire, or its number in decimal.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.0.tag
    }

    /// All of the value, as MsgPack.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.0.raw
    }

    /// All of the value.
    pub fn value(&self) -> Result<Value, DecodeError> {
        super::from_bytes(&self.0.raw)
    }

    /// A variant that is only a name, to be sent to who knows it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let mut w = Writer::new();
        w.str(name);
        Self::kept(name, w.finish().unwrap_or_default().into_bytes())
    }

    fn kept(tag: &str, raw: Bytes) -> Self {
        Self(Box::new(Parts { tag: tag.into(), raw }))
    }

    /// Keeps the whole value that begins at `start`, in whose midst the reader found `tag`.
    #[cold]
    #[inline(never)]
    pub fn read<'a>(r: &mut Reader<'a>, start: Place<'a>, tag: &[u8]) -> Result<Self, DecodeError> {
        let tag = utf8(tag)?;
        r.go_to(start);
        r.skip()?;
        Ok(Self::kept(tag, r.since(start)))
    }

    /// Keeps a number that ends where the reader stands.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn number<'a>(r: &Reader<'a>, start: Place<'a>, number: i128) -> Self {
        Self::kept(&number.to_string(), r.since(start))
    }

    /// Writes the value as it came.
    pub fn write(&self, w: &mut Writer) {
        w.raw_bytes(&self.0.raw);
    }
}

impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnknownVariant").field(&self.tag()).finish()
    }
}

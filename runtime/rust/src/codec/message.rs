//! Message: what every type that travels can do.

use bytes::Bytes;
use procwire_idl::shape::Shape;

use super::error::{DecodeError, EncodeError};
use super::reader::Reader;
use super::writer::Writer;

/// A value that has a form on the wire.
///
/// Derive it for records, newtypes, enums and errors; the types of the language have it already.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel in a message",
    label = "neither a message nor a type of serde",
    note = "add `#[derive(procwire::Message)]` to it, or `serde::Serialize` and `serde::Deserialize`"
)]
pub trait Message: Sized {
    /// Writes the value in its canonical form. What has none is kept by the writer and told at its end.
    fn encode(&self, w: &mut Writer);

    /// Writes `prefix`, which is MsgPack already, and then the value; in one step where that is faster.
    #[doc(hidden)]
    #[inline]
    fn encode_after(&self, prefix: &[u8], w: &mut Writer) {
        w.raw(prefix);
        self.encode(w);
    }

    /// Reads a value, in every form that the type takes.
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Reads a value that is the key of a map: integers come as decimal text too, since JavaScript has no others.
    fn decode_key(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode(r)
    }

    /// The value that a required field has when it is left out, where there is one: `None` of an option.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }

    /// Whether nil is a value of the type, so that it cannot stand for a field that was left out.
    #[must_use]
    fn takes_nil() -> bool {
        false
    }

    /// What the type looks like.
    fn shape() -> &'static Shape;
}

/// The payload of one value.
pub fn to_bytes<T: Message>(value: &T) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::new();
    value.encode(&mut writer);
    Ok(writer.finish()?.into_bytes())
}

/// The one value of a payload.
pub fn from_bytes<T: Message>(payload: &Bytes) -> Result<T, DecodeError> {
    let mut reader = Reader::new(payload);
    let value = T::decode(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

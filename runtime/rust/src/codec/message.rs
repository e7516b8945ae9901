//! Message: what every type that travels can do.

use bytes::Bytes;
use procwire_idl::shape::Shape;

use super::check::Walk;
use super::error::{DecodeError, EncodeError};
use super::reader::Reader;
use super::writer::Writer;

/// A value that has a form on the wire.
///
/// The types of the language have it: `bool`, the integers of 8 to 64 bits, `f32`, `f64`, `String`, `Bytes`,
/// `SystemTime`, [`Timestamp`](crate::Timestamp), `Duration`, `Uuid`, [`Value`](crate::Value), `()`, tuples, `Vec`,
/// `BTreeMap`, `HashMap`, `Option` and `Box`. Derive it for the others:
///
/// ```
/// use procwire::{Message, UnknownVariant, codec};
///
/// #[derive(Debug, PartialEq, Message)]
/// struct Order {
///     symbol: String,
///     kind: OrderType,
///     #[procwire(default = 50)] // left out or nil means 50
///     limit: u32,
///     #[procwire(optional, wire = "clientRef")] // left out where it is none
///     client_ref: Option<String>,
/// }
///
/// #[derive(Debug, PartialEq, Message)]
/// enum OrderType {
///     Market,
///     Limit { price: u64 },
///     #[procwire(unknown)] // variants that a newer peer knows
///     Unknown(UnknownVariant),
/// }
///
/// let order = Order { symbol: "A".into(), kind: OrderType::Limit { price: 7 }, limit: 50, client_ref: None };
/// let payload = codec::to_bytes(&order)?;
/// assert_eq!(codec::from_bytes::<Order>(&payload)?, order);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | option | on | meaning |
/// |---|---|---|
/// | `strict` | a struct | unknown fields are refused |
/// | `builder` | a struct | derives `new`, which takes the required fields, and `with_…` for the others |
/// | `reserved = ["x"]` | a struct, an enum, a variant with fields | names, or numbers of a `repr`, that may not come back |
/// | `name = "X"` | a type | the name in a schema, where it differs |
/// | `optional` | a field | `Option<T>`: left out where it is none; nil is read as none |
/// | `default = v` | a field | what it is where it is left out; always written |
/// | `wire = "x"` | a field, a variant | the name on the wire, where it differs |
/// | `unknown` | a variant | keeps variants that the enum does not know; an enum without it refuses them |
/// | `repr = "u8"` | an enum without data | an integer on the wire, and not a string |
/// | `tagged`, `tag = "kind"` | an enum | a map that names the variant under `type`, or under this key; the default with data |
/// | `external` | an enum | serde's default form |
/// | `error` | an enum | an error that methods may declare: [`Declared`](crate::Declared), `Display`, `Error` |
/// | `retry`, `retry = "250ms"` | a variant of an error | the call is worth another try, after this time |
/// | `throws` | an enum whose variants hold one error each | what a method fails with that declares several errors |
/// | `len = 1..=12` | a field, a value of a variant | characters, bytes or entries; a number is the exact length |
/// | `range = 0..=9` | the same | bounds of a number; of a duration as text, `"1ms"..="5s"` |
/// | `pattern = "^[A-Z]+$"` | the same | what a text must match, in the language's regular expressions |
/// | `text` | the same | a timestamp or a UUID is written as text |
/// | `item(..)`, `key(..)`, `value(..)`, `at0(..)` | the same | the four above about what is inside a list, a map, a tuple |
/// | `sensitive` | a field, a newtype | never shown; the derive then implements `Debug`, which is not derived beside it |
/// | `ext = 16` | a newtype | read as the extension of this code too; with `write` also written so |
/// | `target = "String"` | the same | what a type of yours is written as: by `Display` and `FromStr`, else by `From` and `TryFrom` |
/// | `ts_name`, `py_name`, `ts`, `py`, `ts_number`, `x::name(..)` | | for other languages and for plugins |
///
/// Constraints are checked where a value arrives, and before it is sent by [`Check`](crate::Check) or a builder's
/// `check_sent`.
///
/// Fields may be of types that only serde describes; nothing is to be done for them.
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

    /// Checks the constraints of what is in the value. A type without any has nothing to check.
    #[doc(hidden)]
    fn check_inside(&self, _: &mut Walk) -> Result<(), DecodeError> {
        Ok(())
    }
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

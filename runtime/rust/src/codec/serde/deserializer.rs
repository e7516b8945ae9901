//! The deserializer of one value.

use serde::de::value::{BorrowedBytesDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, Unexpected, Visitor};

use super::access::{Enum, List, Map};
use crate::codec::error::{DecodeError, Reason};
use crate::codec::reader::Reader;

type Result<T> = std::result::Result<T, DecodeError>;

/// What rmp-serde calls the newtype that is an extension.
const EXTENSION: &str = rmp_serde::MSGPACK_EXT_STRUCT_NAME;

/// The next value of a reader.
pub(super) struct Value<'r, 'de>(pub &'r mut Reader<'de>);

macro_rules! scalars {
    ($($method:ident $visit:ident $read:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            visitor.$visit(self.0.$read()?)
        }
    )*};
}

impl<'de> Value<'_, 'de> {
    /// Bin, or an extension of code 1.
    fn binary(&mut self) -> Result<&'de [u8]> {
        if !matches!(self.0.peek()?, 0xc7..=0xc9 | 0xd4..=0xd8) {
            return self.0.bin();
        }
        let before = self.0.place();
        if let (1, data) = self.0.ext()? {
            return Ok(data);
        }
        self.0.go_to(before);
        Err(self.0.unexpected("bytes"))
    }

    fn extension<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (code, data) = self.0.ext()?;
        visitor.visit_newtype_struct(Extension { code, data })
    }

    fn is_binary(&self) -> Result<bool> {
        Ok(matches!(self.0.peek()?, 0xc4..=0xc9 | 0xd4..=0xd8))
    }
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0.peek()? {
            0xc0 => {
                self.0.nil()?;
                visitor.visit_unit()
            }
            0xc2 | 0xc3 => self.deserialize_bool(visitor),
            0x00..=0x7f | 0xcc..=0xcf => self.deserialize_u64(visitor),
            0xe0..=0xff | 0xd0..=0xd3 => self.deserialize_i64(visitor),
            0xca => self.deserialize_f32(visitor),
            0xcb => self.deserialize_f64(visitor),
            0xa0..=0xbf | 0xd9..=0xdb => self.deserialize_str(visitor),
            0xc4..=0xc6 => visitor.visit_borrowed_bytes(self.0.bin()?),
            0xc7..=0xc9 | 0xd4..=0xd8 => self.extension(visitor),
            0x90..=0x9f | 0xdc | 0xdd => self.deserialize_seq(visitor),
            0x80..=0x8f | 0xde | 0xdf => self.deserialize_map(visitor),
            0xc1 => Err(self.0.unexpected("a value")),
        }
    }

    scalars! {
        deserialize_bool visit_bool bool
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
        deserialize_f32 visit_f32 f32
        deserialize_f64 visit_f64 f64
        deserialize_str visit_borrowed_str str
        deserialize_string visit_borrowed_str str
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_i128(self.0.integer(i64::MIN.into(), u64::MAX.into(), "i128")?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_u128(self.0.u64()?.into())
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let text = self.0.str()?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(letter), None) => visitor.visit_char(letter),
            _ => Err(DecodeError::invalid_value(Unexpected::Str(text), &"one character")),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        if self.is_binary()? {
            return visitor.visit_borrowed_bytes(self.binary()?);
        }
        visitor.visit_byte_buf(self.0.bytes()?.to_vec())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.0.take_nil() {
            return visitor.visit_none();
        }
        self.0.layer()?;
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.0.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name == EXTENSION {
            return self.extension(visitor);
        }
        self.0.layer()?;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        if self.is_binary()? {
            let bytes = self.binary()?;
            return visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied()));
        }
        let mut list = List::enter(self.0)?;
        let value = visitor.visit_seq(&mut list)?;
        list.leave()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        if !self.is_binary()? {
            let before = self.0.place();
            self.0.tuple(length)?;
            self.0.go_to(before);
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, length: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let mut map = Map::enter(self.0, true)?;
        let value = visitor.visit_map(&mut map)?;
        map.leave()?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        // The visitor finds a field that is there twice by itself.
        let mut map = Map::enter(self.0, false)?;
        let value = visitor.visit_map(&mut map)?;
        map.leave()?;
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if !self.0.is_map() {
            return visitor.visit_enum(self.0.str()?.into_deserializer());
        }
        let name = crate::codec::reader::utf8(self.0.external()?)?;
        let value =
            visitor.visit_enum(Enum { name, reader: self.0 }).map_err(|error| error.in_field(name.to_owned()))?;
        self.0.leave();
        Ok(value)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.0.is_str() {
            return visitor.visit_borrowed_str(self.0.str()?);
        }
        self.0.skip()?;
        // No field has this name, so it is passed over, or refused where unknown fields are.
        visitor.visit_bytes(b"\xff")
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// An extension as rmp-serde shows one: a pair of its code and its data.
struct Extension<'de> {
    code: i8,
    data: &'de [u8],
}

impl<'de> Deserializer<'de> for Extension<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(Pair { code: Some(self.code), data: Some(self.data) })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Pair<'de> {
    code: Option<i8>,
    data: Option<&'de [u8]>,
}

impl<'de> serde::de::SeqAccess<'de> for Pair<'de> {
    type Error = DecodeError;

    fn next_element_seed<T: serde::de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if let Some(code) = self.code.take() {
            return seed.deserialize(code.into_deserializer()).map(Some);
        }
        match self.data.take() {
            Some(data) => seed.deserialize(BorrowedBytesDeserializer::new(data)).map(Some),
            None => Ok(None),
        }
    }
}

/// An error for a list of which a visitor left elements.
pub(super) fn too_long(left: usize) -> DecodeError {
    DecodeError::new(Reason::Length, format!("expected {left} elements fewer"))
}

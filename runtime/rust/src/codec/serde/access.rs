//! Lists, maps and enums, as serde walks through them.

use std::collections::HashSet;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::deserializer::{Value, too_long};
use crate::codec::error::{DecodeError, Reason};
use crate::codec::reader::{Place, Reader, check_key};

type Result<T> = std::result::Result<T, DecodeError>;

/// The elements of a list.
pub(super) struct List<'r, 'de> {
    reader: &'r mut Reader<'de>,
    index: usize,
    length: usize,
}

impl<'r, 'de> List<'r, 'de> {
    pub(super) fn enter(reader: &'r mut Reader<'de>) -> Result<Self> {
        let length = reader.array()?;
        Ok(Self { reader, index: 0, length })
    }

    pub(super) fn leave(self) -> Result<()> {
        self.reader.leave();
        if self.index < self.length { Err(too_long(self.length - self.index)) } else { Ok(()) }
    }
}

impl<'de> SeqAccess<'de> for &mut List<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if self.index == self.length {
            return Ok(None);
        }
        let element = seed.deserialize(Value(self.reader)).map_err(|error| error.in_element(self.index))?;
        self.index += 1;
        Ok(Some(element))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.length - self.index)
    }
}

/// The entries of a map, or the fields of a record.
pub(super) struct Map<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: usize,
    key: Option<Place<'de>>,
    /// The keys so far, in their wire form, of a map; a record looks after its own.
    seen: Option<HashSet<&'de [u8]>>,
}

impl<'r, 'de> Map<'r, 'de> {
    pub(super) fn enter(reader: &'r mut Reader<'de>, is_map: bool) -> Result<Self> {
        let left = reader.map()?;
        Ok(Self { reader, left, key: None, seen: is_map.then(HashSet::new) })
    }

    pub(super) fn leave(self) -> Result<()> {
        self.reader.leave();
        if self.left > 0 { Err(too_long(self.left)) } else { Ok(()) }
    }

    /// Adds the entry to the path of an error.
    fn inside(&self, error: DecodeError) -> DecodeError {
        match self.key {
            Some(key) if self.seen.is_some() => error.in_entry(key),
            Some(key) => error.in_field(key.name()),
            None => error,
        }
    }
}

impl<'de> MapAccess<'de> for &mut Map<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let start = self.reader.place();
        self.key = Some(start);
        if self.reader.is_str() {
            check_key(self.reader.clone().variant("string")?)?;
        }
        let key = match &self.seen {
            Some(_) => seed.deserialize(Key(self.reader)),
            None => seed.deserialize(Value(self.reader)),
        };
        let key = key.map_err(|error| self.inside(error))?;
        let wire = self.reader.wire_since(start);
        if let Some(seen) = &mut self.seen
            && !seen.insert(wire)
        {
            return Err(DecodeError::new(Reason::Duplicate, "a key appears twice").in_entry(start));
        }
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(Value(self.reader)).map_err(|error| self.inside(error))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The key of a map: integers come as decimal text too.
pub(super) struct Key<'r, 'de>(pub &'r mut Reader<'de>);

macro_rules! keys {
    ($($method:ident $visit:ident $type:ident)*) => {$(
        #[allow(clippy::cast_possible_truncation, reason = "in range")]
        #[allow(clippy::cast_sign_loss, reason = "in range")]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            if self.0.is_str() {
                let key = self.0.decimal_key($type::MIN.into(), $type::MAX.into(), stringify!($type))?;
                return visitor.$visit(key as $type);
            }
            visitor.$visit(self.0.$type()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        Value(self.0).deserialize_any(visitor)
    }

    keys! {
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.0.layer()?;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        Value(self.0).deserialize_enum(name, variants, visitor)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// A variant that came as a map of one entry.
pub(super) struct Enum<'r, 'de> {
    pub name: &'de str,
    pub reader: &'r mut Reader<'de>,
}

impl<'de> EnumAccess<'de> for Enum<'_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let variant = seed.deserialize(IntoDeserializer::<DecodeError>::into_deserializer(self.name))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Enum<'_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<()> {
        self.reader.nil()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(Value(self.reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        Value(self.reader).deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        Value(self.reader).deserialize_struct("", fields, visitor)
    }
}

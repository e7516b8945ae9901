//! Types that only serde describes: written by rmp-serde, read by a deserializer of ours over the same reader.
//!
//! rmp-serde's own deserializer is not used: it does not count the depth of options, newtypes and enums, and takes
//! records from lists.

mod access;
mod deserializer;

use std::io;
use std::marker::PhantomData;

use procwire_idl::shape::Shape;
use serde::Serialize;
use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Visitor};

use super::error::{DecodeError, EncodeError};
use super::expand::{Codec, Own};
use super::reader::Reader;
use super::writer::Writer;
use deserializer::Value;

/// The codec of a type of serde.
#[derive(Debug)]
pub struct BySerde<T>(PhantomData<fn() -> T>);

impl<T> BySerde<T> {
    #[inline]
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for BySerde<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for BySerde<T> {}

impl<T: Serialize + DeserializeOwned> Codec<T> for BySerde<T> {
    fn encode(self, value: &T, w: &mut Writer) {
        let start = w.mark();
        let mut serializer = rmp_serde::Serializer::new(Output(w)).with_struct_map();
        let result = value.serialize(&mut serializer);
        match result {
            Ok(()) => w.check_since(start),
            Err(error) => w.fail(EncodeError::new(error)),
        }
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::deserialize(Value(r))
    }

    fn decode_key(self, r: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::deserialize(access::Key(r))
    }

    fn absent(self) -> Option<T> {
        T::deserialize(Absent).ok()
    }

    fn takes_nil(self) -> bool {
        T::deserialize(UnitDeserializer::<DecodeError>::new()).is_ok()
    }
}

impl<T: Serialize + DeserializeOwned> Own<T> for BySerde<T> {
    fn shape(self) -> &'static Shape {
        &Shape::Foreign
    }
}

/// A writer as rmp-serde wants one.
struct Output<'a>(&'a mut Writer);

impl io::Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.raw(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A field that is not there: only an option has a value for that.
struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("required field is missing"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

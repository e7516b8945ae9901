//! Booleans, numbers, text, bytes, unit.

use bytes::Bytes;
use procwire_idl::shape::Shape;

use super::error::DecodeError;
use super::message::Message;
use super::reader::Reader;
use super::writer::Writer;

macro_rules! integers {
    ($($name:ident $shape:ident $write:ident $after:ident $wide:ident),* $(,)?) => {$(
        impl Message for $name {
            #[inline]
            fn encode(&self, w: &mut Writer) {
                w.$write($wide::from(*self));
            }

            #[inline]
            fn encode_after(&self, prefix: &[u8], w: &mut Writer) {
                w.$after(prefix, $wide::from(*self));
            }

            #[inline]
            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                r.$name()
            }

            #[allow(clippy::cast_possible_truncation, reason = "in range")]
            #[allow(clippy::cast_sign_loss, reason = "in range")]
            fn decode_key(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                if r.is_str() {
                    return Ok(r.decimal_key($name::MIN.into(), $name::MAX.into(), stringify!($name))? as $name);
                }
                r.$name()
            }

            fn shape() -> &'static Shape {
                &Shape::$shape
            }
        }
    )*};
}

integers!(
    u8 U8 uint uint_after u64, u16 U16 uint uint_after u64, u32 U32 uint uint_after u64, u64 U64 uint uint_after u64,
    i8 I8 int int_after i64, i16 I16 int int_after i64, i32 I32 int int_after i64, i64 I64 int int_after i64,
);

macro_rules! floats {
    ($($name:ident $shape:ident $after:ident),* $(,)?) => {$(
        impl Message for $name {
            #[inline]
            fn encode(&self, w: &mut Writer) {
                w.$name(*self);
            }

            #[inline]
            fn encode_after(&self, prefix: &[u8], w: &mut Writer) {
                w.$after(prefix, *self);
            }

            #[inline]
            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                r.$name()
            }

            fn shape() -> &'static Shape {
                &Shape::$shape
            }
        }
    )*};
}

floats!(f32 F32 f32_after, f64 F64 f64_after);

impl Message for bool {
    #[inline]
    fn encode(&self, w: &mut Writer) {
        w.bool(*self);
    }

    #[inline]
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.bool()
    }

    fn shape() -> &'static Shape {
        &Shape::Bool
    }
}

impl Message for String {
    #[inline]
    fn encode(&self, w: &mut Writer) {
        w.str(self);
    }

    #[inline]
    fn encode_after(&self, prefix: &[u8], w: &mut Writer) {
        w.str_after(prefix, self);
    }

    #[inline]
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(r.str()?.to_owned())
    }

    fn shape() -> &'static Shape {
        &Shape::String
    }
}

impl Message for Bytes {
    fn encode(&self, w: &mut Writer) {
        w.bytes(self);
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.bytes()
    }

    fn shape() -> &'static Shape {
        &Shape::Bytes
    }
}

impl Message for () {
    fn takes_nil() -> bool {
        true
    }

    fn encode(&self, w: &mut Writer) {
        w.nil();
    }

    /// Takes every value, so that an answer may grow from nothing to something.
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.skip()
    }

    fn shape() -> &'static Shape {
        &Shape::Unit
    }
}

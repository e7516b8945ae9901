//! Numbers: any form of an integer that is in range, a float that is whole, and floats from either.

use super::{DecodeError, Reader, Reason, Result};

/// What a number on the wire is.
enum Number {
    Int(i128),
    F32(f32),
    F64(f64),
}

macro_rules! unsigned {
    ($($name:ident)*) => {$(
        #[doc = concat!("An integer that fits `", stringify!($name), "`.")]
        #[inline]
        pub fn $name(&mut self) -> Result<$name> {
            if let [small @ 0..=0x7f, rest @ ..] = self.rest {
                self.rest = rest;
                return Ok($name::from(*small));
            }
            let wide = self.unsigned(u64::from($name::MAX), stringify!($name))?;
            Ok(wide as $name)
        }
    )*};
}

macro_rules! signed {
    ($($name:ident)*) => {$(
        #[doc = concat!("An integer that fits `", stringify!($name), "`.")]
        #[inline]
        pub fn $name(&mut self) -> Result<$name> {
            if let [small @ 0..=0x7f, rest @ ..] = self.rest {
                self.rest = rest;
                return Ok(small.cast_signed().into());
            }
            let wide = self.integer(i128::from($name::MIN), i128::from($name::MAX), stringify!($name))?;
            Ok(wide as $name)
        }
    )*};
}

#[allow(clippy::cast_possible_truncation, reason = "each is in range where it is converted")]
#[allow(clippy::cast_possible_wrap, reason = "the small ones are below 128")]
#[allow(clippy::cast_sign_loss, reason = "checked against a range that begins at 0")]
impl Reader<'_> {
    unsigned!(u8 u16 u32 u64);
    signed!(i8 i16 i32 i64);

    /// A float of 64 bits: either width, or an integer.
    #[inline]
    pub fn f64(&mut self) -> Result<f64> {
        if let [0xcb, rest @ ..] = self.rest
            && let Some((bytes, rest)) = rest.split_first_chunk()
        {
            self.rest = rest;
            return Ok(f64::from_be_bytes(*bytes));
        }
        self.f64_other()
    }

    #[inline(never)]
    #[allow(clippy::cast_precision_loss, reason = "a float field takes the nearest float")]
    fn f64_other(&mut self) -> Result<f64> {
        Ok(match self.number("f64")? {
            Number::Int(value) => value as f64,
            Number::F32(value) => f64::from(value),
            Number::F64(value) => value,
        })
    }

    /// A float of 32 bits: either width, rounded to the nearest, or an integer.
    #[inline(never)]
    #[allow(clippy::cast_precision_loss, reason = "a float field takes the nearest float")]
    pub fn f32(&mut self) -> Result<f32> {
        Ok(match self.number("f32")? {
            Number::Int(value) => value as f32,
            Number::F32(value) => value,
            Number::F64(value) => {
                let narrow = value as f32;
                if narrow.is_infinite() && value.is_finite() {
                    return Err(out_of_range(value, "f32"));
                }
                narrow
            }
        })
    }

    #[inline(never)]
    pub(in crate::codec) fn unsigned(&mut self, max: u64, expected: &'static str) -> Result<u64> {
        let wide = match self.rest {
            [0xcc, rest @ ..] => rest.split_first_chunk().map(|(bytes, rest)| (u8::from_be_bytes(*bytes).into(), rest)),
            [0xcd, rest @ ..] => {
                rest.split_first_chunk().map(|(bytes, rest)| (u16::from_be_bytes(*bytes).into(), rest))
            }
            [0xce, rest @ ..] => {
                rest.split_first_chunk().map(|(bytes, rest)| (u32::from_be_bytes(*bytes).into(), rest))
            }
            [0xcf, rest @ ..] => rest.split_first_chunk().map(|(bytes, rest)| (u64::from_be_bytes(*bytes), rest)),
            _ => None,
        };
        let Some((value, rest)) = wide else {
            return Ok(self.integer(0, i128::from(max), expected)? as u64);
        };
        if value > max {
            return Err(out_of_range(value, expected));
        }
        self.rest = rest;
        Ok(value)
    }

    #[inline(never)]
    pub(in crate::codec) fn integer(&mut self, min: i128, max: i128, expected: &'static str) -> Result<i128> {
        let value = match self.number(expected)? {
            Number::Int(value) => value,
            Number::F32(value) => whole(f64::from(value), expected)?,
            Number::F64(value) => whole(value, expected)?,
        };
        if value < min || value > max {
            return Err(out_of_range(value, expected));
        }
        Ok(value)
    }

    fn number(&mut self, expected: &'static str) -> Result<Number> {
        let marker = self.peek()?;
        let known = matches!(marker, 0x00..=0x7f | 0xca..=0xd3 | 0xe0..=0xff);
        if !known {
            return Err(self.unexpected(expected));
        }
        self.rest = &self.rest[1..];
        Ok(match marker {
            0xca => Number::F32(f32::from_be_bytes(self.take_array()?)),
            0xcb => Number::F64(f64::from_be_bytes(self.take_array()?)),
            0xcc => Number::Int(u8::from_be_bytes(self.take_array()?).into()),
            0xcd => Number::Int(u16::from_be_bytes(self.take_array()?).into()),
            0xce => Number::Int(u32::from_be_bytes(self.take_array()?).into()),
            0xcf => Number::Int(u64::from_be_bytes(self.take_array()?).into()),
            0xd0 => Number::Int(i8::from_be_bytes(self.take_array()?).into()),
            0xd1 => Number::Int(i16::from_be_bytes(self.take_array()?).into()),
            0xd2 => Number::Int(i32::from_be_bytes(self.take_array()?).into()),
            0xd3 => Number::Int(i64::from_be_bytes(self.take_array()?).into()),
            small => Number::Int(i8::from_be_bytes([small]).into()),
        })
    }

    /// An integer as JavaScript writes it as a key: in decimal text.
    pub(in crate::codec) fn decimal_key(&mut self, min: i128, max: i128, expected: &'static str) -> Result<i128> {
        let text = self.str()?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits == "0" || !digits.starts_with('0'));
        // A longer one cannot fit, and is not worth parsing.
        match text.parse::<i128>() {
            Ok(value) if plain && (min..=max).contains(&value) => Ok(value),
            Ok(value) if plain => Err(out_of_range(value, expected)),
            _ => {
                Err(DecodeError::new(Reason::Type, format!("expected {expected}, got a key that is no decimal number")))
            }
        }
    }
}

/// A float as the integer that it is.
#[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
#[allow(clippy::float_cmp, reason = "whole or not is an exact question")]
fn whole(value: f64, expected: &'static str) -> Result<i128> {
    // 2^64: past every integer type.
    const END: f64 = 18_446_744_073_709_551_616.0;
    if value.is_nan() || value.trunc() != value {
        return Err(DecodeError::showing(Reason::Type, &format!("expected {expected}, got the float "), value, ""));
    }
    if !(-END..END).contains(&value) {
        return Err(out_of_range(value, expected));
    }
    Ok(value as i128)
}

#[cold]
#[inline(never)]
fn out_of_range(value: impl std::fmt::Display, expected: &'static str) -> DecodeError {
    DecodeError::showing(Reason::Range, "", value, &format!(" is out of range for {expected}"))
}

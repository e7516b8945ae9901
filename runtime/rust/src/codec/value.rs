//! Value: any value, for what a schema calls `any`.

use std::collections::HashSet;

use bytes::Bytes;
use procwire_idl::shape::Shape;

use super::error::{DecodeError, EncodeError, Reason};
use super::message::Message;
use super::reader::{Reader, check_key};
use super::time::Timestamp;
use super::writer::Writer;

/// A value of any type.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Nil,
    /// True or false.
    Bool(bool),
    /// An integer from `i64::MIN` to `u64::MAX`; others cannot be written.
    Int(i128),
    /// A float of 32 bits.
    F32(f32),
    /// A float of 64 bits.
    F64(f64),
    /// A text.
    String(String),
    /// Bytes.
    Bytes(Bytes),
    /// A point in time.
    Timestamp(Timestamp),
    /// A list or a tuple.
    List(Vec<Value>),
    /// A map, or a record; in the order of the wire. No key appears twice.
    Map(Vec<(Value, Value)>),
    /// An extension that has no meaning here.
    Ext(i8, Bytes),
}

impl Value {
    /// The value under a text key, where this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        entries.iter().find(|(found, _)| found.as_str() == Some(key)).map(|(_, value)| value)
    }

    /// The text, where this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, where this is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a type's own form, such as a record's map.
    pub fn from_message<T: Message>(message: &T) -> Result<Self, EncodeError> {
        let payload = super::to_bytes(message)?;
        super::from_bytes(&payload).map_err(EncodeError::new)
    }

    /// The message that has this form.
    pub fn to_message<T: Message>(&self) -> Result<T, DecodeError> {
        let payload = super::to_bytes(self).map_err(|error| DecodeError::new(Reason::Value, error.to_string()))?;
        super::from_bytes(&payload)
    }
}

impl Message for Value {
    fn takes_nil() -> bool {
        true
    }

    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Nil => w.nil(),
            Self::Bool(value) => w.bool(*value),
            Self::Int(value) => match (u64::try_from(*value), i64::try_from(*value)) {
                (Ok(value), _) => w.uint(value),
                (_, Ok(value)) => w.int(value),
                _ => w.fail(EncodeError::new(format_args!("{value} does not fit an integer of 64 bits"))),
            },
            Self::F32(value) => w.f32(*value),
            Self::F64(value) => w.f64(*value),
            Self::String(text) => w.str(text),
            Self::Bytes(bytes) => w.bytes(bytes),
            Self::Timestamp(timestamp) => timestamp.encode(w),
            Self::List(list) => list.encode(w),
            Self::Map(entries) => encode_map(entries, w),
            Self::Ext(code, data) => w.ext(*code, data),
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.value()
    }

    fn shape() -> &'static Shape {
        &Shape::Any
    }
}

fn encode_map(entries: &[(Value, Value)], w: &mut Writer) {
    if !w.map(entries.len()) {
        return;
    }
    let mut keys = Keys::new(entries.len());
    for (key, value) in entries {
        let start = w.mark();
        key.encode(w);
        w.check_key(start);
        if keys.is_repeated(key) {
            w.fail(EncodeError::new(format_args!("the key {key:?} appears twice in a map")));
        }
        value.encode(w);
    }
    w.leave();
}

/// The keys of one map so far.
enum Keys<'a> {
    /// Few: comparing them is cheaper than hashing.
    Few(Vec<&'a Value>),
    /// Many, each in its canonical form.
    Many(HashSet<Bytes>),
}

impl<'a> Keys<'a> {
    fn new(length: usize) -> Self {
        const FEW: usize = 16;
        if length <= FEW { Self::Few(Vec::with_capacity(length)) } else { Self::Many(HashSet::new()) }
    }

    fn is_repeated(&mut self, key: &'a Value) -> bool {
        match self {
            Self::Few(keys) => {
                let repeated = keys.contains(&key);
                keys.push(key);
                repeated
            }
            Self::Many(keys) => !super::to_bytes(key).is_ok_and(|form| keys.insert(form)),
        }
    }
}

/// Refuses a map with a key twice, once all of it was read.
fn check_repeated(entries: &[(Value, Value)]) -> Result<(), DecodeError> {
    let mut keys = Keys::new(entries.len());
    for (key, _) in entries {
        if keys.is_repeated(key) {
            return Err(DecodeError::showing(Reason::Duplicate, "the key ", format_args!("{key:?}"), " appears twice"));
        }
    }
    Ok(())
}

impl Reader<'_> {
    /// Any value.
    fn value(&mut self) -> Result<Value, DecodeError> {
        Ok(match self.peek()? {
            0xc0 => {
                self.take_nil();
                Value::Nil
            }
            0xc2 | 0xc3 => Value::Bool(self.bool()?),
            0x00..=0x7f | 0xe0..=0xff | 0xcc..=0xd3 => {
                Value::Int(self.integer(i64::MIN.into(), u64::MAX.into(), "int")?)
            }
            0xca => Value::F32(self.f32()?),
            0xcb => Value::F64(self.f64()?),
            0xa0..=0xbf | 0xd9..=0xdb => Value::String(self.str()?.to_owned()),
            0xc4..=0xc6 => Value::Bytes(self.bytes()?),
            0xc7..=0xc9 | 0xd4..=0xd8 => self.extension()?,
            0x90..=0x9f | 0xdc | 0xdd => Value::List(Vec::decode(self)?),
            0x80..=0x8f | 0xde | 0xdf => Value::Map(self.entries()?),
            0xc1 => return Err(self.unexpected("a value")),
        })
    }

    fn extension(&mut self) -> Result<Value, DecodeError> {
        let (code, data) = self.ext()?;
        let timestamp = match code {
            1 => return Ok(Value::Bytes(self.share(data))),
            -1 => Timestamp::from_ext(data),
            // Of another length it is somebody else's extension, of which nothing may be lost.
            2 if data.len() == 8 => Timestamp::from_ext_millis(data),
            _ => return Ok(Value::Ext(code, self.share(data))),
        };
        timestamp
            .map(Value::Timestamp)
            .ok_or_else(|| DecodeError::new(Reason::Value, "an extension that names no point in time"))
    }

    fn entries(&mut self) -> Result<Vec<(Value, Value)>, DecodeError> {
        const AT_ONCE: usize = 4096;
        let length = self.map()?;
        let mut entries = Vec::with_capacity(length.min(AT_ONCE));
        for _ in 0..length {
            let start = self.place();
            let key = self.value()?;
            if let Value::String(text) = &key {
                check_key(text.as_bytes())?;
            }
            let value = self.value().map_err(|error| error.in_entry(start))?;
            entries.push((key, value));
        }
        self.leave();
        check_repeated(&entries)?;
        Ok(entries)
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident $into:ident;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.$into())
            }
        }
    )*};
}

from! {
    bool => Bool into;
    u8 => Int into;
    u16 => Int into;
    u32 => Int into;
    u64 => Int into;
    i8 => Int into;
    i16 => Int into;
    i32 => Int into;
    i64 => Int into;
    f32 => F32 into;
    f64 => F64 into;
    String => String into;
    &str => String into;
    Bytes => Bytes into;
    Timestamp => Timestamp into;
    Vec<Value> => List into;
    Vec<(Value, Value)> => Map into;
}

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::Nil
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nil, Into::into)
    }
}

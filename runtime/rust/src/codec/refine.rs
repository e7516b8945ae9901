//! Codecs made of codecs: what a schema says about a type, beyond what the type itself says.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::str::FromStr;

use super::check::Walk;
use super::constraint::{Constraint, SHOWN};
use super::container;
use super::error::{DecodeError, REDACTED, Reason};
use super::expand::Codec;
use super::reader::Reader;
use super::writer::Writer;

type Result<T> = std::result::Result<T, DecodeError>;

/// A codec that refuses what breaks a constraint.
#[derive(Debug)]
pub struct Checked<C, K: 'static>(pub C, pub &'static K);

impl<C: Copy, K> Clone for Checked<C, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Copy, K> Copy for Checked<C, K> {}

impl<T, C: Codec<T>, K: Constraint<T>> Codec<T> for Checked<C, K> {
    #[inline]
    fn encode(self, value: &T, w: &mut Writer) {
        self.0.encode(value, w);
    }

    #[inline]
    fn encode_after(self, prefix: &[u8], value: &T, w: &mut Writer) {
        self.0.encode_after(prefix, value, w);
    }

    #[inline]
    fn decode(self, r: &mut Reader<'_>) -> Result<T> {
        let value = self.0.decode(r)?;
        self.1.check(&value)?;
        Ok(value)
    }

    fn decode_key(self, r: &mut Reader<'_>) -> Result<T> {
        let value = self.0.decode_key(r)?;
        self.1.check(&value)?;
        Ok(value)
    }

    fn absent(self) -> Option<T> {
        self.0.absent()
    }

    fn takes_nil(self) -> bool {
        self.0.takes_nil()
    }

    fn check(self, value: &T, walk: &mut Walk) -> Result<()> {
        self.0.check(value, walk)?;
        self.1.check(value)
    }
}

/// A codec whose errors tell nothing of the value.
#[derive(Clone, Copy, Debug)]
pub struct Sensitive<C>(pub C);

impl<T, C: Codec<T>> Codec<T> for Sensitive<C> {
    #[inline]
    fn encode(self, value: &T, w: &mut Writer) {
        self.0.encode(value, w);
    }

    #[inline]
    fn encode_after(self, prefix: &[u8], value: &T, w: &mut Writer) {
        self.0.encode_after(prefix, value, w);
    }

    #[inline]
    fn decode(self, r: &mut Reader<'_>) -> Result<T> {
        self.0.decode(r).map_err(DecodeError::redacted)
    }

    fn decode_key(self, r: &mut Reader<'_>) -> Result<T> {
        self.0.decode_key(r).map_err(DecodeError::redacted)
    }

    fn absent(self) -> Option<T> {
        self.0.absent()
    }

    fn takes_nil(self) -> bool {
        self.0.takes_nil()
    }

    fn check(self, value: &T, walk: &mut Walk) -> Result<()> {
        self.0.check(value, walk).map_err(DecodeError::redacted)
    }
}

/// What stands in the place of a sensitive value where values are shown.
#[derive(Clone, Copy)]
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// A value that may be written as text; it is read from text in any case.
#[diagnostic::on_unimplemented(message = "`{Self}` has no text form", label = "neither a timestamp nor a UUID")]
pub trait AsText: super::Message {
    /// Writes the text.
    fn encode_text(&self, w: &mut Writer);
}

impl<T: AsText> AsText for Option<T> {
    fn encode_text(&self, w: &mut Writer) {
        match self {
            Some(value) => value.encode_text(w),
            None => w.nil(),
        }
    }
}

/// The codec of a value that is written as text.
#[derive(Debug)]
pub struct ByText<T>(pub PhantomData<fn() -> T>);

impl<T> Clone for ByText<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ByText<T> {}

impl<T: AsText> Codec<T> for ByText<T> {
    fn encode(self, value: &T, w: &mut Writer) {
        value.encode_text(w);
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<T> {
        T::decode(r)
    }

    fn decode_key(self, r: &mut Reader<'_>) -> Result<T> {
        T::decode_key(r)
    }

    fn absent(self) -> Option<T> {
        T::absent()
    }

    fn takes_nil(self) -> bool {
        T::takes_nil()
    }
}

/// The codec of a type that is an extension: written as another type or as an extension of it, and read from both.
#[derive(Clone, Copy, Debug)]
pub struct ExtOf<C> {
    /// The codec of the other type.
    pub codec: C,
    /// The extension's code.
    pub code: u8,
    /// The extension is written.
    pub write: bool,
}

impl<T, C: Codec<T>> Codec<T> for ExtOf<C> {
    fn encode(self, value: &T, w: &mut Writer) {
        if !self.write {
            return self.codec.encode(value, w);
        }
        let mut inside = Writer::new();
        self.codec.encode(value, &mut inside);
        match inside.finish() {
            Ok(data) => w.ext(self.code.cast_signed(), &data.into_bytes()),
            Err(error) => w.fail(error),
        }
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<T> {
        if !r.is_ext(self.code) {
            return self.codec.decode(r);
        }
        r.ext_of(|inside| self.codec.decode(inside))
    }

    fn check(self, value: &T, walk: &mut Walk) -> Result<()> {
        self.codec.check(value, walk)
    }
}

/// The codec of a type that is written as its text.
#[derive(Debug)]
pub struct ByDisplay<T, C> {
    text: C,
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

/// The codec of a type that is written as another, by `From` and `TryFrom`.
#[derive(Debug)]
pub struct Mapped<T, U, C> {
    target: C,
    name: &'static str,
    of: PhantomData<fn() -> (T, U)>,
}

impl<T, C> ByDisplay<T, C> {
    /// Around the codec of the text; `name` is the type's in the schema.
    pub const fn new(text: C, name: &'static str) -> Self {
        Self { text, name, of: PhantomData }
    }
}

impl<T, U, C> Mapped<T, U, C> {
    /// Around the codec of the other type; `name` is the type's in the schema.
    pub const fn new(target: C, name: &'static str) -> Self {
        Self { target, name, of: PhantomData }
    }
}

impl<T, C: Copy> Clone for ByDisplay<T, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, C: Copy> Copy for ByDisplay<T, C> {}

impl<T, U, C: Copy> Clone for Mapped<T, U, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, U, C: Copy> Copy for Mapped<T, U, C> {}

impl<T, C> Codec<T> for ByDisplay<T, C>
where
    T: fmt::Display + FromStr<Err: fmt::Display>,
    C: Codec<String>,
{
    fn encode(self, value: &T, w: &mut Writer) {
        self.text.encode(&value.to_string(), w);
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<T> {
        let text = self.text.decode(r)?;
        text.parse().map_err(|error| {
            let expected = format!("expected {}, got ", self.name);
            let text: String = text.chars().take(SHOWN).collect();
            let shown = format_args!("{} ({error})", serde_json::Value::String(text));
            DecodeError::showing(Reason::Value, &expected, shown, "")
        })
    }

    fn check(self, value: &T, walk: &mut Walk) -> Result<()> {
        self.text.check(&value.to_string(), walk)
    }
}

impl<T, U, C> Codec<T> for Mapped<T, U, C>
where
    T: Clone + TryFrom<U, Error: fmt::Display>,
    U: From<T>,
    C: Codec<U>,
{
    fn encode(self, value: &T, w: &mut Writer) {
        self.target.encode(&value.clone().into(), w);
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<T> {
        self.target.decode(r)?.try_into().map_err(|error| {
            let expected = format!("expected {}, got another value: ", self.name);
            DecodeError::showing(Reason::Value, &expected, error, "")
        })
    }

    fn check(self, value: &T, walk: &mut Walk) -> Result<()> {
        self.target.check(&value.clone().into(), walk)
    }
}

/// The codec of an option, around that of its value.
#[derive(Clone, Copy, Debug)]
pub struct OptionOf<C>(pub C);

impl<T, C: Codec<T>> Codec<Option<T>> for OptionOf<C> {
    fn encode(self, value: &Option<T>, w: &mut Writer) {
        match value {
            Some(value) => self.0.encode(value, w),
            None => w.nil(),
        }
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<Option<T>> {
        if r.take_nil() { Ok(None) } else { self.0.decode(r).map(Some) }
    }

    fn absent(self) -> Option<Option<T>> {
        Some(None)
    }

    fn takes_nil(self) -> bool {
        true
    }

    fn check(self, value: &Option<T>, walk: &mut Walk) -> Result<()> {
        value.as_ref().map_or(Ok(()), |value| self.0.check(value, walk))
    }
}

/// The codec of a box, around that of its value.
#[derive(Clone, Copy, Debug)]
pub struct BoxOf<C>(pub C);

impl<T, C: Codec<T>> Codec<Box<T>> for BoxOf<C> {
    fn encode(self, value: &Box<T>, w: &mut Writer) {
        if w.layer() {
            self.0.encode(value, w);
        }
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<Box<T>> {
        r.layer()?;
        self.0.decode(r).map(Box::new)
    }

    fn absent(self) -> Option<Box<T>> {
        self.0.absent().map(Box::new)
    }

    fn takes_nil(self) -> bool {
        self.0.takes_nil()
    }

    fn check(self, value: &Box<T>, walk: &mut Walk) -> Result<()> {
        walk.deeper(|walk| self.0.check(value, walk))
    }
}

/// The codec of a list, around that of its elements.
#[derive(Clone, Copy, Debug)]
pub struct ListOf<C>(pub C);

impl<T, C: Codec<T>> Codec<Vec<T>> for ListOf<C> {
    fn encode(self, value: &Vec<T>, w: &mut Writer) {
        container::encode_list(self.0, value, w);
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<Vec<T>> {
        container::decode_list(self.0, r)
    }

    fn check(self, value: &Vec<T>, walk: &mut Walk) -> Result<()> {
        container::check_list(self.0, value, walk)
    }
}

/// The codec of a map, around those of its keys and values.
#[derive(Clone, Copy, Debug)]
pub struct MapOf<A, B>(pub A, pub B);

impl<K: Ord, V, A: Codec<K>, B: Codec<V>> Codec<BTreeMap<K, V>> for MapOf<A, B> {
    fn encode(self, value: &BTreeMap<K, V>, w: &mut Writer) {
        container::encode_map((self.0, self.1), w, value.len(), value.iter());
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<BTreeMap<K, V>> {
        let mut map = BTreeMap::new();
        container::decode_map((self.0, self.1), r, |key, value| map.insert(key, value).is_some())?;
        Ok(map)
    }

    fn check(self, value: &BTreeMap<K, V>, walk: &mut Walk) -> Result<()> {
        container::check_map((self.0, self.1), value.iter(), walk)
    }
}

impl<K, V, S, A, B> Codec<HashMap<K, V, S>> for MapOf<A, B>
where
    K: Eq + Hash,
    S: BuildHasher + Default,
    A: Codec<K>,
    B: Codec<V>,
{
    fn encode(self, value: &HashMap<K, V, S>, w: &mut Writer) {
        container::encode_map((self.0, self.1), w, value.len(), value.iter());
    }

    fn decode(self, r: &mut Reader<'_>) -> Result<HashMap<K, V, S>> {
        let mut map = HashMap::default();
        container::decode_map((self.0, self.1), r, |key, value| map.insert(key, value).is_some())?;
        Ok(map)
    }

    fn check(self, value: &HashMap<K, V, S>, walk: &mut Walk) -> Result<()> {
        container::check_map((self.0, self.1), value.iter(), walk)
    }
}

/// The codec of a tuple, around those of its elements.
#[derive(Clone, Copy, Debug)]
pub struct TupleOf<C>(pub C);

macro_rules! tuples {
    ($($length:literal: $($name:ident $codec:ident $index:tt),+;)*) => {$(
        impl<$($name,)+ $($codec: Codec<$name>),+> Codec<($($name,)+)> for TupleOf<($($codec,)+)> {
            fn encode(self, value: &($($name,)+), w: &mut Writer) {
                if w.array($length) {
                    $(self.0.$index.encode(&value.$index, w);)+
                    w.leave();
                }
            }

            fn decode(self, r: &mut Reader<'_>) -> Result<($($name,)+)> {
                r.tuple($length)?;
                let tuple = ($(self.0.$index.decode(r).map_err(|error| error.in_element($index))?,)+);
                r.leave();
                Ok(tuple)
            }

            fn check(self, value: &($($name,)+), walk: &mut Walk) -> Result<()> {
                $(self.0.$index.check(&value.$index, walk).map_err(|error| error.in_element($index))?;)+
                Ok(())
            }
        }
    )*};
}

tuples! {
    1: A CA 0;
    2: A CA 0, B CB 1;
    3: A CA 0, B CB 1, C CC 2;
    4: A CA 0, B CB 1, C CC 2, D CD 3;
    5: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4;
    6: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5;
    7: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5, G CG 6;
    8: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5, G CG 6, H CH 7;
    9: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5, G CG 6, H CH 7, I CI 8;
    10: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5, G CG 6, H CH 7, I CI 8, J CJ 9;
    11: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5, G CG 6, H CH 7, I CI 8, J CJ 9, K CK 10;
    12: A CA 0, B CB 1, C CC 2, D CD 3, E CE 4, F CF 5, G CG 6, H CH 7, I CI 8, J CJ 9, K CK 10, L CL 11;
}

//! Options, boxes, lists, tuples and maps.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use procwire_idl::shape::Shape;

use super::check::Walk;
use super::error::{DecodeError, Reason};
use super::expand::{ByMessage, Codec};
use super::message::Message;
use super::reader::Reader;
use super::writer::Writer;

impl<T: Message> Message for Option<T> {
    fn takes_nil() -> bool {
        true
    }

    #[inline]
    fn encode(&self, w: &mut Writer) {
        match self {
            Some(value) => value.encode(w),
            None => w.nil(),
        }
    }

    #[inline]
    fn encode_after(&self, prefix: &[u8], w: &mut Writer) {
        if let Some(value) = self {
            value.encode_after(prefix, w);
        } else {
            w.raw(prefix);
            w.nil();
        }
    }

    #[inline]
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if r.take_nil() { Ok(None) } else { T::decode(r).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn shape() -> &'static Shape {
        const { &Shape::Nullable(T::shape) }
    }

    fn check_inside(&self, walk: &mut Walk) -> Result<(), DecodeError> {
        self.as_ref().map_or(Ok(()), |value| value.check_inside(walk))
    }
}

impl<T: Message> Message for Box<T> {
    fn takes_nil() -> bool {
        T::takes_nil()
    }

    fn encode(&self, w: &mut Writer) {
        // A type needs a box only where it holds itself: the one place where recursion may consume nothing.
        if w.layer() {
            T::encode(self, w);
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.layer()?;
        T::decode(r).map(Box::new)
    }

    fn decode_key(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.layer()?;
        T::decode_key(r).map(Box::new)
    }

    fn absent() -> Option<Self> {
        T::absent().map(Self::new)
    }

    fn shape() -> &'static Shape {
        T::shape()
    }

    fn check_inside(&self, walk: &mut Walk) -> Result<(), DecodeError> {
        walk.deeper(|walk| T::check_inside(self, walk))
    }
}

/// What is reserved for a list at once, in bytes: its length is only what the sender claims, and an element that is
/// large here may take one byte there.
const AT_ONCE: usize = 1 << 20;

/// Writes the elements of a list.
#[inline]
pub(super) fn encode_list<T>(codec: impl Codec<T>, list: &[T], w: &mut Writer) {
    if w.array(list.len()) {
        for element in list {
            codec.encode(element, w);
        }
        w.leave();
    }
}

/// Reads the elements of a list.
#[inline]
pub(super) fn decode_list<T>(codec: impl Codec<T>, r: &mut Reader<'_>) -> Result<Vec<T>, DecodeError> {
    let length = r.array()?;
    let mut list = Vec::with_capacity(length.min(AT_ONCE / size_of::<T>().max(1)));
    for index in 0..length {
        match codec.decode(r) {
            Ok(element) => list.push(element),
            Err(error) => return Err(error.in_element(index)),
        }
    }
    r.leave();
    Ok(list)
}

/// Checks the elements of a list.
pub(super) fn check_list<T>(codec: impl Codec<T>, list: &[T], walk: &mut Walk) -> Result<(), DecodeError> {
    walk.deeper(|walk| {
        for (index, element) in list.iter().enumerate() {
            codec.check(element, walk).map_err(|error| error.in_element(index))?;
        }
        Ok(())
    })
}

impl<T: Message> Message for Vec<T> {
    fn encode(&self, w: &mut Writer) {
        encode_list(ByMessage(PhantomData), self, w);
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        decode_list(ByMessage(PhantomData), r)
    }

    fn shape() -> &'static Shape {
        const { &Shape::List(T::shape) }
    }

    fn check_inside(&self, walk: &mut Walk) -> Result<(), DecodeError> {
        check_list(ByMessage(PhantomData), self, walk)
    }
}

/// The codecs of a map's keys and values.
type Both<K, V> = (ByMessage<K>, ByMessage<V>);

fn both<K, V>() -> Both<K, V> {
    (ByMessage(PhantomData), ByMessage(PhantomData))
}

/// Writes the entries of a map.
pub(super) fn encode_map<'a, K: 'a, V: 'a>(
    (keys, values): (impl Codec<K>, impl Codec<V>),
    w: &mut Writer,
    length: usize,
    entries: impl Iterator<Item = (&'a K, &'a V)>,
) {
    if !w.map(length) {
        return;
    }
    for (key, value) in entries {
        let start = w.mark();
        keys.encode(key, w);
        w.check_key(start);
        values.encode(value, w);
    }
    w.leave();
}

/// Reads the entries of a map; `insert` tells whether its key was there already.
pub(super) fn decode_map<K, V>(
    (keys, values): (impl Codec<K>, impl Codec<V>),
    r: &mut Reader<'_>,
    mut insert: impl FnMut(K, V) -> bool,
) -> Result<(), DecodeError> {
    for _ in 0..r.map()? {
        let start = r.place();
        let key = r.map_key_with(keys)?;
        match values.decode(r) {
            Ok(value) => {
                if insert(key, value) {
                    return Err(DecodeError::new(Reason::Duplicate, "a key appears twice").in_entry(start));
                }
            }
            Err(error) => return Err(error.in_entry(start)),
        }
    }
    r.leave();
    Ok(())
}

/// Checks the entries of a map. A key that is wrong is told of the map.
pub(super) fn check_map<'a, K: 'a, V: 'a>(
    (keys, values): (impl Codec<K>, impl Codec<V>),
    mut entries: impl Iterator<Item = (&'a K, &'a V)>,
    walk: &mut Walk,
) -> Result<(), DecodeError> {
    walk.deeper(|walk| {
        entries.try_for_each(|(key, value)| {
            keys.check(key, walk)?;
            values.check(value, walk).map_err(|error| error.in_entry(shown(keys, key)))
        })
    })
}

/// A key as a path shows it.
#[cold]
fn shown<K>(codec: impl Codec<K>, key: &K) -> String {
    let mut writer = Writer::new();
    codec.encode(key, &mut writer);
    match writer.finish() {
        Ok(key) => Reader::new(&key.into_bytes()).place().to_string(),
        Err(_) => "…".to_owned(),
    }
}

impl<K: Message + Ord, V: Message> Message for BTreeMap<K, V> {
    fn encode(&self, w: &mut Writer) {
        encode_map(both(), w, self.len(), self.iter());
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut map = Self::new();
        decode_map(both(), r, |key, value| map.insert(key, value).is_some())?;
        Ok(map)
    }

    fn shape() -> &'static Shape {
        const { &Shape::Map(K::shape, V::shape) }
    }

    fn check_inside(&self, walk: &mut Walk) -> Result<(), DecodeError> {
        check_map(both(), self.iter(), walk)
    }
}

impl<K: Message + Eq + Hash, V: Message, S: BuildHasher + Default> Message for HashMap<K, V, S> {
    fn encode(&self, w: &mut Writer) {
        encode_map(both(), w, self.len(), self.iter());
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut map = Self::default();
        decode_map(both(), r, |key, value| map.insert(key, value).is_some())?;
        Ok(map)
    }

    fn shape() -> &'static Shape {
        const { &Shape::Map(K::shape, V::shape) }
    }

    fn check_inside(&self, walk: &mut Walk) -> Result<(), DecodeError> {
        check_map(both(), self.iter(), walk)
    }
}

macro_rules! tuples {
    ($($length:literal: $($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Message),+> Message for ($($name,)+) {
            fn encode(&self, w: &mut Writer) {
                if w.array($length) {
                    $(self.$index.encode(w);)+
                    w.leave();
                }
            }

            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                r.tuple($length)?;
                let tuple = ($($name::decode(r).map_err(|error| error.in_element($index))?,)+);
                r.leave();
                Ok(tuple)
            }

            fn shape() -> &'static Shape {
                const { &Shape::Tuple(&[$($name::shape),+]) }
            }

            fn check_inside(&self, walk: &mut Walk) -> Result<(), DecodeError> {
                $(self.$index.check_inside(walk).map_err(|error| error.in_element($index))?;)+
                Ok(())
            }
        }
    )*};
}

tuples! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    11: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    12: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

//! Options, boxes, lists, tuples and maps.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use procwire_idl::shape::Shape;

use super::error::{DecodeError, Reason};
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
}

/// What is reserved for a list at once, in bytes: its length is only what the sender claims, and an element that is
/// large here may take one byte there.
const AT_ONCE: usize = 1 << 20;

impl<T: Message> Message for Vec<T> {
    fn encode(&self, w: &mut Writer) {
        if w.array(self.len()) {
            for element in self {
                element.encode(w);
            }
            w.leave();
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = r.array()?;
        let mut list = Self::with_capacity(length.min(AT_ONCE / size_of::<T>().max(1)));
        for index in 0..length {
            match T::decode(r) {
                Ok(element) => list.push(element),
                Err(error) => return Err(error.in_element(index)),
            }
        }
        r.leave();
        Ok(list)
    }

    fn shape() -> &'static Shape {
        const { &Shape::List(T::shape) }
    }
}

/// Writes the entries of a map.
fn encode_map<'a, K: Message + 'a, V: Message + 'a>(
    w: &mut Writer,
    length: usize,
    entries: impl Iterator<Item = (&'a K, &'a V)>,
) {
    if !w.map(length) {
        return;
    }
    for (key, value) in entries {
        let start = w.mark();
        key.encode(w);
        w.check_key(start);
        value.encode(w);
    }
    w.leave();
}

/// Reads the entries of a map; `insert` tells whether its key was there already.
fn decode_map<K: Message, V: Message>(
    r: &mut Reader<'_>,
    mut insert: impl FnMut(K, V) -> bool,
) -> Result<(), DecodeError> {
    for _ in 0..r.map()? {
        let start = r.place();
        let key = r.map_key()?;
        match V::decode(r) {
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

impl<K: Message + Ord, V: Message> Message for BTreeMap<K, V> {
    fn encode(&self, w: &mut Writer) {
        encode_map(w, self.len(), self.iter());
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut map = Self::new();
        decode_map(r, |key, value| map.insert(key, value).is_some())?;
        Ok(map)
    }

    fn shape() -> &'static Shape {
        const { &Shape::Map(K::shape, V::shape) }
    }
}

impl<K: Message + Eq + Hash, V: Message, S: BuildHasher + Default> Message for HashMap<K, V, S> {
    fn encode(&self, w: &mut Writer) {
        encode_map(w, self.len(), self.iter());
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut map = Self::default();
        decode_map(r, |key, value| map.insert(key, value).is_some())?;
        Ok(map)
    }

    fn shape() -> &'static Shape {
        const { &Shape::Map(K::shape, V::shape) }
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

//! What the expansion of `#[derive(Message)]` and `#[service]` calls, beside the reader and the writer.
//!
//! A type travels by its [`Message`], or by its serde traits where it has no `Message`. Which of them is found by
//! method lookup: `(&&&Pick::<T>(PhantomData)).codec()` tries a reference less each time.
#![allow(
    clippy::redundant_pattern_matching,
    reason = "`is_some` would be a function more for each type in a debug build"
)]

use std::marker::PhantomData;

use procwire_idl::shape::Shape;

use super::check::Walk;
use super::error::{DecodeError, EncodeError, Reason};
use super::message::Message;
use super::reader::{Reader, Tag};
use super::serde::BySerde;
use super::writer::Writer;
use crate::error::Declared;

type Result<T> = std::result::Result<T, DecodeError>;

/// How values of one type travel.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot travel in a message",
    label = "neither a message nor a type of serde",
    note = "add `#[derive(procwire::Message)]` to it, or `serde::Serialize` and `serde::Deserialize`"
)]
pub trait Codec<T>: Copy {
    /// Writes a value.
    fn encode(self, value: &T, w: &mut Writer);
    /// Writes what is MsgPack already, and then a value.
    fn encode_after(self, prefix: &[u8], value: &T, w: &mut Writer) {
        w.raw(prefix);
        self.encode(value, w);
    }
    /// Reads a value.
    fn decode(self, r: &mut Reader<'_>) -> Result<T>;
    /// Reads a value that is the key of a map.
    fn decode_key(self, r: &mut Reader<'_>) -> Result<T> {
        self.decode(r)
    }
    /// The value of a required field that is not there.
    fn absent(self) -> Option<T> {
        None
    }
    /// Whether nil is a value.
    fn takes_nil(self) -> bool {
        false
    }
    /// Checks the constraints of a value, and of what is in it.
    fn check(self, _: &T, _: &mut Walk) -> Result<()> {
        Ok(())
    }
}

/// The codec that a type has by itself.
pub trait Own<T>: Codec<T> {
    /// What the type looks like.
    fn shape(self) -> &'static Shape;
}

/// The codec of a [`Message`].
#[derive(Debug)]
pub struct ByMessage<T>(pub PhantomData<fn() -> T>);

impl<T> Clone for ByMessage<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ByMessage<T> {}

impl<T: Message> Codec<T> for ByMessage<T> {
    #[inline]
    fn encode(self, value: &T, w: &mut Writer) {
        value.encode(w);
    }

    #[inline]
    fn encode_after(self, prefix: &[u8], value: &T, w: &mut Writer) {
        value.encode_after(prefix, w);
    }

    #[inline]
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

    fn check(self, value: &T, walk: &mut Walk) -> Result<()> {
        value.check_inside(walk)
    }
}

impl<T: Message> Own<T> for ByMessage<T> {
    fn shape(self) -> &'static Shape {
        T::shape()
    }
}

/// Picks the codec of a type.
#[derive(Debug)]
pub struct Pick<T>(pub PhantomData<fn() -> T>);

/// The traits through which the codec is looked up, the first choice first.
pub mod pick {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::{ByMessage, BySerde, Message, PhantomData, Pick};

    /// The type is a message.
    pub trait PickMessage<T> {
        /// Its codec.
        fn codec(&self) -> ByMessage<T>;
    }

    impl<T: Message> PickMessage<T> for &&Pick<T> {
        #[inline]
        fn codec(&self) -> ByMessage<T> {
            ByMessage(PhantomData)
        }
    }

    /// The type is one of serde's.
    pub trait PickSerde<T> {
        /// Its codec.
        fn codec(&self) -> BySerde<T>;
    }

    impl<T: Serialize + DeserializeOwned> PickSerde<T> for &Pick<T> {
        #[inline]
        fn codec(&self) -> BySerde<T> {
            BySerde::new()
        }
    }

    /// The type is neither, which the codec then says.
    pub trait PickNeither<T> {
        /// What would be its codec.
        fn codec(&self) -> ByMessage<T>;
    }

    impl<T> PickNeither<T> for Pick<T> {
        #[inline]
        fn codec(&self) -> ByMessage<T> {
            ByMessage(PhantomData)
        }
    }
}

/// Writes the entry of an optional field, where it is there. `key` is packed.
#[inline]
pub fn write_optional<T>(w: &mut Writer, codec: impl Codec<T>, key: &[u8], value: &Option<T>) {
    if let Some(value) = value {
        codec.encode_after(key, value, w);
    }
}

/// One entry, where there is a value.
#[inline]
pub fn present<T>(value: &Option<T>) -> usize {
    usize::from(value.is_some())
}

/// Reads a required field.
#[inline]
pub fn field<T>(r: &mut Reader<'_>, codec: impl Codec<T>, slot: &mut Option<T>, name: &'static str) -> Result<()> {
    if let Some(_) = slot {
        return Err(twice(name));
    }
    match codec.decode(r) {
        Ok(value) => {
            *slot = Some(value);
            Ok(())
        }
        Err(error) => Err(error.in_field(name)),
    }
}

/// Reads an optional field, for which nil stands for nothing.
#[inline]
pub fn optional_field<T>(
    r: &mut Reader<'_>,
    codec: impl Codec<T>,
    slot: &mut Option<Option<T>>,
    name: &'static str,
) -> Result<()> {
    if let Some(_) = slot {
        return Err(twice(name));
    }
    if r.take_nil() {
        *slot = Some(None);
        return Ok(());
    }
    match codec.decode(r) {
        Ok(value) => {
            *slot = Some(Some(value));
            Ok(())
        }
        Err(error) => Err(error.in_field(name)),
    }
}

/// Reads a field with a default, for which nil stands unless it is a value of the type.
#[inline]
pub fn default_field<T>(
    r: &mut Reader<'_>,
    codec: impl Codec<T>,
    slot: &mut Option<Option<T>>,
    name: &'static str,
) -> Result<()> {
    if slot.is_none() && r.is_nil() && codec.takes_nil() {
        return match codec.decode(r) {
            Ok(value) => {
                *slot = Some(Some(value));
                Ok(())
            }
            Err(error) => Err(error.in_field(name)),
        };
    }
    optional_field(r, codec, slot, name)
}

/// Checks a field.
pub fn check_field<T>(codec: impl Codec<T>, value: &T, name: &'static str, walk: &mut Walk) -> Result<()> {
    codec.check(value, walk).map_err(|error| error.in_field(name))
}

/// Checks an optional field, where it is there.
pub fn check_optional<T>(codec: impl Codec<T>, value: &Option<T>, name: &'static str, walk: &mut Walk) -> Result<()> {
    value.as_ref().map_or(Ok(()), |value| check_field(codec, value, name, walk))
}

/// Checks what lies under a key.
pub fn check_in(name: &'static str, check: impl FnOnce() -> Result<()>) -> Result<()> {
    check().map_err(|error| error.in_field(name))
}

/// Whether what is to be written breaks a constraint; then the writer keeps that as its failure.
pub fn refuses(w: &mut Writer, check: impl FnOnce(&mut Walk) -> Result<()>) -> bool {
    match check(&mut Walk::default()) {
        Ok(()) => false,
        Err(error) => {
            w.fail(EncodeError::refused(&error));
            true
        }
    }
}

/// Checks an element of a tuple.
pub fn check_element<T>(codec: impl Codec<T>, value: &T, index: usize, walk: &mut Walk) -> Result<()> {
    codec.check(value, walk).map_err(|error| error.in_element(index))
}

/// The value of a required field, which may be one whose type has a value for "not there".
#[inline]
pub fn required<T>(slot: Option<T>, codec: impl Codec<T>, name: &'static str) -> Result<T> {
    // No closures and no `?`: in a debug build of the user's crate each would be a function more for each type.
    match slot {
        Some(value) => Ok(value),
        None => match codec.absent() {
            Some(value) => Ok(value),
            None => Err(missing(name)),
        },
    }
}

#[cold]
#[inline(never)]
fn missing(name: &'static str) -> DecodeError {
    DecodeError::new(Reason::MissingField, "required field is missing").in_field(name)
}

#[cold]
#[inline(never)]
fn twice(name: &'static str) -> DecodeError {
    DecodeError::new(Reason::Duplicate, "field appears twice").in_field(name)
}

/// The error for a variant that a strict enum does not have.
#[cold]
#[inline(never)]
#[must_use]
pub fn unknown_variant(name: &[u8], known: &[&str]) -> DecodeError {
    let name: String = String::from_utf8_lossy(name).chars().take(64).collect();
    let known = format!("; there are {}", known.join(", "));
    DecodeError::showing(Reason::UnknownVariant, "unknown variant ", format_args!("{name:?}"), &known)
}

/// The error for a number that a strict enum does not have.
#[cold]
#[inline(never)]
#[must_use]
pub fn unknown_number(number: i128, known: &[&str]) -> DecodeError {
    let known = format!("; there are {}", known.join(", "));
    DecodeError::showing(Reason::UnknownVariant, "unknown variant ", number, &known)
}

/// The error for a variant with data that came as a bare name.
#[cold]
#[inline(never)]
#[must_use]
pub fn lacks_data(name: &str) -> DecodeError {
    DecodeError::new(
        Reason::Type,
        format!("variant {name:?} has data, so it comes as a map with it, got its bare name"),
    )
}

/// One of several errors that a method declares.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    knows: fn(&[u8]) -> bool,
    is_open: bool,
}

/// A declared error as one of several.
#[must_use]
pub const fn candidate<E: Declared>() -> Candidate {
    Candidate { knows: E::knows, is_open: E::OPEN }
}

/// Which of several errors comes next: the one that has the variant, else the first that keeps unknown ones, else the
/// last, which refuses it.
pub fn which(r: &mut Reader<'_>, candidates: &[Candidate]) -> Result<usize> {
    let start = r.place();
    let name = r.tag("type")?.name;
    r.go_to(start);
    let known = candidates.iter().position(|candidate| (candidate.knows)(name));
    let open = || candidates.iter().position(|candidate| candidate.is_open);
    Ok(known.or_else(open).unwrap_or(candidates.len().saturating_sub(1)))
}

/// Runs `read` on the reader. The bound tells the compiler what the closure takes.
#[inline]
pub fn read_with<'a, T>(r: &mut Reader<'a>, read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
    read(r)
}

/// Reads the values of a tuple variant that lie under a key.
pub fn tuple_field<'a, T>(
    r: &mut Reader<'a>,
    slot: &mut Option<T>,
    name: &'static str,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T>,
) -> Result<()> {
    if let Some(_) = slot {
        return Err(twice(name));
    }
    *slot = Some(read(r).map_err(|error| error.in_field(name))?);
    Ok(())
}

/// The values of a tuple variant that lie under a key.
pub fn required_tuple<T>(slot: Option<T>, name: &'static str) -> Result<T> {
    slot.ok_or_else(|| missing(name))
}

/// Reads the rest of the map of a variant that has no data.
#[inline(never)]
pub fn unit_variant(r: &mut Reader<'_>, found: &mut Tag<'_>, tag: &'static str, strict: bool) -> Result<()> {
    for _ in 0..found.pairs {
        match r.key()? {
            key if key == tag.as_bytes() => r.pass_tag(&mut found.pending, tag)?,
            key if strict => r.refuse_unknown(key)?,
            key => r.skip_unknown(key)?,
        }
    }
    Ok(())
}

/// The shape of an integer, in a constant.
pub trait ConstShape {
    /// The shape.
    const SHAPE: &'static Shape;
}

macro_rules! const_shapes {
    ($($type:ident $shape:ident)*) => {$(
        impl ConstShape for $type {
            const SHAPE: &'static Shape = &Shape::$shape;
        }
    )*};
}

const_shapes!(u8 U8 u16 U16 u32 U32 u64 U64 i8 I8 i16 I16 i32 I32 i64 I64);

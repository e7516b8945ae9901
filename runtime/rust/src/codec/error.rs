//! What goes wrong while reading and while writing: a reason in a word, a sentence, and the path of the field.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What stands in the place of a value that nobody may see.
pub(crate) const REDACTED: &str = "<redacted>";

/// Why a value was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A value of another type.
    Type,
    /// A number that the type cannot hold.
    Range,
    /// A text or an extension that does not mean a value of the type, such as a UUID of 35 characters.
    Value,
    /// A tuple of another length.
    Length,
    /// A required field is not there.
    MissingField,
    /// A field or a key appears twice.
    Duplicate,
    /// A strict type has no such field.
    UnknownField,
    /// A strict enum has no such variant.
    UnknownVariant,
    /// A key that no map may have.
    Key,
    /// Text that is no UTF-8.
    Utf8,
    /// More than 100 containers, or 100 layers of option, newtype and enum around one value.
    Depth,
    /// The value would take too much memory for its length.
    Budget,
    /// The payload ends inside the value.
    Truncated,
    /// Bytes follow the value.
    Trailing,
    /// Bytes that are no MsgPack.
    Malformed,
    /// A value of the type that breaks a constraint of the schema.
    Constraint,
}

impl Reason {
    /// The reason in one word, as the vectors name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Range => "range",
            Self::Value => "value",
            Self::Length => "length",
            Self::MissingField => "missing-field",
            Self::Duplicate => "duplicate",
            Self::UnknownField => "unknown-field",
            Self::UnknownVariant => "unknown-variant",
            Self::Key => "key",
            Self::Utf8 => "utf8",
            Self::Depth => "depth",
            Self::Budget => "budget",
            Self::Truncated => "truncated",
            Self::Trailing => "trailing",
            Self::Malformed => "malformed",
            Self::Constraint => "constraint",
        }
    }
}

/// A payload that is not a value of the type.
///
/// It prints as `legs[2].depth: expected u32, got string`.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Refusal>);

#[derive(Clone, PartialEq, Eq)]
struct Refusal {
    reason: Reason,
    message: Cow<'static, str>,
    /// Where in the message a value is shown, as bytes.
    value: Range<usize>,
    /// Innermost first, since it grows while the error travels outwards.
    path: Vec<Segment>,
}

#[derive(Clone, PartialEq, Eq)]
enum Segment {
    Field(Cow<'static, str>),
    Index(usize),
    Key(String),
}

impl DecodeError {
    /// An error at this place.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Refusal { reason, message: message.into(), value: 0..0, path: Vec::new() }))
    }

    /// An error whose message shows a value between these words.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn showing(reason: Reason, before: &str, value: impl fmt::Display, after: &str) -> Self {
        let mut error = Self::new(reason, format!("{before}{value}{after}"));
        error.0.value = before.len()..error.0.message.len() - after.len();
        error
    }

    /// The same error without the value: nothing of it is told, and not which part of it was wrong.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn redacted(mut self) -> Self {
        let Refusal { message, value, path, .. } = &mut *self.0;
        if value.end > value.start {
            message.to_mut().replace_range(value.clone(), REDACTED);
            value.end = value.start + REDACTED.len();
        }
        path.clear();
        self
    }

    /// A value of another type than the one asked for.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn unexpected(expected: &str, got: &str) -> Self {
        Self::new(Reason::Type, format!("expected {expected}, got {got}"))
    }

    /// The same error, seen from the record that has the field.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_field(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.path.push(Segment::Field(name.into()));
        self
    }

    /// The same error, seen from the list or tuple that has the element.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_element(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// The same error, seen from the map that has the entry.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_entry(mut self, key: impl fmt::Display) -> Self {
        self.0.path.push(Segment::Key(key.to_string()));
        self
    }

    /// Why it was refused.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// What was wrong, without the path.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it was wrong, such as `legs[2].depth`; empty for the payload itself.
    #[must_use]
    pub fn path(&self) -> String {
        let segments = self.0.path.iter().rev().enumerate();
        segments
            .map(|(at, segment)| match segment {
                Segment::Field(name) if at == 0 => name.to_string(),
                Segment::Field(name) => format!(".{name}"),
                Segment::Index(index) => format!("[{index}]"),
                Segment::Key(key) => format!("[{key}]"),
            })
            .collect()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            write!(f, "{}: ", self.path())?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({:?}: {self})", self.0.reason)
    }
}

impl std::error::Error for DecodeError {}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        // The type's own words, which may be about the value.
        Self::showing(Reason::Value, "", message, "")
    }

    fn invalid_type(unexpected: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::showing(Reason::Type, &format!("expected {expected}, got "), unexpected, "")
    }

    fn invalid_length(length: usize, expected: &dyn serde::de::Expected) -> Self {
        Self::new(Reason::Length, format!("expected {expected}, got {length} elements"))
    }

    fn unknown_variant(variant: &str, _: &'static [&'static str]) -> Self {
        Self::showing(Reason::UnknownVariant, "unknown variant ", format_args!("{variant:?}"), "")
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::showing(Reason::UnknownField, "unknown field ", format_args!("{field:?}"), "")
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Reason::MissingField, "required field is missing").in_field(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Reason::Duplicate, "field appears twice").in_field(field)
    }
}

/// A value that has no form on the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodeError(Box<Unwritten>);

#[derive(Clone, PartialEq, Eq)]
struct Unwritten {
    message: String,
    /// The value has a form, but it breaks a constraint.
    is_refused: bool,
}

impl EncodeError {
    /// An error with this text.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(message: impl fmt::Display) -> Self {
        Self(Box::new(Unwritten { message: message.to_string(), is_refused: false }))
    }

    /// What a value breaks that was checked before it was sent.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn refused(error: &DecodeError) -> Self {
        Self(Box::new(Unwritten { message: error.to_string(), is_refused: true }))
    }

    /// The sentence about the payload that is called `what`.
    pub(crate) fn about(&self, what: &str) -> String {
        if self.0.is_refused { format!("{what}: {self}") } else { format!("{what} cannot be encoded: {self}") }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodeError({self})")
    }
}

impl std::error::Error for EncodeError {}

//! Constants and defaults.

use std::fmt::{self, Write as _};

use super::{Docs, Extras, Type, TypeId};
use crate::source::Span;

/// A value that a schema writes down, checked against its type; uses of constants are already replaced by their value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`
    Bool(bool),
    /// An integer in the range of its type
    Int(i128),
    /// A finite number for `f32` or `f64`; an integer literal there is already a float
    Float(f64),
    /// A string, escapes resolved
    String(String),
    /// `[]`
    EmptyList,
    /// `{}`
    EmptyMap,
    /// A variant without data
    Variant {
        /// The enum.
        ty: TypeId,
        /// The name of the variant as declared.
        variant: String,
    },
    /// A duration in microseconds, at most 2^53 - 1
    Duration(u64),
}

/// As a schema writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::String(text) => Quoted(text).fmt(f),
            Self::EmptyList => f.write_str("[]"),
            Self::EmptyMap => f.write_str("{}"),
            Self::Variant { variant, .. } => f.write_str(variant),
            Self::Duration(microseconds) => duration(*microseconds, f),
        }
    }
}

/// A whole number of the largest unit that holds it.
fn duration(microseconds: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const UNITS: [(u64, &str); 4] = [(3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms")];
    if microseconds == 0 {
        return f.write_str("0s");
    }
    let unit = UNITS.into_iter().find(|(unit, _)| microseconds.is_multiple_of(*unit));
    let (unit, name) = unit.unwrap_or((1, "us"));
    write!(f, "{}{name}", microseconds / unit)
}

/// A text as a schema writes it, in quotes and escaped.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_control() => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// `const NAME: type = value;`
#[derive(Clone, Debug, PartialEq)]
pub struct Const {
    /// The name as written.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
    /// The declared type: a bool, number, string or duration, or an alias or newtype of one.
    pub ty: Type,
    /// The value.
    pub value: Value,
}

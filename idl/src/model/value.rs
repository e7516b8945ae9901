//! Constants and defaults.

use super::{Docs, Type, TypeId};
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

/// `const NAME: type = value;`
#[derive(Clone, Debug, PartialEq)]
pub struct Const {
    /// The name as written.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// Where the name is written.
    pub span: Span,
    /// The declared type: a bool, number, string or duration, or an alias or newtype of one.
    pub ty: Type,
    /// The value.
    pub value: Value,
}

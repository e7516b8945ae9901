//! Types as they are used: built-in ones, and references to declared ones.

use super::{Constraints, TypeId};
use crate::source::Span;

/// A type as it stands at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What the type is.
    pub kind: TypeKind,
    /// Where it is written.
    pub span: Span,
    /// `@ts(number)`: TypeScript holds this `u64` or `i64` as a `number` and refuses what is beyond 2^53 - 1.
    pub ts_number: bool,
    /// `@precise`: this `timestamp` keeps its nanoseconds in every language.
    pub precise: bool,
    /// `@text`: this `timestamp` or `uuid` is written as text; both forms are read.
    pub text: bool,
    /// What a value must satisfy beyond its type. It never stands on [`TypeKind::Nullable`] but on the type inside.
    pub constraints: Option<Box<Constraints>>,
}

impl Type {
    /// A type at a place.
    #[must_use]
    pub fn new(kind: TypeKind, span: Span) -> Self {
        Self { kind, span, ts_number: false, precise: false, text: false, constraints: None }
    }

    /// Calls `visit` with each declared type that is named in here, at any depth, in source order.
    pub fn for_each_named(&self, visit: &mut impl FnMut(TypeId, Span)) {
        match &self.kind {
            TypeKind::Named(id) => visit(*id, self.span),
            TypeKind::List(inner) | TypeKind::Nullable(inner) => inner.for_each_named(visit),
            TypeKind::Map(key, value) => {
                key.for_each_named(visit);
                value.for_each_named(visit);
            }
            TypeKind::Tuple(elements) => elements.iter().for_each(|element| element.for_each_named(visit)),
            _ => {}
        }
    }
}

/// What a type is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `bool`
    Bool,
    /// `string`
    String,
    /// `u8` to `i64`
    Int(IntType),
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `bytes`
    Bytes,
    /// `timestamp`
    Timestamp,
    /// `duration`
    Duration,
    /// `uuid`
    Uuid,
    /// `any`
    Any,
    /// `()`, nil on the wire
    Unit,
    /// `list<T>`
    List(Box<Type>),
    /// `(A,)`, `(A, B)` and so on; never empty
    Tuple(Vec<Type>),
    /// `map<K, V>`
    Map(Box<Type>, Box<Type>),
    /// `T?`; never nested, also not through aliases and newtypes
    Nullable(Box<Type>),
    /// A declared type
    Named(TypeId),
}

/// The integer types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntType {
    /// `u8`
    U8,
    /// `u16`
    U16,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `i8`
    I8,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
}

impl IntType {
    /// All of them.
    pub const ALL: [IntType; 8] =
        [Self::U8, Self::U16, Self::U32, Self::U64, Self::I8, Self::I16, Self::I32, Self::I64];

    /// The name, the same in a schema and in Rust.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
        }
    }

    /// The type of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|int| int.name() == name)
    }

    /// The smallest and the largest value.
    #[must_use]
    pub fn range(self) -> (i128, i128) {
        match self {
            Self::U8 => (0, u8::MAX.into()),
            Self::U16 => (0, u16::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::U64 => (0, u64::MAX.into()),
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
        }
    }
}

/// Writes a type as a schema does, with the choices and constraints behind it.
pub(super) fn write(name: &dyn Fn(TypeId) -> String, ty: &Type, text: &mut String) {
    write_kind(name, ty, text);
    for (is_given, annotation) in [(ty.ts_number, " @ts(number)"), (ty.precise, " @precise"), (ty.text, " @text")] {
        text.push_str(if is_given { annotation } else { "" });
    }
    if let Some(constraints) = &ty.constraints {
        text.push_str(&constraints.to_string());
    }
}

fn write_kind(name: &dyn Fn(TypeId) -> String, ty: &Type, text: &mut String) {
    match &ty.kind {
        TypeKind::Bool => text.push_str("bool"),
        TypeKind::String => text.push_str("string"),
        TypeKind::Int(int) => text.push_str(int.name()),
        TypeKind::F32 => text.push_str("f32"),
        TypeKind::F64 => text.push_str("f64"),
        TypeKind::Bytes => text.push_str("bytes"),
        TypeKind::Timestamp => text.push_str("timestamp"),
        TypeKind::Duration => text.push_str("duration"),
        TypeKind::Uuid => text.push_str("uuid"),
        TypeKind::Any => text.push_str("any"),
        TypeKind::Unit => text.push_str("()"),
        TypeKind::List(inner) => {
            text.push_str("list<");
            write(name, inner, text);
            text.push('>');
        }
        TypeKind::Map(key, value) => {
            text.push_str("map<");
            write(name, key, text);
            text.push_str(", ");
            write(name, value, text);
            text.push('>');
        }
        TypeKind::Tuple(elements) => {
            text.push('(');
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write(name, element, text);
            }
            text.push_str(if elements.len() == 1 { ",)" } else { ")" });
        }
        TypeKind::Nullable(inner) => {
            write(name, inner, text);
            text.push('?');
        }
        TypeKind::Named(id) => text.push_str(&name(*id)),
    }
}

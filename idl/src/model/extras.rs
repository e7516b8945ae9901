//! What annotations add to a declaration or a member, beside what each kind has of its own.

use std::fmt;

use super::Value;

/// Annotations that any declaration and any member may bear.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// `@sensitive` on a field, a parameter or a newtype: its value is never shown.
    pub sensitive: bool,
    /// The names that `@rust(name = "..")`, `@ts(name = "..")` and `@py(name = "..")` give.
    pub names: Names,
    /// The annotations of users, `@x.name(..)`, in source order; only plugins read them.
    pub user: Vec<UserAnnotation>,
}

/// Names in generated code, where the usual conversion is not wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// `@rust(name = "..")`
    pub rust: Option<String>,
    /// `@ts(name = "..")`
    pub ts: Option<String>,
    /// `@py(name = "..")`
    pub py: Option<String>,
}

/// `@x.name(value, key = value)`.
#[derive(Clone, Debug, PartialEq)]
pub struct UserAnnotation {
    /// The name without `x.`; it may have dots.
    pub name: String,
    /// The arguments in source order.
    pub arguments: Vec<UserArgument>,
}

/// An argument of a [`UserAnnotation`].
#[derive(Clone, Debug, PartialEq)]
pub struct UserArgument {
    /// The name before `=`.
    pub name: Option<String>,
    /// A bool, number, string or duration; a bare word is a string.
    pub value: Value,
}

/// As a schema writes it.
impl fmt::Display for UserAnnotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@x.{}", self.name)?;
        for (at, argument) in self.arguments.iter().enumerate() {
            f.write_str(if at == 0 { "(" } else { ", " })?;
            if let Some(name) = &argument.name {
                write!(f, "{name} = ")?;
            }
            argument.value.fmt(f)?;
        }
        f.write_str(if self.arguments.is_empty() { "" } else { ")" })
    }
}

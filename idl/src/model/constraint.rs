//! Constraints: what a value must satisfy beyond its type.

use std::fmt;

use super::{Quoted, Value};

/// The constraints behind one type, all of which hold. nil is exempt from all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    /// `@len`
    pub len: Option<Length>,
    /// `@range`
    pub range: Option<Range>,
    /// `@pattern`: the regular expression as written, in the subset that all engines share.
    pub pattern: Option<String>,
}

/// `@len(min..=max)`: Unicode scalar values of a string, bytes, or entries of a list or map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// The least length.
    pub min: u64,
    /// The greatest length, inclusive.
    pub max: Option<u64>,
}

/// `@range(min..=max)` of a number or a duration. NaN is in no range.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The least value: [`Value::Int`], [`Value::Float`] or [`Value::Duration`], as the type is.
    pub min: Option<Value>,
    /// The greatest value, of the same kind.
    pub max: Option<Value>,
    /// Whether the greatest value itself is excluded; only for floats, elsewhere the resolver folds it into `max`.
    pub exclusive: bool,
}

/// As a schema writes them, each with a blank before it.
impl fmt::Display for Constraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Length { min, max }) = self.len {
            match max {
                Some(max) if max == min => write!(f, " @len({min})")?,
                Some(max) if min == 0 => write!(f, " @len(..={max})")?,
                Some(max) => write!(f, " @len({min}..={max})")?,
                None => write!(f, " @len({min}..)")?,
            }
        }
        if let Some(Range { min, max, exclusive }) = &self.range {
            f.write_str(" @range(")?;
            if let Some(min) = min {
                min.fmt(f)?;
            }
            f.write_str("..")?;
            if let Some(max) = max {
                f.write_str(if *exclusive { "" } else { "=" })?;
                max.fmt(f)?;
            }
            f.write_str(")")?;
        }
        if let Some(pattern) = &self.pattern {
            write!(f, " @pattern({})", Quoted(pattern))?;
        }
        Ok(())
    }
}

//! Constraints: what a value must satisfy beyond its type, and the sentence for one that does not.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use regex_lite::Regex;

use super::error::{DecodeError, Reason};

type Result = std::result::Result<(), DecodeError>;

/// Something that values of `T` must satisfy.
pub trait Constraint<T> {
    /// Refuses a value that does not.
    fn check(&self, value: &T) -> Result;
}

/// `@len`, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    /// The least length.
    pub min: u64,
    /// The greatest length.
    pub max: Option<u64>,
}

/// How long a value is; nothing where it is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length, so that `len` says nothing of it",
    label = "neither text nor bytes, a list or a map"
)]
pub trait HasLength {
    /// What is counted.
    const UNIT: &'static str;
    /// The length.
    fn length(&self) -> Option<usize>;
}

impl HasLength for String {
    const UNIT: &'static str = "characters";

    fn length(&self) -> Option<usize> {
        Some(self.chars().count())
    }
}

macro_rules! lengths {
    ($([$($generics:tt)*] $type:ty, $unit:literal;)*) => {$(
        impl<$($generics)*> HasLength for $type {
            const UNIT: &'static str = $unit;

            fn length(&self) -> Option<usize> {
                Some(self.len())
            }
        }
    )*};
}

lengths! {
    [] Bytes, "bytes";
    [T] Vec<T>, "entries";
    [K, V] BTreeMap<K, V>, "entries";
    [K, V, S] HashMap<K, V, S>, "entries";
}

impl<T: HasLength> Constraint<T> for Length {
    #[inline]
    fn check(&self, value: &T) -> Result {
        match value.length() {
            Some(length) if !self.contains(length) => Err(self.refuse(T::UNIT, length)),
            _ => Ok(()),
        }
    }
}

impl Length {
    #[inline]
    fn contains(&self, length: usize) -> bool {
        let length = length as u64;
        length >= self.min && self.max.is_none_or(|max| length <= max)
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self, unit: &str, length: usize) -> DecodeError {
        let expected = match *self {
            Self { min, max: Some(max) } if min == max => format!("{min} {unit}"),
            Self { min: 0, max: Some(max) } => format!("at most {max} {unit}"),
            Self { min, max: Some(max) } => format!("{min} to {max} {unit}"),
            Self { min, max: None } => format!("{min} or more {unit}"),
        };
        DecodeError::showing(Reason::Constraint, &format!("expected {expected}, got "), length, "")
    }
}

/// A number, or a duration, as constraints compare it.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Int(i128),
    /// Any other.
    Float(f64),
    /// Microseconds.
    Duration(u64),
}

impl Number {
    /// Whether it is below the other; nothing is where one of them is NaN.
    #[allow(clippy::cast_precision_loss, reason = "the bounds of a float are floats unless a person wrote them")]
    fn is_below(self, other: Self) -> Option<bool> {
        let as_float = |number| match number {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
            Self::Duration(micros) => micros as f64,
        };
        match (self, other) {
            (Self::Int(number), Self::Int(other)) => Some(number < other),
            (Self::Duration(micros), Self::Duration(other)) => Some(micros < other),
            _ => as_float(self).partial_cmp(&as_float(other)).map(std::cmp::Ordering::is_lt),
        }
    }
}

impl fmt::Display for Number {
    /// As a schema writes it. Floats as JavaScript does, so that all runtimes say the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) if number.is_infinite() => {
                f.write_str(if number < 0.0 { "-Infinity" } else { "Infinity" })
            }
            Self::Float(number) if number.abs() >= 1e21 => f.write_str(&format!("{number:e}").replace('e', "e+")),
            Self::Float(number) if number != 0.0 && number.abs() < 1e-6 => write!(f, "{number:e}"),
            // Minus zero is no other zero.
            Self::Float(number) => write!(f, "{}", number + 0.0),
            Self::Duration(micros) => {
                let units = [(3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms"), (1, "us")];
                let zero = (1_000_000, "s");
                let unit = units.into_iter().find(|(scale, _)| micros > 0 && micros.is_multiple_of(*scale));
                let (scale, unit) = unit.unwrap_or(zero);
                write!(f, "{}{unit}", micros / scale)
            }
        }
    }
}

/// What can be compared with bounds; nothing where it is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no order that `range` could be about",
    label = "neither a number nor a duration"
)]
pub trait HasRange {
    /// The value.
    fn number(&self) -> Option<Number>;
}

macro_rules! numbers {
    ($($type:ty, $variant:ident;)*) => {$(
        impl HasRange for $type {
            #[inline]
            fn number(&self) -> Option<Number> {
                Some(Number::$variant((*self).into()))
            }
        }
    )*};
}

numbers! {
    u8, Int; u16, Int; u32, Int; u64, Int; i8, Int; i16, Int; i32, Int; i64, Int;
    f32, Float; f64, Float;
}

impl HasRange for Duration {
    fn number(&self) -> Option<Number> {
        Some(Number::Duration(u64::try_from(self.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// `@range`.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The least value.
    pub min: Option<Number>,
    /// The greatest value.
    pub max: Option<Number>,
    /// The greatest value is not in the range itself.
    pub exclusive: bool,
}

impl<T: HasRange> Constraint<T> for Range {
    #[inline]
    fn check(&self, value: &T) -> Result {
        match value.number() {
            Some(number) if !self.contains(number) => Err(self.refuse(number)),
            _ => Ok(()),
        }
    }
}

impl Range {
    #[inline]
    fn contains(&self, number: Number) -> bool {
        let fits_min = self.min.is_none_or(|min| number.is_below(min) == Some(false));
        let fits_max = self.max.is_none_or(|max| {
            if self.exclusive { number.is_below(max) == Some(true) } else { max.is_below(number) == Some(false) }
        });
        fits_min && fits_max
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self, number: Number) -> DecodeError {
        let below = if self.exclusive { "below " } else { "" };
        let expected = match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {below}{max}"),
            (Some(min), None) => format!("{min} or more"),
            (None, Some(max)) if self.exclusive => format!("below {max}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "another number".to_owned(),
        };
        DecodeError::showing(Reason::Constraint, &format!("expected {expected}, got "), number, "")
    }
}

/// Text, as patterns look at it; nothing where it is none.
#[diagnostic::on_unimplemented(message = "`{Self}` is no text that a `pattern` could match", label = "not a `String`")]
pub trait HasText {
    /// The text.
    fn text(&self) -> Option<&str>;
}

impl HasText for String {
    #[inline]
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

/// `@pattern`. It is compiled once, when it is first asked.
#[derive(Debug)]
pub struct Pattern {
    written: &'static str,
    /// The same as this engine wants it.
    engines: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

/// As much of a text as a message shows.
pub(super) const SHOWN: usize = 40;

impl Pattern {
    /// The pattern as the schema has it, and as the engine wants it.
    #[must_use]
    pub const fn new(written: &'static str, engines: &'static str) -> Self {
        Self { written, engines, compiled: OnceLock::new() }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self, text: &str) -> DecodeError {
        let shown: String = text.chars().take(SHOWN).collect();
        let expected = format!("expected text that matches {}, got ", self.written);
        DecodeError::showing(Reason::Constraint, &expected, serde_json::Value::String(shown), "")
    }
}

impl<T: HasText> Constraint<T> for Pattern {
    fn check(&self, value: &T) -> Result {
        let Some(text) = value.text() else { return Ok(()) };
        match self.compiled.get_or_init(|| Regex::new(self.engines).ok()) {
            Some(regex) if regex.is_match(text) => Ok(()),
            Some(_) => Err(self.refuse(text)),
            // The macro compiled it before, so that this is a pattern beyond what one machine can hold.
            None => Err(DecodeError::new(
                Reason::Constraint,
                format!("the pattern {} is one that no engine takes", self.written),
            )),
        }
    }
}

/// Options and boxes are as what is in them.
macro_rules! through {
    ($($trait:ident $function:ident $result:ty $(, $unit:ident)?;)*) => {$(
        impl<T: $trait> $trait for Option<T> {
            $(const $unit: &'static str = T::$unit;)?

            fn $function(&self) -> $result {
                self.as_ref().and_then(T::$function)
            }
        }

        impl<T: $trait> $trait for Box<T> {
            $(const $unit: &'static str = T::$unit;)?

            fn $function(&self) -> $result {
                T::$function(self)
            }
        }
    )*};
}

through! {
    HasLength length Option<usize>, UNIT;
    HasRange number Option<Number>;
    HasText text Option<&str>;
}

#[cfg(test)]
mod tests {
    use super::{Constraint, DecodeError, Length, Number, Pattern, Range};

    fn told(result: Result<(), DecodeError>) -> String {
        result.map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn lengths_are_told_with_what_is_counted() {
        let length = |min, max, text: &str| told(Length { min, max }.check(&text.to_owned()));
        assert_eq!(length(1, Some(2), "äö"), "fine");
        assert_eq!(length(1, Some(2), "abc"), "expected 1 to 2 characters, got 3");
        assert_eq!(length(2, Some(2), "abc"), "expected 2 characters, got 3");
        assert_eq!(length(0, Some(2), "abc"), "expected at most 2 characters, got 3");
        assert_eq!(length(1, None, ""), "expected 1 or more characters, got 0");
        assert_eq!(told(Length { min: 1, max: None }.check(&Some(vec![0_u8; 0]))), "expected 1 or more entries, got 0");
        assert_eq!(told(Length { min: 1, max: None }.check(&None::<Vec<u8>>)), "fine");
    }

    #[test]
    fn ranges_are_told_as_a_schema_writes_them() {
        use Number::{Duration, Float, Int};
        let range = |min, max, exclusive| Range { min, max, exclusive };
        assert_eq!(told(range(Some(Int(1)), None, false).check(&0_u64)), "expected 1 or more, got 0");
        assert_eq!(told(range(None, Some(Int(5)), false).check(&6_i8)), "expected at most 5, got 6");
        assert_eq!(told(range(Some(Int(1)), Some(Int(5)), false).check(&5_u8)), "fine");
        let unit = range(Some(Float(0.0)), Some(Float(1.0)), true);
        assert_eq!(told(unit.check(&0.5_f32)), "fine");
        assert_eq!(told(unit.check(&1.0_f64)), "expected 0 to below 1, got 1");
        assert_eq!(told(unit.check(&f64::NAN)), "expected 0 to below 1, got NaN");
        assert_eq!(told(unit.check(&1e300)), "expected 0 to below 1, got 1e+300");
        assert_eq!(told(unit.check(&f64::NEG_INFINITY)), "expected 0 to below 1, got -Infinity");
        assert_eq!(told(unit.check(&-1.5e-7)), "expected 0 to below 1, got -1.5e-7");
        let short = range(Some(Duration(1_000)), Some(Duration(5_000_000)), false);
        assert_eq!(told(short.check(&std::time::Duration::ZERO)), "expected 1ms to 5s, got 0s");
        assert_eq!(told(short.check(&std::time::Duration::from_secs(120))), "expected 1ms to 5s, got 2m");
    }

    #[test]
    fn a_pattern_shows_the_start_of_what_does_not_match() {
        static PATTERN: Pattern = Pattern::new("^[A-Z.]+$", "^[A-Z.]+$");
        assert_eq!(told(PATTERN.check(&"A.B".to_owned())), "fine");
        assert_eq!(told(PATTERN.check(&"a\"\n".to_owned())), "expected text that matches ^[A-Z.]+$, got \"a\\\"\\n\"");
        let long = "ü".repeat(50);
        assert!(told(PATTERN.check(&long)).ends_with(&format!("\"{}\"", "ü".repeat(40))));
    }
}

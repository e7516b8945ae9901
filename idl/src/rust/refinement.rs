//! What stands about a type: its constraints, and the choices of how it is written.
//!
//! A refinement stands on what has the type, such as a field, and sees through `Option` and `Box`. What is about a type
//! inside that type is nested: `item(len = 1..=12)`.

use syn::{Expr, ExprLit, ExprRange, ExprUnary, Ident, Lit, LitStr, RangeLimits, UnOp};

use super::mistakes::Mistakes;
use super::options::Options;
use crate::model::{Constraints, Length, Range, Value};

/// The options that may stand about a type.
pub const OPTIONS: &[&str] = &["at0", "item", "key", "len", "pattern", "range", "text", "ts_number", "value"];
/// As many elements a tuple may have.
const ELEMENTS: usize = 12;

/// What stands about a type.
#[derive(Clone, Debug, Default)]
pub struct Refinement {
    /// What a value must satisfy.
    pub constraints: Constraints,
    /// The pattern as it stands, for messages about it.
    pub pattern: Option<LitStr>,
    /// A timestamp or a UUID is written as text.
    pub text: bool,
    /// `@ts(number)`, which means nothing here.
    pub ts_number: bool,
    /// About the elements of a list.
    pub item: Option<Part>,
    /// About the keys of a map.
    pub key: Option<Part>,
    /// About the values of a map.
    pub value: Option<Part>,
    /// About elements of a tuple, by their places.
    pub elements: Vec<(usize, Part)>,
}

/// A refinement of a type inside.
#[derive(Clone, Debug)]
pub struct Part {
    /// The word that leads to it.
    pub word: Ident,
    /// What stands about it.
    pub refinement: Box<Refinement>,
}

impl Refinement {
    /// Reads what stands among the options of a field, a parameter or a value of a variant.
    pub fn read(options: &Options, mistakes: &mut Mistakes) -> Self {
        let pattern = options.text("pattern", mistakes);
        let constraints = Constraints {
            len: options.value("len", mistakes).and_then(|(_, value)| length(&value, mistakes)),
            range: options.value("range", mistakes).and_then(|(_, value)| range(&value, mistakes)),
            pattern: pattern.as_ref().map(LitStr::value),
        };
        let mut elements = Vec::new();
        for at in 0..ELEMENTS {
            elements.extend(part(options, &format!("at{at}"), mistakes).map(|part| (at, part)));
        }
        Self {
            constraints,
            pattern,
            text: options.flag("text", mistakes).is_some(),
            ts_number: options.flag("ts_number", mistakes).is_some(),
            item: part(options, "item", mistakes),
            key: part(options, "key", mistakes),
            value: part(options, "value", mistakes),
            elements,
        }
    }

    /// Whether it changes how a value is read or written, here or inside.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let Constraints { len, range, pattern } = &self.constraints;
        let here = self.text || len.is_some() || range.is_some() || pattern.is_some();
        !here && self.parts().all(|part| part.refinement.is_plain())
    }

    /// What stands about types inside.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let elements = self.elements.iter().map(|(_, part)| part);
        [&self.item, &self.key, &self.value].into_iter().flatten().chain(elements)
    }
}

/// What stands behind `item(..)` and its like.
fn part(options: &Options, name: &str, mistakes: &mut Mistakes) -> Option<Part> {
    let (word, metas) = options.list(name, mistakes)?;
    let inside = Options::of(metas, OPTIONS, &format!("`{name}`"), mistakes);
    Some(Part { word, refinement: Box::new(Refinement::read(&inside, mistakes)) })
}

fn length(value: &Expr, mistakes: &mut Mistakes) -> Option<Length> {
    let wrong = "`len` is a number of characters, bytes or entries, or a range of them, as in `len = 1..=12`";
    let bound = |expr: &Expr, mistakes: &mut Mistakes| match number(expr) {
        Some(Value::Int(number)) if u64::try_from(number).is_ok() => u64::try_from(number).ok(),
        _ => {
            mistakes.push(expr, wrong);
            None
        }
    };
    let Expr::Range(ExprRange { start, limits, end, .. }) = value else {
        let exactly = bound(value, mistakes)?;
        return Some(Length { min: exactly, max: Some(exactly) });
    };
    if start.is_none() && end.is_none() {
        mistakes.push(value, wrong);
        return None;
    }
    let min = match start {
        Some(start) => bound(start, mistakes)?,
        None => 0,
    };
    let max = match (end, limits) {
        (None, _) => None,
        (Some(end), RangeLimits::Closed(_)) => Some(bound(end, mistakes)?),
        (Some(end), RangeLimits::HalfOpen(_)) => Some(bound(end, mistakes)?.saturating_sub(1)),
    };
    if max.is_some_and(|max| max < min) {
        mistakes.push(value, "no length lies in this range");
        return None;
    }
    Some(Length { min, max })
}

fn range(value: &Expr, mistakes: &mut Mistakes) -> Option<Range> {
    let wrong = "`range` is a range of numbers or durations, as in `range = 1..=5`, `range = 0.0..1.0` or \
                 `range = \"1ms\"..=\"5s\"`";
    let Expr::Range(ExprRange { start, limits, end, .. }) = value else {
        mistakes.push(value, wrong);
        return None;
    };
    let mut bound = |expr: &Option<Box<Expr>>| match expr {
        None => Some(None),
        Some(expr) => {
            let found = number(expr);
            if found.is_none() {
                mistakes.push(expr, wrong);
            }
            found.map(Some)
        }
    };
    let (min, max) = (bound(start)?, bound(end)?);
    let is_empty = match (&min, &max) {
        (None, None) => {
            mistakes.push(value, wrong);
            return None;
        }
        (Some(Value::Int(min)), Some(Value::Int(max))) => min > max,
        (Some(Value::Float(min)), Some(Value::Float(max))) => min > max,
        (Some(Value::Duration(min)), Some(Value::Duration(max))) => min > max,
        (Some(_), Some(_)) => {
            mistakes.push(value, "both ends of a range are of one kind");
            return None;
        }
        _ => false,
    };
    if is_empty {
        mistakes.push(value, "no value lies in this range");
        return None;
    }
    Some(folded(min, max, max_is_excluded(limits)))
}

fn max_is_excluded(limits: &RangeLimits) -> bool {
    matches!(limits, RangeLimits::HalfOpen(_))
}

/// Only between floats is there no greatest value below a bound.
fn folded(min: Option<Value>, max: Option<Value>, is_excluded: bool) -> Range {
    match max {
        Some(Value::Int(max)) if is_excluded => Range { min, max: Some(Value::Int(max - 1)), exclusive: false },
        Some(Value::Duration(max)) if is_excluded => {
            Range { min, max: Some(Value::Duration(max.saturating_sub(1))), exclusive: false }
        }
        Some(max) => Range { min, max: Some(max), exclusive: is_excluded },
        None => Range { min, max: None, exclusive: false },
    }
}

/// A literal number, with or without a sign, or a literal duration.
fn number(expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => literal.base10_parse().ok().map(Value::Int),
        Expr::Lit(ExprLit { lit: Lit::Float(literal), .. }) => literal.base10_parse().ok().map(Value::Float),
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => duration(&literal.value()).map(Value::Duration),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match number(expr)? {
            Value::Int(number) => Some(Value::Int(-number)),
            Value::Float(number) => Some(Value::Float(-number)),
            _ => None,
        },
        _ => None,
    }
}

/// The microseconds of a duration such as `250ms`.
#[must_use]
pub fn duration(text: &str) -> Option<u64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let digits = text[..text.len() - unit.len()].replace('_', "");
    let scale = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(scale).filter(|micros| *micros < 1 << 53)
}

/// The microseconds of an option whose value is a duration, such as `timeout = "5s"`.
pub(super) fn duration_option(options: &Options, name: &str, mistakes: &mut Mistakes) -> Option<u64> {
    let text = options.text(name, mistakes)?;
    let micros = duration(&text.value());
    if micros.is_none() {
        mistakes
            .push(&text, format!("`{name}` is a duration with a unit of us, ms, s, m or h, as in `{name} = \"5s\"`"));
    }
    micros
}

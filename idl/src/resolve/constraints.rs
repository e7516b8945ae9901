//! Constraints and choices behind a type: whether they fit it, and what they come to.

use super::Resolver;
use super::annotations::Facts;
use super::arguments::Bounds;
use super::values::{float, int_as_float};
use crate::ast::Number;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Constraints, IntType, Length, Range, Type, TypeKind, Value};
use crate::pattern;
use crate::source::Span;

/// The most entries, bytes or characters that `MsgPack` can say.
const LONGEST: u64 = u32::MAX as u64;

/// Something is wrong with a bound, and a diagnostic says so.
#[derive(Clone, Copy)]
struct Told;

impl<'a> Resolver<'a, '_> {
    /// Sets what the annotations behind a type say; `shown` is the type as it is written.
    pub(super) fn choices(&mut self, facts: &Facts<'a>, ty: &mut Type, shown: &str) {
        let is_wide = matches!(ty.kind, TypeKind::Int(IntType::U64 | IntType::I64));
        let is_timestamp = ty.kind == TypeKind::Timestamp;
        let has_text = is_timestamp || ty.kind == TypeKind::Uuid;
        if let Some((is_number, span)) = facts.ts_choice {
            ty.ts_number = is_number && is_wide;
            let message = "`@ts` is a choice for `u64` and `i64`: TypeScript has all others as they are";
            self.choice_fits(is_wide, span, ty.span, message, "this is neither");
        }
        if let Some(span) = facts.precise {
            ty.precise = is_timestamp;
            let message = "`@precise` is a choice for `timestamp`: all others keep every digit";
            self.choice_fits(is_timestamp, span, ty.span, message, "this is none");
        }
        if let Some(span) = facts.text {
            ty.text = has_text;
            let message = "`@text` is a choice for `timestamp` and `uuid`: all others have one form on the wire";
            self.choice_fits(has_text, span, ty.span, message, "this is neither");
        }
        let mut constraints = Constraints::default();
        if let Some(bounds) = &facts.len
            && self.constrains(
                matches!(ty.kind, TypeKind::String | TypeKind::Bytes | TypeKind::List(_) | TypeKind::Map(..)),
                "@len",
                "a string, bytes, a list or a map",
                bounds.span,
                ty,
                shown,
            )
        {
            constraints.len = self.length(bounds, ty.kind == TypeKind::Bytes);
        }
        if let Some(bounds) = &facts.range
            && self.constrains(
                matches!(ty.kind, TypeKind::Int(_) | TypeKind::F32 | TypeKind::F64 | TypeKind::Duration),
                "@range",
                "a number or a duration",
                bounds.span,
                ty,
                shown,
            )
        {
            constraints.range = self.range(bounds, &ty.kind);
        }
        if let Some((text, span)) = &facts.pattern
            && self.constrains(ty.kind == TypeKind::String, "@pattern", "a string", *span, ty, shown)
        {
            match pattern::check(&text.value) {
                Ok(()) => constraints.pattern = Some(text.value.clone().into_owned()),
                Err(mistake) => {
                    let mut diagnostic = Diagnostic::error(Code::InvalidPattern, text.span, mistake.to_string());
                    if let Some(note) = mistake.note() {
                        diagnostic = diagnostic.note(note);
                    }
                    self.diagnostics.push(diagnostic);
                }
            }
        }
        if constraints != Constraints::default() {
            ty.constraints = Some(Box::new(constraints));
        }
    }

    fn choice_fits(&mut self, fits: bool, place: Span, ty: Span, message: &str, label: &str) {
        if !fits {
            let diagnostic = Diagnostic::error(Code::MisplacedAnnotation, place, message);
            self.diagnostics.push(diagnostic.secondary(ty, label));
        }
    }

    fn constrains(&mut self, fits: bool, name: &str, what: &str, place: Span, ty: &Type, shown: &str) -> bool {
        if fits {
            return true;
        }
        let diagnostic = if let TypeKind::Named(_) = ty.kind {
            let message = format!("`{name}` stands behind a built-in type, and `{shown}` is declared");
            Diagnostic::error(Code::InvalidConstraint, place, message)
                .note(format!("constrain `{shown}` where it is declared, or declare another type"))
        } else {
            let message = format!("`{name}` constrains {what}, and `{shown}` is none");
            Diagnostic::error(Code::InvalidConstraint, place, message)
        };
        self.diagnostics.push(diagnostic.secondary(ty.span, "this is constrained"));
        false
    }

    fn invalid(&mut self, place: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(Code::InvalidConstraint, place, message));
    }

    fn length(&mut self, bounds: &Bounds, bytes: bool) -> Option<Length> {
        // Both are looked at before one of them ends it.
        let min = self.length_bound(bounds.min, bytes);
        let max = if bounds.single { min } else { self.length_bound(bounds.max, bytes) };
        let (min, mut max) = (min.ok()?, max.ok()?);
        if let (Some(limit), false) = (max, bounds.inclusive) {
            let Some(below) = limit.checked_sub(1) else {
                self.invalid(bounds.span, "no length is below 0");
                return None;
            };
            max = Some(below);
        }
        let length = Length { min: min.unwrap_or(0), max };
        match length {
            Length { min: 0, max: None } => self.invalid(bounds.span, "`@len` without a bound limits nothing"),
            Length { min, max: Some(max) } if min > max => {
                self.invalid(bounds.span, format!("no length is from {min} to {max}"));
            }
            _ => return Some(length),
        }
        None
    }

    /// The value of a bound, if it is there.
    fn length_bound(&mut self, bound: Option<(Number, Span)>, bytes: bool) -> Result<Option<u64>, Told> {
        let Some((number, place)) = bound else {
            return Ok(None);
        };
        let value = match number {
            Number::Int(value) => u64::try_from(value).ok(),
            Number::Size(value) if bytes => Some(value),
            Number::Size(_) => {
                self.invalid(place, "a size such as `64KiB` is of `bytes`; all others are counted one by one");
                return Err(Told);
            }
            Number::Float(_) | Number::Duration(_) => None,
        };
        if let Some(value) = value.filter(|value| *value <= LONGEST) {
            return Ok(Some(value));
        }
        self.invalid(place, format!("a length is a whole number from 0 to {LONGEST}"));
        Err(Told)
    }

    fn range(&mut self, bounds: &Bounds, kind: &TypeKind) -> Option<Range> {
        if bounds.single {
            self.invalid(bounds.span, "a range has two ends: write `@range(1..=1)`, or `@range(1..)`");
            return None;
        }
        if bounds.min.is_none() && bounds.max.is_none() {
            self.invalid(bounds.span, "`@range` without a bound limits nothing");
            return None;
        }
        let (min, max) = (self.range_bound(bounds.min, kind), self.range_bound(bounds.max, kind));
        let mut range = Range { min: min.ok()?, max: max.ok()?, exclusive: false };
        if !bounds.inclusive {
            range.exclusive = fold_exclusive(&mut range.max);
        }
        if is_empty(&range, kind) {
            self.invalid(bounds.span, "no value is in this range");
            return None;
        }
        Some(range)
    }

    fn range_bound(&mut self, bound: Option<(Number, Span)>, kind: &TypeKind) -> Result<Option<Value>, Told> {
        let Some((number, place)) = bound else {
            return Ok(None);
        };
        let value = match (kind, number) {
            (TypeKind::Int(int), Number::Int(value)) => {
                let (least, most) = int.range();
                if (least..=most).contains(&value) {
                    Ok(Value::Int(value))
                } else {
                    Err(format!("{value} is out of range of `{}`, which is {least} to {most}", int.name()))
                }
            }
            (TypeKind::Int(int), _) => Err(format!("a bound of `{}` is a whole number", int.name())),
            (TypeKind::F32 | TypeKind::F64, Number::Int(value)) => float(int_as_float(value), kind),
            (TypeKind::F32 | TypeKind::F64, Number::Float(value)) => float(value, kind),
            (TypeKind::Duration, Number::Duration(value)) => Ok(Value::Duration(value)),
            (TypeKind::Duration, _) => Err("a bound of `duration` is a duration such as `250ms`".to_owned()),
            _ => Err("a bound of a float is a number".to_owned()),
        };
        value.map(Some).map_err(|message| {
            self.invalid(place, message);
            Told
        })
    }
}

/// Makes an excluded end an included one where the values are whole; whether it stays excluded.
fn fold_exclusive(max: &mut Option<Value>) -> bool {
    match max {
        Some(Value::Int(value)) => {
            *value -= 1;
            false
        }
        Some(Value::Duration(value)) if *value > 0 => {
            *value -= 1;
            false
        }
        Some(_) => true,
        None => false,
    }
}

fn is_empty(range: &Range, kind: &TypeKind) -> bool {
    match (&range.min, &range.max) {
        (None, Some(Value::Int(max))) => matches!(kind, TypeKind::Int(int) if *max < int.range().0),
        // Nothing is below the shortest duration.
        (None, Some(Value::Duration(_))) => range.exclusive,
        (Some(Value::Int(min)), Some(Value::Int(max))) => min > max,
        (Some(Value::Duration(min)), Some(Value::Duration(max))) => min > max || range.exclusive,
        (Some(Value::Float(min)), Some(Value::Float(max))) => min > max || (range.exclusive && min >= max),
        _ => false,
    }
}

/// The constraint of its type that a default or a constant breaks.
pub(super) fn broken_by(constraints: &Constraints, value: &Value) -> Option<String> {
    let only = |part: Constraints| part.to_string().trim_start().to_owned();
    if let Some(length) = constraints.len {
        let found = match value {
            Value::String(text) => Some(text.chars().count() as u64),
            Value::EmptyList | Value::EmptyMap => Some(0),
            _ => None,
        };
        if found.is_some_and(|found| found < length.min || length.max.is_some_and(|max| found > max)) {
            return Some(only(Constraints { len: Some(length), ..Constraints::default() }));
        }
    }
    if let (Some(pattern), Value::String(text)) = (&constraints.pattern, value)
        && pattern::is_found(pattern, text) == Ok(Some(false))
    {
        return Some(only(Constraints { pattern: Some(pattern.clone()), ..Constraints::default() }));
    }
    let range = constraints.range.as_ref()?;
    let is_below = |least: &Value| match (value, least) {
        (Value::Int(value), Value::Int(least)) => value < least,
        (Value::Float(value), Value::Float(least)) => value < least,
        (Value::Duration(value), Value::Duration(least)) => value < least,
        _ => false,
    };
    let is_above = |most: &Value| match (value, most) {
        (Value::Int(value), Value::Int(most)) => value > most,
        (Value::Float(value), Value::Float(most)) => value > most || (range.exclusive && value >= most),
        (Value::Duration(value), Value::Duration(most)) => value > most,
        _ => false,
    };
    let broken = range.min.as_ref().is_some_and(is_below) || range.max.as_ref().is_some_and(is_above);
    broken.then(|| only(Constraints { range: Some(range.clone()), ..Constraints::default() }))
}

//! What a place really holds: newtypes, aliases, extensions and constraints looked through.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::compare::{Outcomes, breaks};
use super::interface::{Interface, Kind, Type};
use super::verdict::Outcome;
use crate::model::{Constraints, Quoted, Value};

/// A type with what was on the way to it.
pub(super) struct Held<'a> {
    pub ty: &'a Type,
    pub constraints: Bounds<'a>,
    /// The codes of extensions that are read here.
    read: Vec<u8>,
    /// The code of the extension that is written here.
    written: Option<u8>,
}

impl<'a> Held<'a> {
    pub(super) fn of(interface: &'a Interface, mut ty: &'a Type) -> Self {
        let (mut constraints, mut read, mut written) = (Bounds::default(), Vec::new(), None);
        loop {
            match ty {
                Type::Constrained(inner, more) => {
                    constraints.add(more);
                    ty = inner;
                }
                Type::Named(id) => match &interface.types[*id].kind {
                    Kind::Transparent(target) => ty = target,
                    Kind::Ext { code, write, target } => {
                        read.push(*code);
                        written = written.or(write.then_some(*code));
                        ty = target;
                    }
                    Kind::Record { .. } | Kind::Enum { .. } => break,
                },
                _ => break,
            }
        }
        Self { ty, constraints, read, written }
    }

    /// What becomes of an extension that is written on one side.
    pub(super) fn extension(&self, new: &Self) -> Option<(String, Outcomes)> {
        if self.written == new.written {
            return None;
        }
        let form = |held: &Self| match held.written {
            None => "as it is".to_owned(),
            Some(code) => format!("as the extension {code}"),
        };
        let outcome = |writer: &Self, reader: &Self| match writer.written {
            Some(code) if !reader.read.contains(&code) => breaks("an extension that it does not know is refused"),
            _ => Outcome::Fine,
        };
        let message = format!("was written {}, and is written {} now", form(self), form(new));
        Some((message, (outcome(self, new), outcome(new, self))))
    }
}

/// All constraints of one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bounds<'a> {
    length: (u64, Option<u64>),
    least: Option<&'a Value>,
    /// The greatest value, and whether it is excluded.
    most: Option<(&'a Value, bool)>,
    patterns: BTreeSet<&'a str>,
}

impl<'a> Bounds<'a> {
    fn add(&mut self, constraints: &'a Constraints) {
        if let Some(length) = constraints.len {
            self.length.0 = self.length.0.max(length.min);
            self.length.1 = [self.length.1, length.max].into_iter().flatten().min();
        }
        if let Some(range) = &constraints.range {
            if let Some(min) = &range.min
                && self.least.is_none_or(|least| order(least, min) == Some(Ordering::Less))
            {
                self.least = Some(min);
            }
            if let Some(max) = &range.max
                && self.most.is_none_or(|(most, _)| order(max, most) == Some(Ordering::Less))
            {
                self.most = Some((max, range.exclusive));
            }
        }
        self.patterns.extend(constraints.pattern.as_deref());
    }

    /// Whether each value that keeps these constraints keeps the others.
    fn is_within(&self, other: &Self) -> bool {
        let length = self.length.0 >= other.length.0
            && other.length.1.is_none_or(|most| self.length.1.is_some_and(|own| own <= most));
        let least = other
            .least
            .is_none_or(|least| self.least.is_some_and(|own| order(own, least).is_some_and(Ordering::is_ge)));
        let most = other.most.is_none_or(|(most, excluded)| {
            self.most.is_some_and(|(own, own_excluded)| match order(own, most) {
                Some(Ordering::Less) => true,
                Some(Ordering::Equal) => own_excluded || !excluded,
                _ => false,
            })
        });
        length && least && most && other.patterns.is_subset(&self.patterns)
    }

    pub(super) fn compare(&self, new: &Self) -> Option<(String, Outcomes)> {
        if self == new {
            return None;
        }
        let outcome =
            |fits: bool| if fits { Outcome::Fine } else { breaks("a value that breaks a constraint is refused") };
        let message = format!("{} became {}", self.text(), new.text());
        Some((message, (outcome(self.is_within(new)), outcome(new.is_within(self)))))
    }

    fn text(&self) -> String {
        let mut parts = Vec::new();
        match self.length {
            (0, None) => {}
            (least, None) => parts.push(format!("@len({least}..)")),
            (least, Some(most)) => parts.push(format!("@len({least}..={most})")),
        }
        if self.least.is_some() || self.most.is_some() {
            let least = self.least.map(ToString::to_string).unwrap_or_default();
            let most = self.most.map(|(most, excluded)| format!("{}{most}", if excluded { "" } else { "=" }));
            parts.push(format!("@range({least}..{})", most.unwrap_or_default()));
        }
        parts.extend(self.patterns.iter().map(|pattern| format!("@pattern({})", Quoted(pattern))));
        if parts.is_empty() { "no constraint".to_owned() } else { parts.join(" ") }
    }
}

/// Bounds of one kind, in order.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        _ => float(left)?.partial_cmp(&float(right)?),
    }
}

/// A bound of a number that became a float, or was one.
#[expect(clippy::cast_precision_loss, reason = "a bound beyond 2^53 is a float's own neighbour then")]
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

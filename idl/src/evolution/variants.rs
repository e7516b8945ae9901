//! Enums and errors: which variants both sides know, and what each carries.

use super::compare::{Comparer, Writer, behaviour, breaks, ranges, removed};
use super::interface::{Form, Payload, Variant};
use super::verdict::{Outcome, Rule};
use crate::model::{Retry, Value};

/// The variants of the new version.
#[derive(Clone, Copy)]
pub(super) struct Variants<'a> {
    pub all: &'a [Variant],
    pub reserved: &'a [String],
    pub form: &'a Form,
}

impl<'a> Comparer<'a> {
    pub(super) fn forms(&mut self, old: &Form, new: &Form, place: &str, writer: Writer) -> bool {
        let outcomes = match (old, new) {
            (Form::Number(old), Form::Number(new)) => {
                if let Some(outcomes) = ranges(*old, *new) {
                    let message = "its numbers have another range".to_owned();
                    self.note(Rule::FormChanged, place, message, writer, outcomes);
                }
                return true;
            }
            (old, new) if old == new => return true,
            _ => (breaks("it looks different on the wire"), breaks("it looks different on the wire")),
        };
        self.note(Rule::FormChanged, place, format!("{} became {}", form(old), form(new)), writer, outcomes);
        false
    }

    pub(super) fn variants(
        &mut self,
        old: &'a [Variant],
        new: &Variants<'a>,
        place: &str,
        strict: (bool, bool),
        writer: Writer,
    ) {
        let Variants { all: new, reserved, form } = *new;
        let by_number = matches!(form, Form::Number(_));
        let unknown = |is_strict| {
            if is_strict {
                breaks("a variant that it does not know is refused")
            } else {
                behaviour("it arrives as an unknown variant")
            }
        };
        let position = |variants: &[Variant], wanted: &Variant| {
            variants.iter().position(|variant| {
                if by_number { variant.number == wanted.number } else { variant.name == wanted.name }
            })
        };
        for before in old {
            let path = format!("{place}.{}", before.name);
            let Some(at) = position(new, before) else {
                if by_number && new.iter().any(|variant| variant.name == before.name) {
                    continue;
                }
                let message = removed(&before.name, reserved);
                self.note(Rule::VariantRemoved, &path, message, writer, (unknown(strict.1), Outcome::Fine));
                continue;
            };
            if by_number && new[at].name != before.name && new.iter().any(|variant| variant.name == before.name) {
                continue;
            }
            if before.retry != new[at].retry {
                let message = format!("{}, and {} now", retry(before, "was"), retry(&new[at], "is"));
                let tries = || behaviour("it is tried again otherwise");
                self.note(Rule::RetryChanged, &path, message, writer, (tries(), tries()));
            }
            self.data(before, &new[at], &path, strict, form, writer);
        }
        for after in new {
            let path = format!("{place}.{}", after.name);
            let Some(before) = old.iter().find(|variant| variant.name == after.name) else {
                if position(old, after).is_none() {
                    let outcomes = (Outcome::Fine, unknown(strict.0));
                    self.note(Rule::VariantAdded, &path, "was added".to_owned(), writer, outcomes);
                }
                continue;
            };
            if let (true, Some(was), Some(is)) = (by_number, before.number, after.number)
                && was != is
            {
                let message = format!("had the number {was}, and has {is} now");
                let other = |taken: bool, is_strict| {
                    if taken { breaks("it arrives as another variant") } else { unknown(is_strict) }
                };
                let (old_taken, new_taken) = (
                    old.iter().any(|variant| variant.number == Some(is)),
                    new.iter().any(|variant| variant.number == Some(was)),
                );
                self.note(
                    Rule::NumberChanged,
                    &path,
                    message,
                    writer,
                    (other(new_taken, strict.1), other(old_taken, strict.0)),
                );
            }
        }
    }

    fn data(
        &mut self,
        old: &'a Variant,
        new: &'a Variant,
        path: &str,
        strict: (bool, bool),
        form: &Form,
        writer: Writer,
    ) {
        let reserved = &new.reserved;
        match (&old.data, &new.data) {
            (Payload::Fields(old), Payload::Fields(new)) => {
                // Without fields, the external form is a string, and a map is none.
                if *form == Form::External && old.is_empty() != new.is_empty() {
                    let message = "carries data now, or no longer".to_owned();
                    let other = || breaks("it looks different on the wire");
                    self.note(Rule::VariantChanged, path, message, writer, (other(), other()));
                } else {
                    self.fields(old, new, reserved, path, strict, writer);
                }
            }
            (Payload::Values(old), Payload::Values(new)) if old.len() == new.len() => {
                for (at, (old, new)) in old.iter().zip(new).enumerate() {
                    self.types(old, new, &format!("{path}.{at}"), writer);
                }
            }
            _ => {
                let message = "carries something else".to_owned();
                let other = || breaks("it looks different on the wire");
                self.note(Rule::VariantChanged, path, message, writer, (other(), other()));
            }
        }
    }
}

fn form(form: &Form) -> String {
    match form {
        Form::Name => "a string".to_owned(),
        Form::Number(_) => "an integer".to_owned(),
        Form::Tagged(tag) => format!("a map with the key `{tag}`"),
        Form::External => "serde's default shape".to_owned(),
    }
}

fn retry(variant: &Variant, verb: &str) -> String {
    match variant.retry {
        None => format!("{verb} not worth another try"),
        Some(Retry { after: None }) => format!("{verb} worth another try"),
        Some(Retry { after: Some(after) }) => format!("{verb} worth another try after {}", Value::Duration(after)),
    }
}

//! Methods and events: what both sides have, and what they exchange.

use super::compare::{Comparer, Writer};
use super::interface::{Event, Interface, Method, Payload, Type};
use super::verdict::{Comparison, Effect, Outcome, Rule};
use crate::model::Response;

pub(super) fn compare(old: &Interface, new: &Interface) -> Comparison {
    let mut comparer = Comparer::new(old, new);
    for before in &old.methods {
        match partner(before, &old.methods, &new.methods) {
            Some(after) => comparer.methods(before, after),
            None => comparer.gone(Rule::MethodRemoved, &before.service, &before.name, "method"),
        }
    }
    for before in &old.events {
        match partner(before, &old.events, &new.events) {
            Some(after) => comparer.events(before, after),
            None => comparer.gone(Rule::EventRemoved, &before.service, &before.name, "event"),
        }
    }
    for after in new.methods.iter().filter(|after| partner(*after, &new.methods, &old.methods).is_none()) {
        comparer.added(Rule::MethodAdded, &after.service, &after.name, "method");
    }
    for after in new.events.iter().filter(|after| partner(*after, &new.events, &old.events).is_none()) {
        comparer.added(Rule::EventAdded, &after.service, &after.name, "event");
    }
    Comparison { changes: comparer.changes }
}

/// A method or an event.
trait Member {
    /// The service, which is not on the wire, and the name, which is.
    fn place(&self) -> (&str, &str);
}

impl Member for Method {
    fn place(&self) -> (&str, &str) {
        (&self.service, &self.name)
    }
}

impl Member for Event {
    fn place(&self) -> (&str, &str) {
        (&self.service, &self.name)
    }
}

/// The member that takes the place of one in the other version. Several services may have one of the same name; where a
/// service was renamed, its members are those of a service that was not there before.
fn partner<'m, M: Member>(member: &M, own: &[M], others: &'m [M]) -> Option<&'m M> {
    let (service, name) = member.place();
    let has = |members: &[M], service: &str| members.iter().any(|member| member.place().0 == service);
    let is_gone = !has(others, service);
    others.iter().find(|other| {
        let (other_service, other_name) = other.place();
        other_name == name && (other_service == service || is_gone && !has(own, other_service))
    })
}

impl<'a> Comparer<'a> {
    fn gone(&mut self, rule: Rule, service: &str, name: &str, what: &str) {
        let refused = Effect::Handshake(format!("the parent refuses a worker without this {what}"));
        let message = "was removed; its name has to become `reserved`".to_owned();
        self.effect(rule, &format!("{service}.{name}"), message, refused, Effect::Fine);
    }

    fn added(&mut self, rule: Rule, service: &str, name: &str, what: &str) {
        let refused = Effect::Handshake(format!("the parent refuses a worker without this {what}"));
        self.effect(rule, &format!("{service}.{name}"), "was added".to_owned(), Effect::Fine, refused);
    }

    fn methods(&mut self, before: &'a Method, after: &'a Method) {
        let place = format!("{}.{}", after.service, after.name);
        if before.response != after.response {
            let message = format!("answered {}, and {} now", kind(before.response), kind(after.response));
            let refused = || Effect::Handshake("the parent refuses a method of another response kind".to_owned());
            self.effect(Rule::ResponseChanged, &place, message, refused(), refused());
            return;
        }
        if self.codec(before.raw, after.raw, &place) {
            return;
        }
        self.payloads(&before.request, &after.request, &place, Writer::Parent);
        self.answers(&before.answer, &after.answer, &place);
        match (before.throws, after.throws) {
            (Some(old), Some(new)) => {
                let (old, new) = (&self.old.types[old], &self.new.types[new]);
                if old.name == new.name {
                    self.errors(before, after, &place);
                } else {
                    let message = format!("throws `{}`, and threw `{}`", new.name, old.name);
                    let failed = || Effect::Behaviour("an error of the other type arrives as `failed`".to_owned());
                    self.effect(Rule::ThrowsChanged, &place, message, failed(), failed());
                }
            }
            (None, Some(new)) => {
                let message = format!("throws `{}` now", self.new.types[new].name);
                let failed = Effect::Behaviour("its error arrives as `failed`".to_owned());
                self.effect(Rule::ThrowsChanged, &place, message, failed, Effect::Fine);
            }
            (Some(old), None) => {
                let message = format!("no longer throws `{}`", self.old.types[old].name);
                let failed = Effect::Behaviour("its error arrives as `failed`".to_owned());
                self.effect(Rule::ThrowsChanged, &place, message, Effect::Fine, failed);
            }
            (None, None) => {}
        }
    }

    /// A declared error that does not decode arrives as `failed`, so nothing here breaks the wire.
    fn errors(&mut self, before: &'a Method, after: &'a Method, place: &str) {
        let (Some(old), Some(new)) = (before.throws, after.throws) else {
            return;
        };
        let mut own = Comparer::new(self.old, self.new);
        own.named(old, new, place, Writer::Worker);
        for change in own.changes {
            let soften = |effect: Effect| match effect {
                Effect::Wire(why) => Effect::Behaviour(format!("{why}, and it arrives as `failed`")),
                other => other,
            };
            let (old_parent, new_parent) = (soften(change.old_parent_new_worker), soften(change.new_parent_old_worker));
            self.effect(change.rule, &change.place, change.message, old_parent, new_parent);
        }
    }

    fn events(&mut self, before: &'a Event, after: &'a Event) {
        let place = format!("{}.{}", after.service, after.name);
        if !self.codec(before.raw, after.raw, &place) {
            self.payloads(&before.payload, &after.payload, &place, Writer::Worker);
        }
    }

    /// Whether one payload is raw and the other is not.
    fn codec(&mut self, was: bool, is: bool, place: &str) -> bool {
        if was != is {
            let message = if is { "is raw now" } else { "is no longer raw" };
            let other = || Effect::Wire("the payload looks different on the wire".to_owned());
            self.effect(Rule::CodecChanged, place, message.to_owned(), other(), other());
        }
        was != is
    }

    fn payloads(&mut self, old: &'a Payload, new: &'a Payload, place: &str, writer: Writer) {
        match (old, new) {
            (Payload::Fields(old), Payload::Fields(new)) => self.fields(old, new, place, (false, false), writer),
            (Payload::Values(old), Payload::Values(new)) if old.len() == new.len() => {
                for (old, new) in old.iter().zip(new) {
                    self.types(old, new, place, writer);
                }
            }
            _ => {
                let message = "its parameters have names now, or no longer".to_owned();
                let other = || Outcome::Breaks("the payload looks different on the wire".to_owned());
                self.note(Rule::ParametersChanged, place, message, writer, (other(), other()));
            }
        }
    }

    fn answers(&mut self, old: &'a Type, new: &'a Type, place: &str) {
        let rule = Rule::AnswerChanged;
        let refused = |takes: bool| if takes { Outcome::Fine } else { Outcome::Breaks("nil is refused".to_owned()) };
        match (old, new) {
            (Type::Unit, Type::Unit) => {}
            (Type::Unit, new) => {
                let outcomes = (refused(super::compare::takes_nil(self.new, new)), Outcome::Fine);
                self.note(rule, place, "answers a value now".to_owned(), Writer::Worker, outcomes);
            }
            (old, Type::Unit) => {
                let outcomes = (Outcome::Fine, refused(super::compare::takes_nil(self.old, old)));
                self.note(rule, place, "no longer answers a value".to_owned(), Writer::Worker, outcomes);
            }
            (old, new) => self.types(old, new, &format!("{place} answer"), Writer::Worker),
        }
    }
}

fn kind(response: Response) -> &'static str {
    match response {
        Response::Result => "a result",
        Response::Stream => "a stream",
        Response::Ack => "an ack",
        Response::None => "nothing",
    }
}

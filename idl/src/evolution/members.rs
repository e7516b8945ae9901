//! Methods and events: what both sides have, and what they exchange.

use super::compare::{Comparer, Writer, is_unknown, removed};
use super::interface::{Callback, Event, Interface, Method, Payload, Type};
use super::verdict::{Comparison, Effect, Entangled, Members, Outcome, Rule};
use crate::model::{Response, Value};

pub(super) fn compare(old: &Interface, new: &Interface) -> Comparison {
    let mut comparer = Comparer::new(old, new);
    for before in &old.methods {
        match partner(before, &old.methods, &new.methods) {
            Some(after) => comparer.methods(before, after, Writer::Parent),
            None => comparer.gone(Rule::MethodRemoved, before, "method"),
        }
    }
    for before in &old.events {
        match partner(before, &old.events, &new.events) {
            Some(after) => comparer.events(before, after),
            None => comparer.gone(Rule::EventRemoved, before, "event"),
        }
    }
    for after in new.methods.iter().filter(|after| partner(*after, &new.methods, &old.methods).is_none()) {
        comparer.added(Rule::MethodAdded, after, "method");
    }
    for after in new.events.iter().filter(|after| partner(*after, &new.events, &old.events).is_none()) {
        comparer.added(Rule::EventAdded, after, "event");
    }
    for before in &old.callbacks {
        let after = new.callbacks.iter().find(|after| after.method.name == before.method.name);
        comparer.callbacks(Some(before), after);
    }
    for after in &new.callbacks {
        if old.callbacks.iter().all(|before| before.method.name != after.method.name) {
            comparer.callbacks(None, Some(after));
        }
    }
    Comparison { changes: comparer.changes }
}

/// Compares what both sides have of some members. A service is not on the wire, so a name alone finds the other; whether
/// a callback is required is not judged, since whoever connects has seen which paths are answered.
pub(super) fn compare_members(old: &Interface, new: &Interface, members: &Members) -> Result<Comparison, Entangled> {
    let mut comparer = Comparer::bounded(old, new);
    for before in old.methods.iter().filter(|method| members.methods.contains(&method.name)) {
        if let Some(after) = new.methods.iter().find(|after| after.name == before.name) {
            comparer.methods(before, after, Writer::Parent);
        }
    }
    for before in old.events.iter().filter(|event| members.events.contains(&event.name)) {
        if let Some(after) = new.events.iter().find(|after| after.name == before.name) {
            comparer.events(before, after);
        }
    }
    for before in old.callbacks.iter().filter(|callback| members.callbacks.contains(&callback.method.name)) {
        if let Some(after) = new.callbacks.iter().find(|after| after.method.name == before.method.name) {
            comparer.methods(&before.method, &after.method, Writer::Worker);
        }
    }
    if comparer.is_entangled { Err(Entangled) } else { Ok(Comparison { changes: comparer.changes }) }
}

/// A method or an event.
trait Member {
    /// The service, which is not on the wire, and the name, which is.
    fn place(&self) -> (&str, &str);
    /// Whether a peer without it is fine.
    fn since(&self) -> bool;
}

impl Member for Method {
    fn place(&self) -> (&str, &str) {
        (&self.service, &self.name)
    }

    fn since(&self) -> bool {
        self.since
    }
}

impl Member for Event {
    fn place(&self) -> (&str, &str) {
        (&self.service, &self.name)
    }

    fn since(&self) -> bool {
        self.since
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
    fn gone(&mut self, rule: Rule, member: &impl Member, what: &str) {
        let (service, name) = member.place();
        let message = removed(name, &self.new.reserved);
        let old_parent = missing(member.since(), what);
        self.effect(rule, &format!("{service}.{name}"), message, old_parent, Effect::Fine);
    }

    fn added(&mut self, rule: Rule, member: &impl Member, what: &str) {
        let (service, name) = member.place();
        let new_parent = missing(member.since(), what);
        self.effect(rule, &format!("{service}.{name}"), "was added".to_owned(), Effect::Fine, new_parent);
    }

    /// A callback in both versions or in one of them. Here the child calls, and it is the parent that refuses.
    fn callbacks(&mut self, before: Option<&'a Callback>, after: Option<&'a Callback>) {
        let Some(place) = after.or(before).map(|callback| callback.method.name.clone()) else {
            return;
        };
        let refused =
            || Effect::Handshake("the parent does not start a worker whose callback it does not answer".to_owned());
        let absent = || Effect::Behaviour("the call is answered `not_found`".to_owned());
        let needs = |callback: Option<&Callback>| match callback {
            Some(Callback { required: true, .. }) => refused(),
            Some(_) => absent(),
            None => Effect::Fine,
        };
        match (before, after) {
            (None, _) => {
                let message = "was added".to_owned();
                self.effect(Rule::CallbackAdded, &place, message, needs(after), Effect::Fine);
            }
            (_, None) => {
                let message = "was removed".to_owned();
                self.effect(Rule::CallbackRemoved, &place, message, Effect::Fine, needs(before));
            }
            (Some(before), Some(after)) => {
                if before.required != after.required {
                    let message = if after.required { "is required now" } else { "is no longer required" };
                    // Whether a parent has a handler for what it need not answer is not in its schema.
                    let (old_parent, new_parent) =
                        if after.required { (refused(), Effect::Fine) } else { (Effect::Fine, refused()) };
                    self.effect(Rule::RequirementChanged, &place, message.to_owned(), old_parent, new_parent);
                }
                self.methods(&before.method, &after.method, Writer::Worker);
            }
        }
    }

    fn methods(&mut self, before: &'a Method, after: &'a Method, caller: Writer) {
        let place = match caller {
            Writer::Parent => format!("{}.{}", after.service, after.name),
            Writer::Worker => after.name.clone(),
        };
        if before.response != after.response {
            let message = format!("answered {}, and {} now", kind(before.response), kind(after.response));
            let refused = || Effect::Handshake("the parent refuses a method of another response kind".to_owned());
            self.effect(Rule::ResponseChanged, &place, message, refused(), refused());
            return;
        }
        if before.raw != after.raw {
            let message = if after.raw { "is raw now" } else { "is no longer raw" };
            // A worker says which of its methods are raw; what it does not say may be a published one's.
            let effect = |worker_is_raw: bool| {
                if worker_is_raw {
                    Effect::Handshake("the parent refuses a method of another codec".to_owned())
                } else {
                    Effect::Wire("the payload looks different on the wire".to_owned())
                }
            };
            self.effect(Rule::CodecChanged, &place, message.to_owned(), effect(after.raw), effect(before.raw));
            return;
        }
        self.payloads(&before.request, &after.request, &after.reserved, &place, caller);
        self.answers(&before.answer, &after.answer, &place, caller.other());
        self.finish();
        self.throws(before, after, &place, caller.other());
        let behaves = |what: &str| Effect::Behaviour(what.to_owned());
        if before.timeout != after.timeout {
            let text = |timeout: Option<u64>| {
                timeout.map_or("none".to_owned(), |timeout| Value::Duration(timeout).to_string())
            };
            let message = format!("the timeout {} became {}", text(before.timeout), text(after.timeout));
            let other = || behaves("the caller gives up at another time");
            self.effect(Rule::TimeoutChanged, &place, message, other(), other());
        }
        if before.idempotent != after.idempotent {
            let message = if after.idempotent { "is idempotent now" } else { "is no longer idempotent" };
            let again = behaves("it may be sent again to a side that does not expect it");
            let (old_parent, new_parent) =
                if before.idempotent { (again, Effect::Fine) } else { (Effect::Fine, again) };
            self.effect(Rule::IdempotentChanged, &place, message.to_owned(), old_parent, new_parent);
        }
    }

    /// Compares what a method declares to throw; `writer` is who throws.
    fn throws(&mut self, before: &'a Method, after: &'a Method, place: &str, writer: Writer) {
        let name = |interface: &'a Interface, id: usize| interface.types[id].name.as_str();
        let find = |interface: &'a Interface, ids: &[usize], wanted: &str| {
            ids.iter().copied().find(|id| name(interface, *id) == wanted)
        };
        let failed = || Outcome::Behaviour("its errors arrive as `failed`".to_owned());
        for old in before.throws.iter().copied() {
            if let Some(new) = find(self.new, &after.throws, name(self.old, old)) {
                self.errors(old, new, place, writer);
            } else {
                let message = format!("no longer throws `{}`", name(self.old, old));
                self.note(Rule::ThrowsChanged, place, message, writer, (failed(), Outcome::Fine));
            }
        }
        for new in after.throws.iter().copied() {
            if find(self.old, &before.throws, name(self.new, new)).is_none() {
                let message = format!("throws `{}` now", name(self.new, new));
                self.note(Rule::ThrowsChanged, place, message, writer, (Outcome::Fine, failed()));
            }
        }
    }

    /// A declared error that does not decode arrives as `failed`, so nothing here breaks the wire.
    fn errors(&mut self, old: usize, new: usize, place: &str, writer: Writer) {
        let mut own = self.part();
        own.queue(old, new, place, writer);
        own.finish();
        self.join(&own);
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
            self.payloads(&before.payload, &after.payload, &after.reserved, &place, Writer::Worker);
            self.finish();
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

    fn payloads(&mut self, old: &'a Payload, new: &'a Payload, reserved: &[String], place: &str, writer: Writer) {
        match (old, new) {
            (Payload::Fields(old), Payload::Fields(new)) => {
                self.fields(old, new, reserved, place, (false, false), writer);
            }
            (Payload::Values(old), Payload::Values(new)) if old.len() == new.len() => {
                for (old, new) in old.iter().zip(new) {
                    self.types(old, new, place, writer);
                }
            }
            // A request that only Rust's serde describes may be a map as well.
            (Payload::Values(values), _) if values.iter().all(|ty| is_unknown(self.old, ty)) => {}
            (_, Payload::Values(values)) if values.iter().all(|ty| is_unknown(self.new, ty)) => {}
            _ => {
                let message = "its parameters have names now, or no longer".to_owned();
                let other = || Outcome::Breaks("the payload looks different on the wire".to_owned());
                self.note(Rule::ParametersChanged, place, message, writer, (other(), other()));
            }
        }
    }

    fn answers(&mut self, old: &'a Type, new: &'a Type, place: &str, writer: Writer) {
        let rule = Rule::AnswerChanged;
        let refused = |takes: bool| if takes { Outcome::Fine } else { Outcome::Breaks("nil is refused".to_owned()) };
        match (old, new) {
            (Type::Unit, Type::Unit) => {}
            (old, new) if is_unknown(self.old, old) || is_unknown(self.new, new) => {}
            (Type::Unit, new) => {
                let outcomes = (refused(super::compare::takes_nil(self.new, new)), Outcome::Fine);
                self.note(rule, place, "answers a value now".to_owned(), writer, outcomes);
            }
            (old, Type::Unit) => {
                let outcomes = (Outcome::Fine, refused(super::compare::takes_nil(self.old, old)));
                self.note(rule, place, "no longer answers a value".to_owned(), writer, outcomes);
            }
            (old, new) => self.types(old, new, &format!("{place} answer"), writer),
        }
    }
}

/// What a parent does that finds no such member.
fn missing(since: bool, what: &str) -> Effect {
    if since {
        Effect::Behaviour(format!("the parent starts, and the {what} is `unsupported`"))
    } else {
        Effect::Handshake(format!("the parent refuses a worker without this {what}"))
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

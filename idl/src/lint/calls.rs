//! Rules about calls and events: how long they take, how often they are tried, how much they carry.

use std::collections::HashSet;

use super::travel::each;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{DeclarationKind, Event, Method, Model, Response, Type, TypeId, TypeKind};
use crate::source::Span;

pub(super) fn find(model: &Model, found: &mut Vec<Diagnostic>) {
    // What several events carry is told once.
    let mut large = Large { model, seen: HashSet::new(), told: HashSet::new() };
    for package in &model.packages {
        for method in package.services.iter().flat_map(|service| &service.methods) {
            calls(model, method, found);
        }
        for method in package.callbacks.iter().flat_map(|block| &block.methods) {
            calls(model, method, found);
        }
        for event in package.services.iter().flat_map(|service| &service.events).filter(|event| !event.raw) {
            each(&event.parameters, &mut |ty| large.ty(ty, event, found));
        }
    }
}

fn calls(model: &Model, method: &Method, found: &mut Vec<Diagnostic>) {
    if method.timeout.is_none() && method.response != Response::None {
        let message = format!("nothing says how long `{}` may take", method.name);
        found.push(
            Diagnostic::warning(Code::NoTimeout, method.span, message)
                .note("`@timeout(5s)` before it does; callers can still ask for another time"),
        );
    }
    if method.idempotent {
        return;
    }
    for error in &method.throws {
        let declaration = model.declaration(*error);
        let DeclarationKind::Error(declared) = &declaration.kind else { continue };
        let Some(variant) = declared.variants.iter().find(|variant| variant.retry.is_some()) else { continue };
        let message = format!("`{}` is never sent again, although it may throw `{}`", method.name, variant.name);
        found.push(
            Diagnostic::warning(Code::RetryWithoutIdempotent, method.span, message)
                .secondary(variant.span, "this failure is said to be worth another try")
                .note("`@idempotent` before the method says that a second call does no harm"),
        );
    }
}

/// Bytes of any size that events carry.
struct Large<'m> {
    model: &'m Model,
    seen: HashSet<TypeId>,
    told: HashSet<Span>,
}

impl Large<'_> {
    fn ty(&mut self, ty: &Type, event: &Event, found: &mut Vec<Diagnostic>) {
        self.plain(ty, event, found);
        let mut next = Vec::new();
        ty.for_each_named(&mut |id, _| next.push(id));
        while let Some(id) = next.pop() {
            if self.seen.insert(id) {
                let model = self.model;
                model.declaration(id).for_each_type(&mut |ty| {
                    self.plain(ty, event, found);
                    ty.for_each_named(&mut |id, _| next.push(id));
                });
            }
        }
    }

    /// Looks into a type, but not behind the names in it.
    fn plain(&mut self, ty: &Type, event: &Event, found: &mut Vec<Diagnostic>) {
        match &ty.kind {
            TypeKind::Bytes => {
                let has_end = ty.constraints.as_ref().and_then(|constraints| constraints.len);
                if has_end.is_none_or(|length| length.max.is_none()) && self.told.insert(ty.span) {
                    let message = "nothing limits these bytes, and an event carries them";
                    found.push(
                        Diagnostic::warning(Code::LargeField, ty.span, message)
                            .secondary(event.span, "this event")
                            .note("write `bytes @len(..=64KiB)`, or answer a call with `stream bytes`"),
                    );
                }
            }
            TypeKind::List(inner) | TypeKind::Nullable(inner) => self.plain(inner, event, found),
            TypeKind::Map(key, value) => {
                self.plain(key, event, found);
                self.plain(value, event, found);
            }
            TypeKind::Tuple(elements) => elements.iter().for_each(|element| self.plain(element, event, found)),
            _ => {}
        }
    }
}

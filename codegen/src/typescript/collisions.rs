//! Names that are different in the schema and the same in TypeScript.
//!
//! The checks of the schema know nothing of a language. What passes them and would still not compile ends here, with
//! both places.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use procwire_idl::diagnostic::{Code, Diagnostic, Diagnostics};
use procwire_idl::model::{DeclarationKind, Representation, Service, TypeId};
use procwire_idl::source::Span;

use super::context::Context;
use super::names::{self, Kind};

/// Every collision of the package.
pub(super) fn find(context: &Context<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    top_level(context, &mut diagnostics);
    for declaration in &context.model.types {
        if let DeclarationKind::Enum(body) | DeclarationKind::Error(body) = &declaration.kind
            && !body.strict
            && matches!(body.representation, Representation::Tagged { .. } | Representation::External)
        {
            for variant in body.variants.iter().filter(|variant| variant.wire == "$unknown") {
                let message = format!("`{}` is `$unknown` on the wire, which TypeScript needs", variant.name);
                diagnostics.push(collision(message, variant.span, declaration.span, "unknown variants have that name"));
            }
        }
    }
    for service in &context.package.services {
        members(service, &mut diagnostics);
    }
    diagnostics.sort();
    diagnostics
}

/// Methods and events of a service: they are one scope, since codecs are named after them.
fn members(service: &Service, diagnostics: &mut Diagnostics) {
    let methods = service.methods.iter().map(|method| (method.name.as_str(), method.span));
    let declared = methods.chain(service.events.iter().map(|event| (event.name.as_str(), event.span)));
    let names = names::scope(declared.clone().map(|(name, _)| name), Kind::Member);
    let mut seen = Seen::default();
    for (name, (written, span)) in names.iter().zip(declared) {
        seen.add(name, written, span, diagnostics);
    }
}

/// Everything that a module declares: types and values share their names, so that each name means one thing.
fn top_level(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let mut seen = Seen::default();
    for (id, declaration) in (0..).map(TypeId).zip(&context.model.types) {
        seen.add(context.name(id), &declaration.name, declaration.span, diagnostics);
    }
    for (service, name) in context.package.services.iter().zip(&context.services) {
        seen.add(name, &service.name, service.span, diagnostics);
    }
    for (constant, name) in context.package.consts.iter().zip(&context.consts) {
        seen.add(name, &constant.name, constant.span, diagnostics);
    }
    for (id, declaration) in (0..).map(TypeId).zip(&context.model.types) {
        let (name, own) = (context.type_name(id), context.name(id));
        if name != own {
            seen.derive(&name, declaration.span, diagnostics);
        }
        if context.has_input(id) {
            seen.derive(&context.input_name(id), declaration.span, diagnostics);
        }
    }
    for (service, name) in context.package.services.iter().zip(&context.services) {
        for suffix in ["Client", "Worker", "Events", "Emit"] {
            seen.derive(&format!("{name}{suffix}"), service.span, diagnostics);
        }
        seen.derive(&format!("serve{name}"), service.span, diagnostics);
    }
}

/// The names of a scope so far, and where each comes from.
#[derive(Default)]
struct Seen(HashMap<String, (String, Span)>);

impl Seen {
    fn add(&mut self, name: &str, written: &str, span: Span, diagnostics: &mut Diagnostics) {
        match self.0.entry(name.to_owned()) {
            Entry::Vacant(free) => {
                free.insert((written.to_owned(), span));
            }
            Entry::Occupied(taken) => {
                let (first, first_span) = taken.get();
                let message = if first == written {
                    format!("`{written}` is declared twice")
                } else {
                    format!("`{written}` and `{first}` are both `{name}` in TypeScript")
                };
                diagnostics.push(collision(message, span, *first_span, "the first of them"));
            }
        }
    }

    fn derive(&mut self, name: &str, span: Span, diagnostics: &mut Diagnostics) {
        if let Some((_, first)) = self.0.insert(name.to_owned(), (name.to_owned(), span)) {
            let message = format!("`{name}` is a name that TypeScript derives from here, and it is taken");
            diagnostics.push(collision(message, span, first, "taken here"));
        }
    }
}

fn collision(message: String, span: Span, first: Span, label: &str) -> Diagnostic {
    Diagnostic::error(Code::NameCollision, span, message).label("rename this one").secondary(first, label)
}

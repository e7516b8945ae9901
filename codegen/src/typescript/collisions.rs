//! Names that are different in the schema and the same in TypeScript.
//!
//! The checks of the schema know nothing of a language. What passes them and would still not compile ends here, with
//! both places.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use procwire_idl::diagnostic::{Code, Diagnostic, Diagnostics};
use procwire_idl::model::{DeclarationKind, Field, Parameters, Representation, Service, VariantData};
use procwire_idl::source::Span;

use super::context::Context;
use super::names::{self, Kind, Name};
use super::types;

/// Every collision of the package.
pub(super) fn find(context: &Context<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    top_level(context, &mut diagnostics);
    for declaration in context.own_types().map(|id| context.model.declaration(id)) {
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
    callbacks(context, &mut diagnostics);
    all_fields(context, &mut diagnostics);
    diagnostics.sort();
    diagnostics
}

/// Methods and events of a service: they are one scope, since codecs are named after them.
fn members(service: &Service, diagnostics: &mut Diagnostics) {
    let methods = service.methods.iter().map(|method| (Name::new(&method.name, &method.extras), method.span));
    let events = service.events.iter().map(|event| (Name::new(&event.name, &event.extras), event.span));
    let declared = methods.chain(events);
    let names = names::scope(declared.clone().map(|(name, _)| name), Kind::Member);
    let mut seen = Seen::default();
    for (name, (written, span)) in names.iter().zip(declared) {
        seen.add(name, written.written, span, diagnostics);
    }
}

/// Callbacks, and the namespaces inside theirs: all of them are properties of one object.
fn callbacks(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<Vec<String>, Seen> = HashMap::new();
    let mut opened = HashSet::new();
    for namespace in context.namespaces {
        let span = namespace.blocks[0].span;
        for depth in 0..namespace.path.len() {
            // The objects on the way to it, each told once.
            if opened.insert(&namespace.path[..=depth]) {
                let outer = seen.entry(namespace.path[..depth].to_vec()).or_default();
                outer.add(&namespace.path[depth], namespace.written, span, diagnostics);
            }
        }
        let inner = seen.entry(namespace.path.clone()).or_default();
        for (method, name) in &namespace.methods {
            inner.add(name, &method.name, method.span, diagnostics);
        }
    }
}

/// Fields, which may be renamed: they are properties of one object.
fn fields(fields: &[Field], tag: Option<(&str, Span)>, diagnostics: &mut Diagnostics) {
    if fields.iter().all(|field| field.extras.names.ts.is_none()) {
        return;
    }
    let mut seen = Seen::default();
    for field in fields {
        let name = types::name(field);
        if let Some((tag, variant)) = tag
            && name == tag
        {
            let message = format!("`{}` is `{name}` in TypeScript, which names the variant", field.name);
            diagnostics.push(collision(message, field.span, variant, "the variant"));
        }
        seen.add(name, &field.name, field.span, diagnostics);
    }
}

/// All lists of fields and parameters of the package.
fn all_fields(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    for declaration in context.own_types().map(|id| context.model.declaration(id)) {
        match &declaration.kind {
            DeclarationKind::Record(record) => fields(&record.fields, None, diagnostics),
            DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
                let tag = match &body.representation {
                    Representation::Tagged { tag } => Some(tag.as_str()),
                    _ => None,
                };
                for variant in &body.variants {
                    if let VariantData::Struct(found) = &variant.data {
                        fields(found, tag.map(|tag| (tag, variant.span)), diagnostics);
                    }
                }
            }
            _ => {}
        }
    }
    let services = &context.package.services;
    let methods = services.iter().flat_map(|service| &service.methods);
    let callbacks = context.package.callbacks.iter().flat_map(|block| &block.methods);
    let events = services.iter().flat_map(|service| &service.events).map(|event| &event.parameters);
    for parameters in methods.chain(callbacks).map(|method| &method.parameters).chain(events) {
        if let Parameters::Named(found) = parameters {
            fields(found, None, diagnostics);
        }
    }
}

/// Everything that a module declares: types and values share their names, so that each name means one thing.
fn top_level(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let mut seen = Seen::default();
    for id in context.own_types() {
        let declaration = context.model.declaration(id);
        seen.add(context.own_name(id), &declaration.name, declaration.span, diagnostics);
    }
    for (service, name) in context.package.services.iter().zip(context.services) {
        seen.add(name, &service.name, service.span, diagnostics);
    }
    for (constant, name) in context.package.consts.iter().zip(&context.consts) {
        seen.add(name, &constant.name, constant.span, diagnostics);
    }
    for (module, name) in context.package.modules.iter().zip(context.modules) {
        seen.add(name, &module.name, module.span, diagnostics);
    }
    for id in context.own_types() {
        let declaration = context.model.declaration(id);
        let (name, own) = (context.type_name(id), context.own_name(id));
        if name != own {
            seen.derive(&name, declaration.span, diagnostics);
        }
        if context.has_input(id) {
            seen.derive(&context.input_name(id), declaration.span, diagnostics);
        }
    }
    for (service, name) in context.package.services.iter().zip(context.services) {
        for suffix in ["Client", "Worker", "Events", "Emit"] {
            seen.derive(&format!("{name}{suffix}"), service.span, diagnostics);
        }
        seen.derive(&format!("serve{name}"), service.span, diagnostics);
        if !context.namespaces.is_empty() {
            seen.derive(&format!("{name}Context"), service.span, diagnostics);
        }
    }
    for namespace in context.namespaces {
        let span = namespace.blocks[0].span;
        for name in [format!("{}Callbacks", namespace.name), format!("{}CallbacksClient", namespace.name)] {
            seen.derive(&name, span, diagnostics);
        }
        seen.derive(&namespace.constant(), span, diagnostics);
    }
    for (module, name) in context.package.modules.iter().zip(context.modules) {
        for suffix in ["Client", "Workers", "Handlers"] {
            seen.derive(&format!("{name}{suffix}"), module.span, diagnostics);
        }
        seen.derive(&format!("serve{name}"), module.span, diagnostics);
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

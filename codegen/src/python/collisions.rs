//! Names that are different in the schema and the same in Python.
//!
//! The checks of the schema know nothing of a language. What passes them and would still be declared twice ends here,
//! with both places.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use procwire_idl::diagnostic::{Code, Diagnostic, Diagnostics};
use procwire_idl::model::{DeclarationKind, Field, Parameters, Representation, Service, VariantData};
use procwire_idl::source::Span;

use super::context::Context;
use super::names::{self, Kind};

/// Every collision of the package.
pub(super) fn find(context: &Context<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    classes(context, &mut diagnostics);
    let consts = context.package.consts.iter().map(|constant| (constant.name.as_str(), constant.span));
    let services = context.package.services.iter().map(|service| (service.name.as_str(), service.span));
    scope(consts.chain(services), Kind::Const, &mut diagnostics);
    for declaration in &context.model.types {
        match &declaration.kind {
            DeclarationKind::Record(record) => fields(&record.fields, &mut diagnostics),
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                if matches!(declared.representation, Representation::Number(_)) {
                    let variants = declared.variants.iter();
                    scope(variants.map(|variant| (variant.name.as_str(), variant.span)), Kind::Const, &mut diagnostics);
                }
                for variant in &declared.variants {
                    if let VariantData::Struct(declared) = &variant.data {
                        fields(declared, &mut diagnostics);
                    }
                }
            }
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
        }
    }
    for service in &context.package.services {
        functions(service, &mut diagnostics);
    }
    diagnostics.sort();
    diagnostics
}

fn functions(service: &Service, diagnostics: &mut Diagnostics) {
    let methods = service.methods.iter().map(|method| (method.name.as_str(), method.span));
    let events = service.events.iter().map(|event| (event.name.as_str(), event.span));
    scope(methods.chain(events), Kind::Function, diagnostics);
    let methods = service.methods.iter().map(|method| &method.parameters);
    for parameters in methods.chain(service.events.iter().map(|event| &event.parameters)) {
        if let Parameters::Named(declared) = parameters {
            fields(declared, diagnostics);
        }
    }
}

fn fields(fields: &[Field], diagnostics: &mut Diagnostics) {
    scope(fields.iter().map(|field| (field.name.as_str(), field.span)), Kind::Field, diagnostics);
}

/// Checks the names of one scope.
fn scope<'a>(declared: impl Iterator<Item = (&'a str, Span)> + Clone, kind: Kind, diagnostics: &mut Diagnostics) {
    let names = names::scope(declared.clone().map(|(name, _)| name), kind);
    let mut seen: HashMap<&str, (&str, Span)> = HashMap::with_capacity(names.len());
    for (name, (written, span)) in names.iter().zip(declared) {
        match seen.entry(name) {
            Entry::Vacant(free) => {
                free.insert((written, span));
            }
            Entry::Occupied(taken) => {
                let (first, first_span) = *taken.get();
                let message = format!("`{written}` and `{first}` are both `{name}` in Python");
                diagnostics.push(collision(message, span, first_span, "the first of them"));
            }
        }
    }
}

/// Checks the classes of the module: those of types, of variants, and of services.
fn classes(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for (name, span) in context.classes() {
        match seen.entry(name) {
            Entry::Vacant(free) => {
                free.insert(span);
            }
            Entry::Occupied(taken) => {
                let message = format!("`{}` is a class that Python derives from here, and it is taken", taken.key());
                diagnostics.push(collision(message, span, *taken.get(), "taken here"));
            }
        }
    }
}

fn collision(message: String, span: Span, first: Span, label: &str) -> Diagnostic {
    Diagnostic::error(Code::NameCollision, span, message).label("rename this one").secondary(first, label)
}

//! Names that are different in the schema and the same in Rust.
//!
//! The checks of the schema know nothing of a language. What passes them and would still not compile ends here, with
//! both places.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use heck::ToUpperCamelCase;
use procwire_idl::diagnostic::{Code, Diagnostic, Diagnostics};
use procwire_idl::model::{DeclarationKind, Field, Parameters, Presence, Service, VariantData};
use procwire_idl::source::Span;

use super::context::Context;
use super::names::{self, Kind, Name};

/// Every collision of the package.
pub(super) fn find(context: &Context<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    types(context, &mut diagnostics);
    let consts = context
        .package
        .consts
        .iter()
        .map(|constant| (Name::new(&constant.name, &constant.extras), constant.name.as_str(), constant.span));
    scope(consts, Kind::Const, &mut diagnostics);
    for (_, declaration) in context.own_types() {
        match &declaration.kind {
            DeclarationKind::Record(record) => {
                fields(&record.fields, Kind::Field, &mut diagnostics);
            }
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                let kind = if declared.strict { Kind::Variant } else { Kind::OpenVariant };
                let variants = declared.variants.iter();
                scope(
                    variants.map(|variant| {
                        (Name::new(&variant.name, &variant.extras), variant.name.as_str(), variant.span)
                    }),
                    kind,
                    &mut diagnostics,
                );
                for variant in &declared.variants {
                    if let VariantData::Struct(declared) = &variant.data {
                        fields(declared, Kind::Field, &mut diagnostics);
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
    let methods = service
        .methods
        .iter()
        .map(|method| (Name::new(&method.name, &method.extras), method.name.as_str(), method.span));
    let events =
        service.events.iter().map(|event| (Name::new(&event.name, &event.extras), event.name.as_str(), event.span));
    scope(methods.chain(events), Kind::Function, diagnostics);
    let methods = service.methods.iter().map(|method| &method.parameters);
    for parameters in methods.chain(service.events.iter().map(|event| &event.parameters)) {
        if let Parameters::Named(declared) = parameters {
            fields(declared, Kind::Parameter, diagnostics);
        }
    }
}

fn fields(fields: &[Field], kind: Kind, diagnostics: &mut Diagnostics) {
    scope(
        fields.iter().map(|field| (Name::new(&field.name, &field.extras), field.name.as_str(), field.span)),
        kind,
        diagnostics,
    );
}

/// Checks the names of one scope.
fn scope<'a>(
    declared: impl Iterator<Item = (Name<'a>, &'a str, Span)> + Clone,
    kind: Kind,
    diagnostics: &mut Diagnostics,
) {
    let names = names::scope(declared.clone().map(|(name, ..)| name), kind);
    let mut seen: HashMap<&str, (&str, Span)> = HashMap::with_capacity(names.len());
    for (name, (_, written, span)) in names.iter().zip(declared) {
        match seen.entry(name) {
            Entry::Vacant(free) => {
                free.insert((written, span));
            }
            Entry::Occupied(taken) => {
                let (first, first_span) = *taken.get();
                let message = if first == written {
                    format!("`{written}` is declared twice")
                } else {
                    format!("`{written}` and `{first}` are both `{name}` in Rust")
                };
                diagnostics.push(collision(message, span, first_span, "the first of them"));
            }
        }
    }
}

/// Checks the names of types, of services, and of what the service macro derives from a service's name.
fn types(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let types = context.own_types().map(|(_, declaration)| {
        (Name::new(&declaration.name, &declaration.extras), declaration.name.as_str(), declaration.span)
    });
    let types: Vec<(Name<'_>, &str, Span)> = types.collect();
    let services = context.package.services.iter();
    let traits = services
        .clone()
        .map(|service| (Name::new(&service.name, &service.extras), service.name.as_str(), service.span));
    scope(types.into_iter().chain(traits), Kind::Type, diagnostics);
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for (id, declaration) in context.own_types() {
        seen.insert(context.type_name(id), declaration.span);
    }
    for (service, name) in services.clone().zip(context.services) {
        seen.insert(name, service.span);
    }
    let derived: Vec<(String, Span)> =
        services.zip(context.services).flat_map(|(service, name)| derived(service, name)).collect();
    for (name, span) in &derived {
        if let Some(first) = seen.insert(name, *span) {
            let message = format!("`{name}` is a name that Rust derives from here, and it is taken");
            diagnostics.push(collision(message, *span, first, "taken here"));
        }
    }
}

/// The types that the service macro declares for a service, and where each comes from.
pub(super) fn derived(service: &Service, name: &str) -> Vec<(String, Span)> {
    let mut derived: Vec<(String, Span)> =
        ["Client", "Events", "On", "Emit"].iter().map(|suffix| (format!("{name}{suffix}"), service.span)).collect();
    for method in &service.methods {
        let has_setters = matches!(&method.parameters, Parameters::Named(fields)
            if fields.iter().any(|field| field.presence != Presence::Required));
        if has_setters {
            derived.push((format!("{name}{}Call", method.name.to_upper_camel_case()), method.span));
        }
    }
    for event in &service.events {
        if matches!(event.parameters, Parameters::Named(_)) {
            derived.push((format!("{name}{}", event.name.to_upper_camel_case()), event.span));
        }
    }
    derived
}

fn collision(message: String, span: Span, first: Span, label: &str) -> Diagnostic {
    Diagnostic::error(Code::NameCollision, span, message).label("rename this one").secondary(first, label)
}

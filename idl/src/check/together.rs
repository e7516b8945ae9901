//! What is declared apart and used together: the errors of one method, the services of one module.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{DeclarationKind, Method, Model, Module, Service, Variant};
use crate::resolve::{Places, Resolved};
use crate::source::Span;

/// Checks every method that throws several errors, and every module.
pub(super) fn check(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let model = &resolved.model;
    for package in &model.packages {
        let methods = package.services.iter().flat_map(|service| &service.methods);
        for method in methods.chain(package.callbacks.iter().flat_map(|block| &block.methods)) {
            thrown(model, method, &resolved.places, diagnostics);
        }
        for module in &package.modules {
            provided(model, module, &resolved.places, diagnostics);
        }
    }
}

/// The name of the variant tells which of the errors it is, so no two have one in common.
fn thrown(model: &Model, method: &Method, places: &Places, diagnostics: &mut Diagnostics) {
    if method.throws.len() < 2 {
        return;
    }
    let mut seen: HashMap<&str, (&str, &Variant)> = HashMap::new();
    for id in &method.throws {
        let declaration = model.declaration(*id);
        let DeclarationKind::Error(error) = &declaration.kind else { continue };
        for variant in &error.variants {
            match seen.get(variant.wire.as_str()) {
                // One error with the variant twice was told already.
                Some((other, _)) if *other == declaration.name => {}
                Some((other, first)) => {
                    let message = format!(
                        "`{}` throws `{other}` and `{}`, and both have a variant that is `{}` on the wire",
                        method.name, declaration.name, variant.wire
                    );
                    diagnostics.push(
                        Diagnostic::error(Code::InvalidThrows, method.span, message)
                            .secondary(places.wire(first.span), format!("the variant of `{other}`"))
                            .secondary(places.wire(variant.span), format!("the variant of `{}`", declaration.name))
                            .note("`@wire(\"name\")` gives one of them another name"),
                    );
                }
                None => {
                    seen.insert(&variant.wire, (&declaration.name, variant));
                }
            }
        }
    }
}

/// A child knows a method by its name on the wire, whichever service it is of.
fn provided(model: &Model, module: &Module, places: &Places, diagnostics: &mut Diagnostics) {
    let services: Vec<&Service> =
        (module.provides.iter()).map(|id| &model.packages[id.package.0 as usize].services[id.service]).collect();
    let mut methods: HashMap<&str, (&str, Span)> = HashMap::new();
    let mut events: HashMap<&str, (&str, Span)> = HashMap::new();
    for service in services {
        for method in &service.methods {
            meet(module, service, (&method.wire, method.span), &mut methods, places, diagnostics);
        }
        for event in &service.events {
            meet(module, service, (&event.wire, event.span), &mut events, places, diagnostics);
        }
    }
}

fn meet<'m>(
    module: &Module,
    service: &'m Service,
    (wire, span): (&'m str, Span),
    seen: &mut HashMap<&'m str, (&'m str, Span)>,
    places: &Places,
    diagnostics: &mut Diagnostics,
) {
    match seen.get(wire) {
        Some((other, first)) if *other != service.name => {
            let message = format!(
                "`{}` provides `{other}` and `{}`, and both have `{wire}` on the wire",
                module.name, service.name
            );
            diagnostics.push(
                Diagnostic::error(Code::InvalidModule, module.span, message)
                    .secondary(places.wire(*first), format!("`{wire}` of `{other}`"))
                    .secondary(places.wire(span), format!("`{wire}` of `{}`", service.name))
                    .note("`@wire` gives one of them another name, and `@prefix` all names of a service"),
            );
        }
        _ => {
            seen.insert(wire, (&service.name, span));
        }
    }
}

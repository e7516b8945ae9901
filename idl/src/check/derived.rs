//! Names of types and services, and the names that generated code derives from them.

use std::collections::{HashMap, HashSet};

use crate::case::upper_camel;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, DeclarationKind, Item, Method, Model, Package, Parameters, Presence};
use crate::source::Span;

/// Who has a name: a phrase and a place.
type Owner = (String, Span);

/// Checks that in no package two types, services, modules and derived names are one.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for package in &model.packages {
        names_of(model, package, diagnostics);
    }
}

fn names_of(model: &Model, package: &Package, diagnostics: &mut Diagnostics) {
    let declared = package.declarations.iter().filter_map(|item| match *item {
        Item::Type(id) => Some((model.declaration(id).name.as_str(), model.declaration(id).span)),
        Item::Service(at) => Some((package.services[at].name.as_str(), package.services[at].span)),
        Item::Module(at) => Some((package.modules[at].name.as_str(), package.modules[at].span)),
        Item::Const(_) | Item::Callbacks(_) => None,
    });
    let mut declared: Vec<(&str, Span)> = declared.collect();
    declared.sort_by_key(|(_, span)| *span);
    let mut taken: HashMap<String, (&str, Span)> = HashMap::with_capacity(declared.len());
    let mut collided: HashSet<Span> = HashSet::new();
    let mut as_written: HashMap<&str, Span> = HashMap::with_capacity(declared.len());
    for (name, span) in declared {
        // The same name twice was told when the names were resolved.
        if as_written.contains_key(name) {
            collided.insert(span);
            continue;
        }
        as_written.insert(name, span);
        let key = upper_camel(name);
        if key.is_empty() {
            let message = format!("`{name}` has no letter, and a name needs one");
            diagnostics.push(Diagnostic::error(Code::NameCollision, span, message));
        } else if let Some((other, first)) = taken.get(&key) {
            collided.insert(span);
            let message = format!("`{name}` and `{other}` are both `{key}` in generated code");
            diagnostics.push(
                Diagnostic::error(Code::NameCollision, span, message)
                    .secondary(*first, format!("`{other}` is declared here")),
            );
        } else {
            taken.insert(key, (name, span));
        }
    }
    let mut derived: HashMap<String, Owner> = HashMap::new();
    for (name, what, span) in derived_names(model, package) {
        // What collides itself was told, and what is derived from it would only say so again.
        if collided.contains(&span) {
            continue;
        }
        let by_case = taken.get(&name).copied();
        let exact = || as_written.get_key_value(name.as_str()).map(|(name, span)| (*name, *span));
        if let Some((other, place)) = by_case.or_else(exact) {
            if place != span {
                let message = format!("`{other}` is also the name of {what} in generated code");
                diagnostics.push(
                    Diagnostic::error(Code::NameCollision, place, message)
                        .secondary(span, format!("`{name}` is derived from this")),
                );
            }
        } else if let Some((other, first)) = derived.get(&name) {
            if *first != span {
                let message = format!("`{name}` would be the name of {what} and of {other} in generated code");
                diagnostics.push(
                    Diagnostic::error(Code::NameCollision, span, message)
                        .secondary(*first, "it is derived from this, too"),
                );
            }
        } else {
            derived.insert(name, (what, span));
        }
    }
}

/// The types that a package declares.
fn declarations<'m>(model: &'m Model, package: &'m Package) -> impl Iterator<Item = &'m Declaration> {
    package.declarations.iter().filter_map(|item| match item {
        Item::Type(id) => Some(model.declaration(*id)),
        _ => None,
    })
}

/// The names that generated code derives: name, what it is, what it is derived from.
fn derived_names(model: &Model, package: &Package) -> Vec<(String, String, Span)> {
    let mut names = Vec::new();
    for declaration in declarations(model, package) {
        if let DeclarationKind::Record(_) = declaration.kind {
            let what = format!("the input of `{}`", declaration.name);
            names.push((format!("{}Input", upper_camel(&declaration.name)), what, declaration.span));
        }
    }
    for service in &package.services {
        let camel = upper_camel(&service.name);
        let name = &service.name;
        for (suffix, what) in [
            ("Client", "the client"),
            ("Worker", "the worker"),
            ("Events", "the events"),
            ("On", "the event handlers"),
            ("Emit", "the emitter"),
        ] {
            names.push((format!("{camel}{suffix}"), format!("{what} of `{name}`"), service.span));
        }
        names.push((format!("serve{camel}"), format!("the function that serves `{name}`"), service.span));
        for event in &service.events {
            if let Parameters::Named(_) = event.parameters {
                let what = format!("the event `{}` of `{name}`", event.name);
                names.push((format!("{camel}{}", upper_camel(&event.name)), what, event.span));
            }
        }
        methods(&camel, name, &service.methods, &mut names);
    }
    let mut opened: HashSet<&str> = HashSet::new();
    for block in &package.callbacks {
        let camel = format!("{}Callbacks", upper_camel(&block.name.replace('.', "_")));
        // A namespace may be opened again.
        if opened.insert(&block.name) {
            names.push((camel.clone(), format!("the callbacks `{}`", block.name), block.span));
        }
        methods(&camel, &block.name, &block.methods, &mut names);
    }
    for module in &package.modules {
        let what = format!("the client of the module `{}`", module.name);
        names.push((format!("{}Client", upper_camel(&module.name)), what, module.span));
    }
    names
}

/// The names that methods give, of a service or of a namespace that is `camel` in generated code.
fn methods(camel: &str, name: &str, methods: &[Method], names: &mut Vec<(String, String, Span)>) {
    for method in methods {
        if method.throws.len() > 1 {
            let what = format!("what `{}` of `{name}` throws", method.name);
            names.push((format!("{camel}{}Error", upper_camel(&method.name)), what, method.span));
        }
        if let Parameters::Named(fields) = &method.parameters
            && fields.iter().any(|field| field.presence != Presence::Required)
        {
            let what = format!("a call of `{}` of `{name}`", method.name);
            names.push((format!("{camel}{}Call", upper_camel(&method.name)), what, method.span));
        }
    }
}

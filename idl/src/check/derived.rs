//! Names of types and services, and the names that generated code derives from them.

use std::collections::{HashMap, HashSet};

use super::given::{Language, is_given};
use crate::case::upper_camel;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, DeclarationKind, Extras, Item, Method, Model, Package, Parameters, Presence};
use crate::source::Span;

/// Who has a name: a phrase and a place.
type Owner = (String, Span);

/// Checks that in no package two types, services, modules and derived names are one.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for package in &model.packages {
        let mut told: HashSet<Span> = HashSet::new();
        // Where no name is given the languages do not differ.
        let gives = declared(model, package).any(|(_, _, names)| is_given(names));
        let languages = if gives { &Language::ALL[..] } else { &Language::ALL[..1] };
        for language in languages {
            let mut found = Vec::new();
            let code = if gives { language.code() } else { "generated code" };
            names_of(Names { model, package, language: *language, code }, &mut found);
            found.retain(|diagnostic| told.insert(diagnostic.primary.span));
            diagnostics.extend(found);
        }
    }
}

/// The types, services and modules of a package, with their places and the names that are given.
fn declared<'m>(
    model: &'m Model,
    package: &'m Package,
) -> impl Iterator<Item = (&'m str, Span, &'m crate::model::Names)> {
    package.declarations.iter().filter_map(|item| match *item {
        Item::Type(id) => {
            let declaration = model.declaration(id);
            Some((declaration.name.as_str(), declaration.span, &declaration.extras.names))
        }
        Item::Service(at) => {
            let service = &package.services[at];
            Some((service.name.as_str(), service.span, &service.extras.names))
        }
        Item::Module(at) => {
            let module = &package.modules[at];
            Some((module.name.as_str(), module.span, &module.extras.names))
        }
        Item::Const(_) | Item::Callbacks(_) => None,
    })
}

/// What the names of a package are in one language.
#[derive(Clone, Copy)]
struct Names<'m> {
    model: &'m Model,
    package: &'m Package,
    language: Language,
    /// What is generated, as messages say it.
    code: &'static str,
}

impl Names<'_> {
    /// The name of something declared in generated code.
    fn of(&self, name: &str, extras: &Extras) -> String {
        self.language.given(&extras.names).map_or_else(|| upper_camel(name), str::to_owned)
    }
}

fn names_of(names: Names<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Names { model, package, language, code } = names;
    let mut declared: Vec<(&str, Span, _)> = declared(model, package).collect();
    declared.sort_by_key(|(_, span, _)| *span);
    let mut taken: HashMap<String, (&str, Span)> = HashMap::with_capacity(declared.len());
    let mut collided: HashSet<Span> = HashSet::new();
    let mut as_written: HashMap<&str, Span> = HashMap::with_capacity(declared.len());
    for (name, span, given) in declared {
        // The same name twice was told when the names were resolved.
        if as_written.contains_key(name) {
            collided.insert(span);
            continue;
        }
        as_written.insert(name, span);
        let key = language.given(given).map_or_else(|| upper_camel(name), str::to_owned);
        if key.is_empty() {
            let message = format!("`{name}` has no letter, and a name needs one");
            diagnostics.push(Diagnostic::error(Code::NameCollision, span, message));
        } else if let Some((other, first)) = taken.get(&key) {
            collided.insert(span);
            let message = format!("`{name}` and `{other}` are both `{key}` in {code}");
            diagnostics.push(
                Diagnostic::error(Code::NameCollision, span, message)
                    .secondary(*first, format!("`{other}` is declared here")),
            );
        } else {
            taken.insert(key, (name, span));
        }
    }
    let mut derived: HashMap<String, Owner> = HashMap::new();
    for (name, what, span) in derived_names(names) {
        // What collides itself was told, and what is derived from it would only say so again.
        if collided.contains(&span) {
            continue;
        }
        let by_case = taken.get(&name).copied();
        let exact = || as_written.get_key_value(name.as_str()).map(|(name, span)| (*name, *span));
        if let Some((other, place)) = by_case.or_else(exact) {
            if place != span {
                let message = format!("`{other}` is also the name of {what} in {code}");
                diagnostics.push(
                    Diagnostic::error(Code::NameCollision, place, message)
                        .secondary(span, format!("`{name}` is derived from this")),
                );
            }
        } else if let Some((other, first)) = derived.get(&name) {
            if *first != span {
                let message = format!("`{name}` would be the name of {what} and of {other} in {code}");
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
fn derived_names(of: Names<'_>) -> Vec<(String, String, Span)> {
    let mut names = Vec::new();
    for declaration in declarations(of.model, of.package) {
        if let DeclarationKind::Record(_) = declaration.kind {
            let what = format!("the input of `{}`", declaration.name);
            let input = format!("{}Input", of.of(&declaration.name, &declaration.extras));
            names.push((input, what, declaration.span));
        }
    }
    for service in &of.package.services {
        let camel = of.of(&service.name, &service.extras);
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
    for block in &of.package.callbacks {
        let camel = format!("{}Callbacks", upper_camel(&block.name.replace('.', "_")));
        // A namespace may be opened again.
        if opened.insert(&block.name) {
            names.push((camel.clone(), format!("the callbacks `{}`", block.name), block.span));
        }
        methods(&camel, &block.name, &block.methods, &mut names);
    }
    for module in &of.package.modules {
        let what = format!("the client of the module `{}`", module.name);
        names.push((format!("{}Client", of.of(&module.name, &module.extras)), what, module.span));
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

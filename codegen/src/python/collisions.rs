//! Names that are different in the schema and the same in Python.
//!
//! The checks of the schema know nothing of a language. What passes them and would still be declared twice ends here,
//! with both places.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use procwire_idl::diagnostic::{Code, Diagnostic, Diagnostics};
use procwire_idl::model::{DeclarationKind, Field, Parameters, Representation, Service, VariantData};
use procwire_idl::source::Span;

use super::context::{Context, variant_names};
use super::names::{self, Kind, Name};

/// Every collision of the package.
pub(super) fn find(context: &Context<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    classes(context, &mut diagnostics);
    let consts = context.package.consts.iter().map(|it| (Name::new(&it.name, &it.extras), it.span));
    let services = context.package.services.iter();
    let descriptors = services.clone().map(|it| (Name::derived(&it.name, &it.extras), it.span));
    scope(consts.chain(descriptors), Kind::Const, &mut diagnostics);
    let modules = context.package.modules.iter().map(|it| (Name::new(&it.name, &it.extras), it.span));
    modules
        .chain(services.map(|it| (Name::new(&it.name, &it.extras), it.span)))
        .for_each(|(name, span)| given(name, span, &mut diagnostics));
    for declaration in context.model.types.iter().filter(|declaration| declaration.package == context.id) {
        given(Name::new(&declaration.name, &declaration.extras), declaration.span, &mut diagnostics);
        match &declaration.kind {
            DeclarationKind::Record(record) => fields(&record.fields, &mut diagnostics),
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                let spans = declared.variants.iter().map(|variant| variant.span);
                let variants = variant_names(declared).zip(spans);
                if matches!(declared.representation, Representation::Number(_)) {
                    scope(variants, Kind::Const, &mut diagnostics);
                } else {
                    variants.for_each(|(name, span)| given(name, span, &mut diagnostics));
                }
                for variant in &declared.variants {
                    if let VariantData::Struct(declared) = &variant.data {
                        fields(declared, &mut diagnostics);
                    }
                }
            }
            DeclarationKind::Ext(ext) => mapped(ext.py.as_deref(), declaration.span, &mut diagnostics),
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) => {}
        }
    }
    for service in &context.package.services {
        functions(service, Vec::new(), &mut diagnostics);
    }
    for namespace in &context.namespaces {
        let is_inside = |path: &[String]| path.len() == namespace.path.len() + 1 && path.starts_with(&namespace.path);
        let inner = context.namespaces.iter().filter(|inner| is_inside(&inner.path));
        let inner = inner.filter_map(|inner| Some((Name::from(inner.path.last()?.as_str()), inner.service.span)));
        functions(&namespace.service, inner.collect(), &mut diagnostics);
    }
    diagnostics.sort();
    diagnostics
}

/// Checks the functions of a service, which share their scope with what else its classes have.
fn functions(service: &Service, others: Vec<(Name<'_>, Span)>, diagnostics: &mut Diagnostics) {
    let methods = service.methods.iter().map(|method| (Name::new(&method.name, &method.extras), method.span));
    let events = service.events.iter().map(|event| (Name::new(&event.name, &event.extras), event.span));
    scope(methods.chain(events).chain(others), Kind::Function, diagnostics);
    let methods = service.methods.iter().map(|method| &method.parameters);
    for parameters in methods.chain(service.events.iter().map(|event| &event.parameters)) {
        if let Parameters::Named(declared) = parameters {
            fields(declared, diagnostics);
        }
    }
}

fn fields(fields: &[Field], diagnostics: &mut Diagnostics) {
    scope(fields.iter().map(|field| (Name::new(&field.name, &field.extras), field.span)), Kind::Field, diagnostics);
}

/// Checks a name that `@py(name = "..")` gives.
fn given(name: Name<'_>, span: Span, diagnostics: &mut Diagnostics) {
    if let Some(given) = name.given.filter(|given| !names::is_usable(given)) {
        let message = format!("`{given}`, which `{}` is to be in Python, is no name there", name.written);
        diagnostics.push(
            Diagnostic::error(Code::NameCollision, span, message)
                .label("a letter, then letters, digits and `_`, and no keyword"),
        );
    }
}

/// Checks the path of a type that an `ext` is mapped to.
fn mapped(path: Option<&str>, span: Span, diagnostics: &mut Diagnostics) {
    let Some(path) = path else {
        return;
    };
    if let Some(word) = path.split('.').find(|segment| names::is_keyword(segment)) {
        let message = format!("Python cannot import `{path}`: `{word}` is one of its keywords");
        diagnostics.push(Diagnostic::error(Code::InvalidExt, span, message).label("mapped to it"));
    }
}

/// Checks the names of one scope.
fn scope<'a>(declared: impl Iterator<Item = (Name<'a>, Span)> + Clone, kind: Kind, diagnostics: &mut Diagnostics) {
    let names = names::scope(declared.clone().map(|(name, _)| name), kind);
    let mut seen: HashMap<&str, (&str, Span)> = HashMap::with_capacity(names.len());
    for (name, (source, span)) in names.iter().zip(declared) {
        given(source, span, diagnostics);
        let written = source.written;
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

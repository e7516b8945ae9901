//! `naming` and `missing-docs`: what each declaration is called, and whether it says what it is.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{DeclarationKind, Docs, Field, Model, Parameters, VariantData};
use crate::source::Span;

pub(super) fn find(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut names = Names { found };
    for package in &model.packages {
        for constant in &package.consts {
            names.expect(&constant.name, constant.span, Case::Screaming, "a constant");
        }
        for module in &package.modules {
            names.expect(&module.name, module.span, Case::Camel, "a module");
            names.docs(&module.docs, module.span, &module.name);
        }
        // Parents know callbacks by names that were there before the schema, so their case is as it is.
        for block in &package.callbacks {
            for method in &block.methods {
                names.docs(&method.docs, method.span, &method.name);
                if let Parameters::Named(fields) = &method.parameters {
                    names.fields(fields, "a parameter");
                }
            }
        }
        for service in &package.services {
            names.expect(&service.name, service.span, Case::Camel, "a service");
            names.docs(&service.docs, service.span, &service.name);
            let members =
                service.methods.iter().map(|method| (&method.name, method.span, &method.docs, &method.parameters));
            let events = service.events.iter().map(|event| (&event.name, event.span, &event.docs, &event.parameters));
            for (name, span, docs, parameters) in members.chain(events) {
                names.expect(name, span, Case::Small, "a method or an event");
                names.docs(docs, span, name);
                if let Parameters::Named(fields) = parameters {
                    names.fields(fields, "a parameter");
                }
            }
        }
    }
    for declaration in &model.types {
        names.expect(&declaration.name, declaration.span, Case::Camel, "a type");
        names.docs(&declaration.docs, declaration.span, &declaration.name);
        match &declaration.kind {
            DeclarationKind::Record(record) => names.fields(&record.fields, "a field"),
            DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
                for variant in &body.variants {
                    names.expect(&variant.name, variant.span, Case::Camel, "a variant");
                    if let VariantData::Struct(fields) = &variant.data {
                        names.fields(fields, "a field");
                    }
                }
            }
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
        }
    }
}

/// How names of a kind are written.
#[derive(Clone, Copy)]
enum Case {
    /// `OrderType`
    Camel,
    /// `order_type` or `orderType`
    Small,
    /// `MAX_ORDERS`
    Screaming,
}

impl Case {
    fn fits(self, name: &str) -> bool {
        let (has_upper, has_lower) =
            (name.bytes().any(|b| b.is_ascii_uppercase()), name.bytes().any(|b| b.is_ascii_lowercase()));
        match self {
            Self::Camel => name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('_'),
            Self::Small => name.starts_with(|c: char| c.is_ascii_lowercase()) && !(has_upper && name.contains('_')),
            Self::Screaming => !has_lower,
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Camel => "`OrderType`",
            Self::Small => "`order_type` or `orderType`",
            Self::Screaming => "`MAX_ORDERS`",
        }
    }
}

struct Names<'f> {
    found: &'f mut Vec<Diagnostic>,
}

impl Names<'_> {
    fn expect(&mut self, name: &str, span: Span, case: Case, what: &str) {
        if !case.fits(name) {
            let message = format!("{what} is written as {}, and `{name}` is not", case.example());
            self.found.push(Diagnostic::warning(Code::Naming, span, message));
        }
    }

    fn fields(&mut self, fields: &[Field], what: &str) {
        for field in fields {
            self.expect(&field.name, field.span, Case::Small, what);
        }
    }

    fn docs(&mut self, docs: &Docs, span: Span, name: &str) {
        if docs.is_empty() {
            let message = format!("`{name}` has no documentation");
            self.found.push(
                Diagnostic::warning(Code::MissingDocs, span, message)
                    .note("write a line that begins with `///` above it"),
            );
        }
    }
}

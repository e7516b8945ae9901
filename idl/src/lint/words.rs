//! `shadowed-name`: what a language cannot call as the schema does. Which words a language keeps, its generator knows.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{DeclarationKind, Extras, Field, Item, Method, Model, Parameters, VariantData};
use crate::source::Span;

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// A type, a service or a module.
    Type,
    /// A variant of an enum or an error.
    Variant,
    /// A constant.
    Const,
    /// A field of a record or of a variant.
    Field,
    /// A parameter.
    Parameter,
    /// A method, an event or a callback.
    Member,
}

/// A name that a language cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The language, as people write it.
    pub language: &'static str,
    /// The annotation that gives names in it: `rust`, `ts` or `py`.
    pub annotation: &'static str,
    /// The name in generated code.
    pub name: String,
}

/// Tells in which languages a name is another one because the language keeps the word.
pub type Words<'w> = &'w dyn Fn(Named, &str) -> Vec<Renamed>;

pub(super) fn find(model: &Model, words: Words<'_>, found: &mut Vec<Diagnostic>) {
    let mut rule = Rule { words, found };
    for package in &model.packages {
        for item in &package.declarations {
            match *item {
                Item::Const(at) => {
                    let constant = &package.consts[at];
                    rule.name(Named::Const, &constant.name, &constant.extras, constant.span);
                }
                Item::Service(at) => {
                    let service = &package.services[at];
                    rule.name(Named::Type, &service.name, &service.extras, service.span);
                    rule.methods(&service.methods);
                    for event in &service.events {
                        rule.name(Named::Member, &event.name, &event.extras, event.span);
                        rule.parameters(&event.parameters);
                    }
                }
                Item::Callbacks(at) => rule.methods(&package.callbacks[at].methods),
                Item::Module(at) => {
                    let module = &package.modules[at];
                    rule.name(Named::Type, &module.name, &module.extras, module.span);
                }
                Item::Type(id) => {
                    let declaration = model.declaration(id);
                    rule.name(Named::Type, &declaration.name, &declaration.extras, declaration.span);
                    rule.inside(&declaration.kind);
                }
            }
        }
    }
}

struct Rule<'w, 'f> {
    words: Words<'w>,
    found: &'f mut Vec<Diagnostic>,
}

impl Rule<'_, '_> {
    fn name(&mut self, named: Named, name: &str, extras: &Extras, span: Span) {
        let is_given = |annotation: &str| match annotation {
            "rust" => extras.names.rust.is_some(),
            "ts" => extras.names.ts.is_some(),
            _ => extras.names.py.is_some(),
        };
        let renamed: Vec<Renamed> =
            (self.words)(named, name).into_iter().filter(|renamed| !is_given(renamed.annotation)).collect();
        let Some(first) = renamed.first() else { return };
        let parts: Vec<String> =
            renamed.iter().map(|renamed| format!("`{}` in {}", renamed.name, renamed.language)).collect();
        let message = format!("`{name}` is {}, which keeps the word", parts.join(" and "));
        let note = format!("`@{}(name = \"..\")` gives it a name of its own there", first.annotation);
        self.found.push(Diagnostic::warning(Code::ShadowedName, span, message).note(note));
    }

    fn fields(&mut self, fields: &[Field], named: Named) {
        for field in fields {
            self.name(named, &field.name, &field.extras, field.span);
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        if let Parameters::Named(fields) = parameters {
            self.fields(fields, Named::Parameter);
        }
    }

    fn methods(&mut self, methods: &[Method]) {
        for method in methods {
            self.name(Named::Member, &method.name, &method.extras, method.span);
            self.parameters(&method.parameters);
        }
    }

    fn inside(&mut self, kind: &DeclarationKind) {
        match kind {
            DeclarationKind::Record(record) => self.fields(&record.fields, Named::Field),
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                for variant in &declared.variants {
                    self.name(Named::Variant, &variant.name, &variant.extras, variant.span);
                    if let VariantData::Struct(fields) = &variant.data {
                        self.fields(fields, Named::Field);
                    }
                }
            }
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
        }
    }
}

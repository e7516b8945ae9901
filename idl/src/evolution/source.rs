//! Source code: what a change does to programs that are compiled or type-checked against the generated code.
//!
//! Here names count, and not the wire: a field that is renamed under `@wire` is another name in Rust and Python, and the
//! same one in TypeScript, whose fields are the wire's.

use std::fmt;

use super::spelling::{Spelling, spelling};
use crate::model::{
    Declaration, DeclarationKind, Enum, Event, Field, Item, Method, Model, Names, Package, Parameters, Presence,
    Service, Type, VariantData,
};

/// A change that programs notice when they are built or checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceChange {
    /// Where: `Order.note`, `Trading.place(order)`.
    pub place: String,
    /// What was changed, and which code no longer fits.
    pub message: String,
    /// In which languages.
    pub languages: Vec<Language>,
}

/// A language of generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Rust
    Rust,
    /// TypeScript
    TypeScript,
    /// Python
    Python,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rust, Self::TypeScript, Self::Python];

    /// The name, as the command line takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::TypeScript => "TypeScript",
            Self::Python => "Python",
        })
    }
}

/// What programs that use the generated code of the old version notice of the new one, in the order of the old one.
#[must_use]
pub fn compare_source(old: &Model, new: &Model) -> Vec<SourceChange> {
    let mut comparer = Comparer { old, new, changes: Vec::new() };
    for package in &old.packages {
        // A renamed package is another file or module, which the user names once; its content is compared all the same.
        let after = new.packages.iter().find(|other| other.name == package.name);
        if let Some(after) = after.or_else(|| (package.file == old.root().file).then(|| new.root())) {
            comparer.package(package, after);
        }
    }
    comparer.changes
}

struct Comparer<'a> {
    old: &'a Model,
    new: &'a Model,
    changes: Vec<SourceChange>,
}

impl<'a> Comparer<'a> {
    fn note(&mut self, place: &str, message: impl Into<String>, languages: &[Language]) {
        if !languages.is_empty() {
            let change =
                SourceChange { place: place.to_owned(), message: message.into(), languages: languages.to_vec() };
            self.changes.push(change);
        }
    }

    fn package(&mut self, old: &'a Package, new: &'a Package) {
        let (before, after) = (declared(self.old, old), declared(self.new, new));
        for declaration in before {
            if let Some(other) = after.iter().find(|other| other.name == declaration.name) {
                self.declaration(declaration, other);
            } else {
                let gone = unpinned(&declaration.extras.names, after.iter().map(|other| &other.extras.names));
                self.note(&declaration.name, "the type is gone", &gone);
            }
        }
        for constant in &old.consts {
            match new.consts.iter().find(|other| other.name == constant.name) {
                None => self.note(&constant.name, "the constant is gone", &Language::ALL),
                Some(other) => self.types(&constant.name, &constant.ty, &other.ty),
            }
        }
        for service in &old.services {
            match new.services.iter().find(|other| other.name == service.name) {
                None => self.note(&service.name, "the service is gone", &Language::ALL),
                Some(other) => self.service(service, other),
            }
        }
        for callbacks in &old.callbacks {
            let others: Vec<&Method> = new
                .callbacks
                .iter()
                .filter(|other| other.name == callbacks.name)
                .flat_map(|other| &other.methods)
                .collect();
            let own: Vec<&Method> = callbacks.methods.iter().collect();
            self.methods(&callbacks.name, &own, &others, "the parent's handlers have to answer it");
        }
    }

    fn declaration(&mut self, old: &'a Declaration, new: &'a Declaration) {
        match (&old.kind, &new.kind) {
            (DeclarationKind::Record(before), DeclarationKind::Record(after)) => {
                self.fields(&new.name, &before.fields, &after.fields);
            }
            (DeclarationKind::Enum(before), DeclarationKind::Enum(after))
            | (DeclarationKind::Error(before), DeclarationKind::Error(after)) => {
                self.variants(&new.name, before, after);
            }
            (DeclarationKind::Newtype(before), DeclarationKind::Newtype(after))
            | (DeclarationKind::Alias(before), DeclarationKind::Alias(after)) => self.types(&new.name, before, after),
            (DeclarationKind::Ext(before), DeclarationKind::Ext(after)) => {
                let mapped = [
                    (Language::Rust, before.rust != after.rust),
                    (Language::TypeScript, before.ts != after.ts),
                    (Language::Python, before.py != after.py),
                ];
                let languages: Vec<Language> =
                    mapped.into_iter().filter_map(|(language, differs)| differs.then_some(language)).collect();
                self.note(&new.name, "stands for another type", &languages);
            }
            _ => self.note(&new.name, "is declared as something else", &Language::ALL),
        }
    }

    fn types(&mut self, place: &str, old: &Type, new: &Type) {
        self.spellings(place, (spelling(self.old, old), spelling(self.new, new)));
    }

    fn spellings(&mut self, place: &str, (before, after): (Spelling, Spelling)) {
        let languages: Vec<Language> =
            Language::ALL.into_iter().filter(|language| before.of(*language) != after.of(*language)).collect();
        if let Some(first) = languages.first() {
            let message = format!("`{}` became `{}`", before.of(*first), after.of(*first));
            self.note(place, message, &languages);
        }
    }

    fn fields(&mut self, place: &str, old: &[Field], new: &[Field]) {
        for before in old {
            let path = format!("{place}.{}", before.name);
            let Some(after) = new.iter().find(|after| after.name == before.name) else {
                let renamed = new.iter().find(|after| after.wire == before.wire);
                let mut languages = vec![Language::Rust, Language::Python];
                if renamed.is_none() {
                    languages.insert(1, Language::TypeScript);
                }
                let message = match renamed {
                    Some(after) => format!("is called `{}` now", after.name),
                    None => "the field is gone".to_owned(),
                };
                let kept = renamed.map(|after| &after.extras.names).filter(|names| **names != Names::default());
                languages.retain(|language| kept.is_none_or(|names| name_of(names, *language).is_none()));
                self.note(&path, message, &languages);
                continue;
            };
            if before.wire != after.wire {
                self.note(&path, format!("is called `{}` now", after.wire), &[Language::TypeScript]);
            }
            self.spellings(&path, (held(self.old, before), held(self.new, after)));
            if before.presence != Presence::Required && after.presence == Presence::Required {
                self.note(&path, "has to be given now", &Language::ALL);
            } else if before.presence == Presence::Required && after.presence != Presence::Required {
                // A constructor takes the required fields by position.
                self.note(&path, "is no longer an argument of `new`", &[Language::Rust]);
            }
        }
        for after in new {
            let is_new = old.iter().all(|before| before.name != after.name && before.wire != after.wire);
            if is_new && after.presence == Presence::Required {
                let message = "is new and has to be given";
                self.note(&format!("{place}.{}", after.name), message, &Language::ALL);
            }
        }
    }

    fn variants(&mut self, place: &str, old: &Enum, new: &Enum) {
        for before in &old.variants {
            let path = format!("{place}.{}", before.name);
            let Some(after) = new.variants.iter().find(|after| after.name == before.name) else {
                self.note(&path, "the variant is gone", &Language::ALL);
                continue;
            };
            match (&before.data, &after.data) {
                (VariantData::Unit, VariantData::Unit) => {}
                (VariantData::Tuple(old), VariantData::Tuple(new)) if old.len() == new.len() => {
                    for (at, (old, new)) in old.iter().zip(new).enumerate() {
                        self.types(&format!("{path}.{at}"), old, new);
                    }
                }
                (VariantData::Struct(old), VariantData::Struct(new)) => self.fields(&path, old, new),
                _ => self.note(&path, "carries something else", &Language::ALL),
            }
        }
        for after in &new.variants {
            if old.variants.iter().all(|before| before.name != after.name) {
                let message = "is new: a match that names every variant has to name it";
                self.note(&format!("{place}.{}", after.name), message, &Language::ALL);
            }
        }
    }

    fn service(&mut self, old: &'a Service, new: &'a Service) {
        let (before, after) = (old.methods.iter().collect::<Vec<_>>(), new.methods.iter().collect::<Vec<_>>());
        self.methods(&new.name, &before, &after, "workers have to serve it");
        for before in &old.events {
            let path = format!("{}.{}", new.name, before.name);
            match new.events.iter().find(|after| after.name == before.name) {
                None => self.note(&path, "the event is gone", &Language::ALL),
                Some(after) => self.event(&path, before, after),
            }
        }
    }

    fn event(&mut self, path: &str, before: &Event, after: &Event) {
        self.parameters(path, &before.parameters, &after.parameters);
        if before.raw != after.raw {
            self.note(path, "carries plain bytes now, or no longer", &Language::ALL);
        }
    }

    fn methods(&mut self, place: &str, old: &[&Method], new: &[&Method], who: &str) {
        for before in old {
            let path = format!("{place}.{}", before.name);
            let Some(after) = new.iter().find(|after| after.name == before.name) else {
                self.note(&path, "is gone", &Language::ALL);
                continue;
            };
            if before.response != after.response || before.raw != after.raw {
                self.note(&path, "answers in another way", &Language::ALL);
                continue;
            }
            self.parameters(&path, &before.parameters, &after.parameters);
            match (&before.answer, &after.answer) {
                (None, None) => {}
                (Some(old), Some(new)) => self.types(&format!("{path} answer"), old, new),
                _ => self.note(&format!("{path} answer"), "there is one now, or no longer", &Language::ALL),
            }
            let name = |model: &Model, method: &Method| -> Vec<String> {
                method.throws.iter().map(|id| model.declaration(*id).name.clone()).collect()
            };
            if name(self.old, before) != name(self.new, after) {
                // The other languages do not say in a signature what is thrown.
                self.note(&path, "throws another error", &[Language::Rust]);
            }
        }
        for after in new {
            if old.iter().all(|before| before.name != after.name) {
                self.note(&format!("{place}.{}", after.name), format!("is new: {who}"), &Language::ALL);
            }
        }
    }

    fn parameters(&mut self, path: &str, old: &Parameters, new: &Parameters) {
        match (old, new) {
            (Parameters::None, Parameters::None) => {}
            (Parameters::Bare(old), Parameters::Bare(new)) => self.types(path, old, new),
            (Parameters::Bare(_), _) | (_, Parameters::Bare(_)) => {
                self.note(path, "takes its parameters in another way", &Language::ALL);
            }
            (old, new) => {
                let named = |parameters: &Parameters| match parameters {
                    Parameters::Named(fields) => fields.clone(),
                    Parameters::None | Parameters::Bare(_) => Vec::new(),
                };
                let (old, new) = (named(old), named(new));
                self.fields(path, &old, &new);
                let required = |fields: &[Field]| -> Vec<String> {
                    let required = fields.iter().filter(|field| field.presence == Presence::Required);
                    required.map(|field| field.name.clone()).collect()
                };
                let (before, after) = (required(&old), required(&new));
                let same = before.iter().all(|name| after.contains(name)) && before.len() == after.len();
                if same && before != after {
                    self.note(path, "its parameters stand in another order", &[Language::Rust, Language::Python]);
                }
            }
        }
    }
}

/// The declared types of a package.
fn declared<'a>(model: &'a Model, package: &'a Package) -> Vec<&'a Declaration> {
    let types = package.declarations.iter().filter_map(|item| match item {
        Item::Type(id) => Some(model.declaration(*id)),
        Item::Const(_) | Item::Service(_) | Item::Callbacks(_) | Item::Module(_) => None,
    });
    types.collect()
}

/// The languages in which no other type has the name that was pinned.
fn unpinned<'n>(old: &Names, new: impl Iterator<Item = &'n Names>) -> Vec<Language> {
    let new: Vec<&Names> = new.collect();
    let is_gone = |language: &Language| {
        name_of(old, *language).is_none_or(|name| new.iter().all(|names| name_of(names, *language) != Some(name)))
    };
    Language::ALL.into_iter().filter(is_gone).collect()
}

fn name_of(names: &Names, language: Language) -> Option<&str> {
    match language {
        Language::Rust => names.rust.as_deref(),
        Language::TypeScript => names.ts.as_deref(),
        Language::Python => names.py.as_deref(),
    }
}

/// What a field holds in each language, with whether it may be absent.
fn held(model: &Model, field: &Field) -> Spelling {
    let spelling = spelling(model, &field.ty);
    if field.presence == Presence::Optional { spelling.optional() } else { spelling }
}

//! What the names of a file mean.

use std::collections::{HashMap, HashSet};

use crate::ast::{File, ItemKind, Name};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::TypeId;

/// The names of the built-in types, which no declared type may take.
pub(crate) const BUILT_IN: [&str; 19] = [
    "bool",
    "string",
    "u8",
    "u16",
    "u32",
    "u64",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "bytes",
    "timestamp",
    "duration",
    "uuid",
    "any",
    "list",
    "map",
];

/// What a name was declared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Type(TypeId),
    /// An error is a type that may stand behind `throws`.
    Error(TypeId),
    /// An index into the constants of the file.
    Const(usize),
    Service,
    Module,
}

/// The declared names of a file.
pub(super) struct Names<'a> {
    declared: HashMap<&'a str, Meaning>,
    /// In source order, for guesses that do not depend on the order of a hash map.
    types: Vec<&'a str>,
    consts: Vec<&'a str>,
    broken: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn of(tree: &File<'a>, diagnostics: &mut Diagnostics) -> Self {
        let mut names = Self {
            declared: HashMap::with_capacity(tree.items.len()),
            types: Vec::new(),
            consts: Vec::new(),
            broken: tree.broken.iter().map(|name| name.text).collect(),
        };
        let mut first: HashMap<&str, Name<'_>> = HashMap::with_capacity(tree.items.len());
        let (mut types, mut consts) = (0, 0);
        for item in &tree.items {
            let name = item.name.text;
            // A namespace of callbacks may be opened again, and is no name beside those of types.
            if matches!(item.kind, ItemKind::Callbacks { .. }) {
                continue;
            }
            let is_type = !matches!(item.kind, ItemKind::Const { .. } | ItemKind::Service { .. } | ItemKind::Module(_));
            let meaning = match item.kind {
                ItemKind::Const { .. } => Meaning::Const(consts),
                ItemKind::Service { .. } => Meaning::Service,
                ItemKind::Module(_) => Meaning::Module,
                ItemKind::Variants { error: true, .. } => Meaning::Error(TypeId(types)),
                _ => Meaning::Type(TypeId(types)),
            };
            types += u32::from(is_type);
            consts += usize::from(matches!(item.kind, ItemKind::Const { .. }));
            if is_type && BUILT_IN.contains(&name) {
                let message = format!("`{name}` is a built-in type, and a declared type needs a name of its own");
                diagnostics.push(Diagnostic::error(Code::BuiltInName, item.name.span, message));
                continue;
            }
            if let Some(first) = first.get(name) {
                let message = format!("`{name}` is declared twice");
                diagnostics.push(
                    Diagnostic::error(Code::DuplicateName, item.name.span, message)
                        .label("declared again here")
                        .secondary(first.span, "first declared here"),
                );
                continue;
            }
            first.insert(name, item.name);
            names.declared.insert(name, meaning);
            match meaning {
                Meaning::Type(_) | Meaning::Error(_) => names.types.push(name),
                Meaning::Const(_) => names.consts.push(name),
                Meaning::Service | Meaning::Module => {}
            }
        }
        names
    }

    pub(super) fn get(&self, name: &str) -> Option<Meaning> {
        self.declared.get(name).copied()
    }

    /// Whether an item of this name could not be read, so that nothing is to be told about its uses.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    pub(super) fn types(&self) -> &[&'a str] {
        &self.types
    }

    pub(super) fn consts(&self) -> &[&'a str] {
        &self.consts
    }
}

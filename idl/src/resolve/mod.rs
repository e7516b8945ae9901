//! Resolving: a syntax tree becomes a model, and a diagnostic for each name that means nothing.
//!
//! A part that does not resolve is left out or stands in as `any`, so that every later check can run; as there was a
//! diagnostic, such a model never leaves the crate.

mod annotations;
mod arguments;
mod constraints;
mod declarations;
mod ends;
mod ext;
mod modules;
mod names;
mod services;
mod types;
mod values;

use std::collections::HashMap;

use crate::ast;
use crate::diagnostic::Diagnostics;
use crate::model::{Docs, Item, Model, Package, PackageId, TypeId, WireCase, mark_cycles};
use crate::nearest::Guesses;
use crate::source::Span;

pub(crate) use ends::Ends;
pub(crate) use names::BUILT_IN;
use names::Names;
use values::Pending;

/// What the model does not hold and checks want to point at.
#[derive(Debug, Default)]
pub(crate) struct Places {
    wire: HashMap<Span, Span>,
}

impl Places {
    /// Where the wire name of something is written, by the place of its name.
    pub(crate) fn wire(&self, name: Span) -> Span {
        self.wire.get(&name).copied().unwrap_or(name)
    }
}

/// Everything that resolving knows.
pub(crate) struct Resolved {
    pub model: Model,
    pub places: Places,
    pub ends: Ends,
}

/// Resolves a file. The tree is used up item by item, so that tree and model are never both whole in memory.
pub(crate) fn model(tree: ast::File<'_>, diagnostics: &mut Diagnostics) -> Resolved {
    let names = Names::of(&tree, diagnostics);
    let mut resolver = Resolver {
        names,
        places: Places::default(),
        pending: Vec::new(),
        literals: Vec::new(),
        wire_case: WireCase::AsWritten,
        ext_codes: HashMap::new(),
        guesses: Guesses::new(),
        diagnostics,
    };
    resolver.literals = resolver.fold(&tree.items);
    let mut model = Model { packages: Vec::new(), root: PackageId(0), types: Vec::new() };
    let mut package = Package { docs: docs(&tree.docs), file: tree.id, ..Package::default() };
    if let Some(declared) = &tree.package {
        package.name = declared.path.text.split('.').map(str::to_owned).collect();
        let facts = resolver.annotations(&declared.annotations, annotations::Place::Package);
        package.wire_case = facts.wire_case;
        resolver.wire_case = facts.wire_case;
        package.extras = facts.extras;
    }
    let mut consts = Vec::new();
    let mut modules = Vec::new();
    for item in tree.items {
        if matches!(item.kind, ast::ItemKind::Module(_)) {
            package.declarations.push(Item::Module(modules.len()));
            modules.push(item);
            continue;
        }
        let item = &item;
        match &item.kind {
            ast::ItemKind::Const { ty, value } => {
                package.declarations.push(Item::Const(consts.len()));
                consts.push(resolver.constant(item, ty, value));
            }
            ast::ItemKind::Service { members, reserved } => {
                package.declarations.push(Item::Service(package.services.len()));
                let index = package.services.len();
                package.services.push(resolver.service(item, members, reserved, index));
            }
            ast::ItemKind::Callbacks { members, reserved } => {
                let index = package.callbacks.len();
                package.declarations.push(Item::Callbacks(index));
                package.callbacks.push(resolver.callbacks(item, members, reserved, index));
            }
            _ => {
                let id = TypeId(u32::try_from(model.types.len()).unwrap_or(u32::MAX));
                package.declarations.push(Item::Type(id));
                model.types.push(resolver.declaration(item, id));
            }
        }
    }
    for item in &modules {
        if let ast::ItemKind::Module(clauses) = &item.kind {
            let module = resolver.module(item, clauses, &package);
            package.modules.push(module);
        }
    }
    model.packages.push(package);
    let ends = Ends::of(&model);
    resolver.values(&mut model, &consts, &ends);
    mark_cycles(&mut model);
    Resolved { model, places: resolver.places, ends }
}

struct Resolver<'a, 'd> {
    names: Names<'a>,
    places: Places,
    pending: Vec<Pending<'a>>,
    /// What each constant of the file says, since constraints name them.
    literals: Vec<Option<ast::ValueKind<'a>>>,
    wire_case: WireCase,
    /// The first `ext` of each code.
    ext_codes: HashMap<u8, ast::Name<'a>>,
    guesses: Guesses,
    diagnostics: &'d mut Diagnostics,
}

/// The text of docs; blanks at the end of a line mean nothing.
fn docs(lines: &[ast::Doc<'_>]) -> Docs {
    Docs { lines: lines.iter().map(|doc| doc.text.trim_end().to_owned()).collect() }
}

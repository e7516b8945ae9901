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
use crate::model::{Declaration, Docs, Item, Model, Package, PackageId, TypeId, WireCase, mark_cycles};
use crate::nearest::Guesses;
use crate::source::Span;

pub(crate) use ends::Ends;
pub(crate) use names::BUILT_IN;
use names::Scope;
use values::{Constant, Pending};

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

/// A file that was read.
pub(crate) struct File<'a> {
    pub tree: ast::File<'a>,
    /// For each import of the tree, the place of the file that it names; `None` where there is none, which is told.
    pub imports: Vec<Option<usize>>,
    /// Where it lies below the root folder.
    pub path: String,
}

/// Resolves the files of a schema, the root first. The trees are used up item by item, so that trees and model are never
/// all whole in memory.
pub(crate) fn model(files: Vec<File<'_>>, diagnostics: &mut Diagnostics) -> Resolved {
    let names = Scope::of(&files, diagnostics);
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
    resolver.literals = resolver.fold(&files);
    let mut model = Model { packages: Vec::new(), root: PackageId(0), types: Vec::new() };
    let mut consts = Vec::new();
    let mut modules = Vec::new();
    for (at, file) in files.into_iter().enumerate() {
        resolver.names.at = at;
        let package = resolver.package(file, &mut model.types, &mut consts, &mut modules);
        model.packages.push(package);
    }
    // A module names what other packages declare.
    for (at, item, clauses) in &modules {
        resolver.names.at = *at;
        let module = resolver.module(item, clauses, &model.packages);
        model.packages[*at].modules.push(module);
    }
    let ends = Ends::of(&model);
    resolver.values(&mut model, &consts, &ends);
    mark_cycles(&mut model);
    Resolved { model, places: resolver.places, ends }
}

/// A module that waits until all packages are known: the place of its package, the item, its clauses.
type Waiting<'a> = (usize, ast::Item<'a>, Vec<ast::Clause<'a>>);

impl<'a> Resolver<'a, '_> {
    fn package(
        &mut self,
        file: File<'a>,
        types: &mut Vec<Declaration>,
        consts: &mut Vec<Constant<'a>>,
        modules: &mut Vec<Waiting<'a>>,
    ) -> Package {
        let File { tree, imports, .. } = file;
        self.wire_case = WireCase::AsWritten;
        self.ext_codes.clear();
        let mut package = Package { docs: docs(&tree.docs), file: tree.id, ..Package::default() };
        for id in imports.into_iter().flatten().map(package_id) {
            if !package.imports.contains(&id) {
                package.imports.push(id);
            }
        }
        if let Some(declared) = &tree.package {
            package.name = declared.path.text.split('.').map(str::to_owned).collect();
            let facts = self.annotations(&declared.annotations, annotations::Place::Package);
            package.wire_case = facts.wire_case;
            self.wire_case = facts.wire_case;
            package.extras = facts.extras;
        }
        let (mut own_consts, mut own_modules) = (0, 0);
        for mut item in tree.items {
            if let ast::ItemKind::Module(clauses) = &mut item.kind {
                package.declarations.push(Item::Module(own_modules));
                own_modules += 1;
                let clauses = std::mem::take(clauses);
                modules.push((self.names.at, item, clauses));
                continue;
            }
            let item = &item;
            match &item.kind {
                ast::ItemKind::Const { ty, value } => {
                    package.declarations.push(Item::Const(own_consts));
                    own_consts += 1;
                    consts.push(self.constant(item, ty, value));
                }
                ast::ItemKind::Service { members, reserved } => {
                    package.declarations.push(Item::Service(package.services.len()));
                    let index = package.services.len();
                    package.services.push(self.service(item, members, reserved, index));
                }
                ast::ItemKind::Callbacks { members, reserved } => {
                    let index = package.callbacks.len();
                    package.declarations.push(Item::Callbacks(index));
                    package.callbacks.push(self.callbacks(item, members, reserved, index));
                }
                _ => {
                    let id = TypeId(u32::try_from(types.len()).unwrap_or(u32::MAX));
                    package.declarations.push(Item::Type(id));
                    types.push(self.declaration(item, id));
                }
            }
        }
        package
    }
}

/// The id of the package at a place.
fn package_id(at: usize) -> PackageId {
    PackageId(u32::try_from(at).unwrap_or(u32::MAX))
}

struct Resolver<'a, 'd> {
    names: Scope<'a>,
    places: Places,
    pending: Vec<Pending<'a>>,
    /// What each constant of all files says, since constraints name them.
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

//! Modules: what a child provides, and which callbacks it needs.

use super::annotations::Place;
use super::names::Meaning;
use super::{Resolver, docs, package_id};
use crate::ast::{self, ClauseKind, ClauseTarget};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{CallbackId, Module, Package, ServiceId};
use crate::source::Span;

/// What a module has named so far, with the places.
#[derive(Default)]
struct Named {
    provides: Vec<(ServiceId, Span)>,
    callbacks: Vec<(CallbackId, ClauseKind, Span)>,
}

impl<'a> Resolver<'a, '_> {
    /// Resolves a module once all services and callbacks are known.
    pub(super) fn module(&mut self, item: &ast::Item<'a>, clauses: &[ast::Clause<'a>], packages: &[Package]) -> Module {
        let facts = self.annotations(&item.outer.annotations, Place::Module);
        self.annotations(&item.annotations, Place::BehindName);
        let mut named = Named::default();
        let targets = || clauses.iter().flat_map(|clause| clause.targets.iter().map(|target| (clause.kind, *target)));
        for (_, target) in targets().filter(|(kind, _)| *kind == ClauseKind::Provides) {
            self.provided(target, &mut named, packages);
        }
        // A whole namespace is about those that are not named alone, wherever that is.
        let needed = || targets().filter(|(kind, _)| *kind != ClauseKind::Provides);
        for (kind, target) in needed().filter(|(_, target)| target.all.is_none()) {
            self.needed(target, kind, &mut named, packages);
        }
        for (kind, target) in needed().filter(|(_, target)| target.all.is_some()) {
            self.needed(target, kind, &mut named, packages);
        }
        if clauses.is_empty() {
            let message = format!("the module `{}` provides nothing and needs nothing", item.name.text);
            let note = "write `provides Service;`, `requires namespace.Callback;` or `optional namespace.Callback;`";
            self.diagnostics.push(Diagnostic::error(Code::InvalidModule, item.name.span, message).note(note));
        }
        let callbacks = |kind| named.callbacks.iter().filter(move |named| named.1 == kind).map(|named| named.0);
        Module {
            name: item.name.text.to_owned(),
            docs: docs(&item.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: item.name.span,
            provides: named.provides.iter().map(|(service, _)| *service).collect(),
            requires: callbacks(ClauseKind::Requires).collect(),
            optional: callbacks(ClauseKind::Optional).collect(),
        }
    }

    fn provided(&mut self, target: ClauseTarget<'a>, named: &mut Named, packages: &[Package]) {
        let (name, span) = (target.path.text, target.path.span);
        if let Some(all) = target.all {
            let message = "a module provides services by name, and `.*` is for callbacks";
            self.diagnostics.push(Diagnostic::error(Code::InvalidModule, all, message));
            return;
        }
        let id = match self.names.get(name) {
            Some(Meaning::Service(id)) => id,
            _ if self.names.is_broken(name) => return,
            Some(_) => {
                let message = format!("`{name}` is no service, and a module provides services");
                self.diagnostics.push(Diagnostic::error(Code::InvalidModule, span, message));
                return;
            }
            None if name.contains('.') => {
                self.unknown_path(target.path, Code::InvalidModule);
                return;
            }
            None => {
                let mut diagnostic =
                    Diagnostic::error(Code::InvalidModule, span, format!("there is no service `{name}`"));
                let services = packages[self.names.at].services.iter().map(|service| service.name.as_str());
                if let Some(meant) = self.guesses.nearest(name, services) {
                    diagnostic = diagnostic.fix(span, meant, format!("write `{meant}`"));
                }
                self.diagnostics.push(diagnostic);
                return;
            }
        };
        if let Some((_, first)) = named.provides.iter().find(|(other, _)| *other == id) {
            let message = format!("the module provides `{name}` twice");
            self.diagnostics
                .push(Diagnostic::error(Code::InvalidModule, span, message).secondary(*first, "first named here"));
            return;
        }
        named.provides.push((id, span));
    }

    fn needed(&mut self, target: ClauseTarget<'a>, kind: ClauseKind, named: &mut Named, packages: &[Package]) {
        let (path, span) = (target.path.text, target.path.span);
        let found = self.callbacks_of(target, packages);
        if found.is_empty() {
            self.no_callback(target, packages);
            return;
        }
        for id in found {
            match named.callbacks.iter().find(|(other, _, _)| *other == id) {
                Some(_) if target.all.is_some() => {}
                Some((_, _, first)) => {
                    let message = format!("the module names `{path}` twice");
                    self.diagnostics.push(
                        Diagnostic::error(Code::InvalidModule, span, message).secondary(*first, "first named here"),
                    );
                }
                None => named.callbacks.push((id, kind, span)),
            }
        }
    }

    /// The callbacks that a target names: of this package, or else of the one that its first word stands for.
    fn callbacks_of(&self, target: ClauseTarget<'a>, packages: &[Package]) -> Vec<CallbackId> {
        let named = |package: usize, path: &str| -> Vec<CallbackId> {
            callbacks(packages, package)
                .filter(|(namespace, name, _)| match target.all {
                    Some(_) => *namespace == path,
                    None => path.rsplit_once('.') == Some((*namespace, *name)),
                })
                .map(|(_, _, id)| id)
                .collect()
        };
        let own = named(self.names.at, target.path.text);
        match target.path.text.split_once('.') {
            Some((word, rest)) if own.is_empty() => {
                self.names.package(word).map_or_else(Vec::new, |package| named(package, rest))
            }
            _ => own,
        }
    }

    fn no_callback(&mut self, target: ClauseTarget<'a>, packages: &[Package]) {
        let (path, span) = (target.path.text, target.path.span);
        let namespace = if target.all.is_some() { Some(path) } else { path.rsplit_once('.').map(|(first, _)| first) };
        if self.names.is_broken(path) || namespace.is_some_and(|namespace| self.names.is_broken(namespace)) {
            return;
        }
        let own = self.names.at;
        let (message, meant) = match (namespace, target.all) {
            (None, _) => {
                let note = "a callback is named with its namespace, as in `trading.DataFetch`";
                let message = format!("`{path}` is no callback");
                self.diagnostics.push(Diagnostic::error(Code::InvalidModule, span, message).note(note));
                return;
            }
            (Some(_), Some(_)) => {
                let names = packages[own].callbacks.iter().map(|block| block.name.as_str());
                (format!("there are no callbacks `{path}`"), self.guesses.nearest(path, names).map(str::to_owned))
            }
            (Some(_), None) => {
                let paths: Vec<String> =
                    callbacks(packages, own).map(|(namespace, name, _)| format!("{namespace}.{name}")).collect();
                let meant = self.guesses.nearest(path, paths.iter().map(String::as_str)).map(str::to_owned);
                (format!("there is no callback `{path}`"), meant)
            }
        };
        let mut diagnostic = Diagnostic::error(Code::InvalidModule, span, message);
        if let Some(meant) = meant {
            let text = format!("write `{meant}`");
            diagnostic = diagnostic.fix(span, meant, text);
        }
        self.diagnostics.push(diagnostic);
    }
}

/// The callbacks of a package: namespace, name, id.
fn callbacks(packages: &[Package], package: usize) -> impl Iterator<Item = (&str, &str, CallbackId)> {
    packages[package].callbacks.iter().enumerate().flat_map(move |(block, callbacks)| {
        callbacks.methods.iter().enumerate().map(move |(method, callback)| {
            let id = CallbackId { package: package_id(package), block, method };
            (callbacks.name.as_str(), callback.name.as_str(), id)
        })
    })
}

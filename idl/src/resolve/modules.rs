//! Modules: what a child provides, and which callbacks it needs.

use super::annotations::Place;
use super::{Resolver, docs};
use crate::ast::{self, ClauseKind, ClauseTarget};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{CallbackId, Module, Package, PackageId, ServiceId};
use crate::source::Span;

/// What a module has named so far, with the places.
#[derive(Default)]
struct Named {
    provides: Vec<(ServiceId, Span)>,
    callbacks: Vec<(CallbackId, ClauseKind, Span)>,
}

impl<'a> Resolver<'a, '_> {
    /// Resolves a module once all services and callbacks are known.
    pub(super) fn module(&mut self, item: &ast::Item<'a>, clauses: &[ast::Clause<'a>], package: &Package) -> Module {
        let facts = self.annotations(&item.outer.annotations, Place::Module);
        self.annotations(&item.annotations, Place::BehindName);
        let mut named = Named::default();
        let targets = || clauses.iter().flat_map(|clause| clause.targets.iter().map(|target| (clause.kind, *target)));
        for (_, target) in targets().filter(|(kind, _)| *kind == ClauseKind::Provides) {
            self.provided(target, package, &mut named);
        }
        // A whole namespace is about those that are not named alone, wherever that is.
        let needed = || targets().filter(|(kind, _)| *kind != ClauseKind::Provides);
        for (kind, target) in needed().filter(|(_, target)| target.all.is_none()) {
            self.needed(target, kind, package, &mut named);
        }
        for (kind, target) in needed().filter(|(_, target)| target.all.is_some()) {
            self.needed(target, kind, package, &mut named);
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

    fn provided(&mut self, target: ClauseTarget<'a>, package: &Package, named: &mut Named) {
        let (name, span) = (target.path.text, target.path.span);
        if let Some(all) = target.all {
            let message = "a module provides services by name, and `.*` is for callbacks";
            self.diagnostics.push(Diagnostic::error(Code::InvalidModule, all, message));
            return;
        }
        let Some(service) = package.services.iter().position(|service| service.name == name) else {
            if self.names.is_broken(name) {
                return;
            }
            let message = if self.names.get(name).is_some() {
                format!("`{name}` is no service, and a module provides services")
            } else {
                format!("there is no service `{name}`")
            };
            let mut diagnostic = Diagnostic::error(Code::InvalidModule, span, message);
            let services = package.services.iter().map(|service| service.name.as_str());
            if let Some(meant) = self.guesses.nearest(name, services) {
                diagnostic = diagnostic.fix(span, meant, format!("write `{meant}`"));
            }
            self.diagnostics.push(diagnostic);
            return;
        };
        let id = ServiceId { package: PackageId(0), service };
        if let Some((_, first)) = named.provides.iter().find(|(other, _)| *other == id) {
            let message = format!("the module provides `{name}` twice");
            self.diagnostics
                .push(Diagnostic::error(Code::InvalidModule, span, message).secondary(*first, "first named here"));
            return;
        }
        named.provides.push((id, span));
    }

    fn needed(&mut self, target: ClauseTarget<'a>, kind: ClauseKind, package: &Package, named: &mut Named) {
        let (path, span) = (target.path.text, target.path.span);
        let found: Vec<CallbackId> = callbacks(package)
            .filter(|(namespace, name, _)| match target.all {
                Some(_) => *namespace == path,
                None => path.rsplit_once('.') == Some((*namespace, *name)),
            })
            .map(|(_, _, id)| id)
            .collect();
        if found.is_empty() {
            self.no_callback(target, package);
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

    fn no_callback(&mut self, target: ClauseTarget<'a>, package: &Package) {
        let (path, span) = (target.path.text, target.path.span);
        let namespace = if target.all.is_some() { Some(path) } else { path.rsplit_once('.').map(|(first, _)| first) };
        if self.names.is_broken(path) || namespace.is_some_and(|namespace| self.names.is_broken(namespace)) {
            return;
        }
        let (message, meant) = match (namespace, target.all) {
            (None, _) => {
                let note = "a callback is named with its namespace, as in `trading.DataFetch`";
                let message = format!("`{path}` is no callback");
                self.diagnostics.push(Diagnostic::error(Code::InvalidModule, span, message).note(note));
                return;
            }
            (Some(_), Some(_)) => {
                let names = package.callbacks.iter().map(|block| block.name.as_str());
                (format!("there are no callbacks `{path}`"), self.guesses.nearest(path, names).map(str::to_owned))
            }
            (Some(_), None) => {
                let paths: Vec<String> =
                    callbacks(package).map(|(namespace, name, _)| format!("{namespace}.{name}")).collect();
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
fn callbacks(package: &Package) -> impl Iterator<Item = (&str, &str, CallbackId)> {
    package.callbacks.iter().enumerate().flat_map(|(block, callbacks)| {
        callbacks.methods.iter().enumerate().map(move |(method, callback)| {
            let id = CallbackId { package: PackageId(0), block, method };
            (callbacks.name.as_str(), callback.name.as_str(), id)
        })
    })
}

//! Callbacks: what a worker calls, and what its parent answers.

use std::collections::BTreeMap;

use procwire_idl::model::Docs;
use procwire_templates::typescript as view;

use super::super::codecs::Codecs;
use super::super::context::Context;
use super::super::namespaces::Namespace;
use super::super::{docs, layout, literals};
use super::{methods, services};
use crate::agreement::Kind as Member;

/// The namespace that the block number `at` is the first one of.
fn opened<'a>(context: &Context<'a>, at: usize) -> Option<&'a Namespace<'a>> {
    // They stand in the order of their first blocks.
    let found = context.namespaces.binary_search_by_key(&at, |namespace| namespace.first);
    found.ok().map(|found| &context.namespaces[found])
}

/// The interfaces of a namespace, where its first block stands.
pub(super) fn items(context: &Context<'_>, at: usize, items: &mut Vec<view::Item>) {
    let Some(namespace) = opened(context, at) else { return };
    let Namespace { written, name, .. } = namespace;
    items.push(view::Item::Interface {
        docs: docs::lines(
            &namespace.docs(),
            &[&format!("What a parent answers to the callbacks `{written}`. A handler may be asynchronous or not.")],
            namespace.deprecated(),
        ),
        heading: format!("{name}Callbacks"),
        properties: namespace
            .methods
            .iter()
            .map(|(it, name)| methods::served(context, it, name, "$.Context"))
            .collect(),
    });
    items.push(view::Item::Interface {
        docs: docs::lines(
            &Docs::default(),
            &[&format!("Calls the callbacks `{written}` of the parent.")],
            namespace.deprecated(),
        ),
        heading: format!("{name}CallbacksClient"),
        properties: namespace.methods.iter().map(|(it, name)| methods::called(context, it, name)).collect(),
    });
}

/// The descriptor of a namespace, and the codecs of named parameters.
pub(super) fn descriptors(
    context: &Context<'_>,
    codecs: &mut Codecs<'_, '_>,
    at: usize,
    bodies: &mut Vec<view::Codec>,
    out: &mut Vec<view::Descriptor>,
) {
    let Some(namespace) = opened(context, at) else { return };
    let name = &namespace.name;
    let owner = format!("{name}Callbacks");
    let mut methods = Vec::new();
    for (method, member) in &namespace.methods {
        let ways = [format!("$.Args<{owner}, \"{member}\">"), format!("$.Args<{owner}Client, \"{member}\">")];
        let request = services::payload(context, codecs, &method.parameters, &method.name, &owner, &ways, bodies);
        let fingerprint = context.fingerprint(Member::Callback, namespace.written, &method.wire);
        methods.push(services::method(context, codecs, method, member, &request, fingerprint));
    }
    let path: Vec<String> = namespace.path.iter().map(|part| literals::string(part)).collect();
    out.push(view::Descriptor::Callbacks {
        docs: docs::lines(
            &Docs::default(),
            &[&format!("The callbacks `{}`.", namespace.written)],
            namespace.deprecated(),
        ),
        constant: namespace.constant(),
        name: owner,
        path: path.join(", "),
        methods,
    });
}

/// Objects inside each other, by the path of each namespace.
#[derive(Default)]
pub(super) struct Tree {
    /// The type of what stands here itself, and whether it may be left out.
    own: Option<(String, bool)>,
    inner: BTreeMap<String, Tree>,
}

impl Tree {
    pub(super) fn add(&mut self, path: &[String], ty: String, is_optional: bool) {
        match path {
            // Namespaces of several packages may have one name.
            [] => {
                self.own = Some(match self.own.take() {
                    Some((other, was_optional)) => (format!("{other} & {ty}"), was_optional && is_optional),
                    None => (ty, is_optional),
                });
            }
            [first, rest @ ..] => self.inner.entry(first.clone()).or_default().add(rest, ty, is_optional),
        }
    }

    /// Whether nothing in here is needed.
    fn is_optional(&self) -> bool {
        self.own.as_ref().is_none_or(|(_, is_optional)| *is_optional) && self.inner.values().all(Self::is_optional)
    }

    /// The type; `indent` is that of the line where it begins.
    pub(super) fn text(&self, indent: usize) -> String {
        let property = |(name, tree): (&String, &Self)| {
            let (mark, undefined) = if tree.is_optional() { ("?", " | undefined") } else { ("", "") };
            format!("readonly {}{mark}: {}{undefined}", literals::property(name), tree.text(indent + 2))
        };
        let properties: Vec<String> = self.inner.iter().map(property).collect();
        let column = indent + "export type = ".len() + 40;
        let object = layout::group(&properties, &layout::PROPERTIES, indent, column, 20);
        match &self.own {
            Some((own, _)) if self.inner.is_empty() => own.clone(),
            Some((own, _)) => format!("({own} & {object})"),
            None => object,
        }
    }
}

/// What the types of the package's callbacks are called. No name of a schema has a `$`.
pub(super) const CALLS: &str = "Calls$";
pub(super) const HANDLERS: &str = "Handlers$";

/// The types of what calls the callbacks of the package, and of the handlers that a parent may give, each of which it
/// may leave out.
pub(super) fn types(context: &Context<'_>, items: &mut Vec<view::Item>) {
    let (mut calls, mut handlers) = (Tree::default(), Tree::default());
    for Namespace { path, name, .. } in context.namespaces {
        calls.add(path, format!("{name}CallbacksClient"), false);
        handlers.add(path, format!("$.Optional<{name}Callbacks>"), true);
    }
    for (name, tree) in [(CALLS, calls), (HANDLERS, handlers)] {
        items.push(view::Item::Local { name: name.to_owned(), target: tree.text(0) });
    }
}

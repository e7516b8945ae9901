//! Callbacks: what a parent answers for its worker, and how the worker calls it.

use std::collections::BTreeMap;

use procwire_templates::python as view;

use super::super::context::{CALLS, Context};
use super::super::docs;
use super::super::layout::Text;
use super::super::names::{self, Kind};
use super::super::namespaces::{self, Namespace};
use super::services::{Caller, Printer, signature};
use super::{Items, records, statement};
use crate::agreement::Kind as Member;

pub(super) fn push(context: &Context<'_>, file: &mut Items) {
    let classes: Vec<String> = context.namespaces.iter().map(|it| format!("{}Callbacks", it.stem)).collect();
    for (namespace, class) in context.namespaces.iter().zip(&classes) {
        let service = &namespace.service;
        let printer = Printer::new(context, service, class, &namespace.descriptor, Member::Callback, file);
        printer.push_parameters(file);
        printer.push_methods(file);
        file.push(statement(printer.descriptor("_p.Callbacks")));
        let mut text = service.docs.clone();
        if text.is_empty() {
            text = format!("Answers the callbacks of `{}`: derive from it, and write handlers.", service.name)
                .as_str()
                .into();
        }
        let docs = docs::docstring(&text, service.deprecated.as_deref());
        let fields = [Text::from(format!("_callbacks = {}", namespace.descriptor))];
        file.push(printer.handlers(class, "_p.CallbackHandlers".into(), docs, &fields));
        file.push(calls(namespace, &printer));
    }
    if context.has_calls() {
        push_root(context, file);
    }
}

/// What a worker calls of a namespace.
fn calls(namespace: &Namespace, printer: &Printer<'_>) -> view::Item {
    let methods = namespace.service.methods.iter().zip(&printer.methods);
    view::Item::Class {
        head: records::head(&format!("{}Calls", namespace.stem), "_p.Calls", Vec::<Text>::new()),
        docs: docs::text(&format!("Calls what the parent answers as `{}`.", namespace.service.name)),
        fields: Vec::new(),
        methods: methods.map(|(method, named)| printer.caller_method(method, named, Caller::Handler)).collect(),
    }
}

/// What leads to the namespaces, segment by segment.
#[derive(Default)]
struct Tree {
    /// The class of the namespace that ends here.
    class: Option<String>,
    inner: BTreeMap<String, Tree>,
}

impl Tree {
    fn insert(&mut self, path: &[String], class: String) {
        match path {
            [] => self.class = self.class.take().or(Some(class)),
            [first, rest @ ..] => self.inner.entry(first.clone()).or_default().insert(rest, class),
        }
    }
}

/// The classes on the way to the namespaces, and the one that has them all.
fn push_root(context: &Context<'_>, file: &mut Items) {
    let mut root = Tree::default();
    for namespace in &context.namespaces {
        root.insert(&namespace.path, format!("{}Calls", namespace.stem));
    }
    for id in namespaces::foreign(context.package, context.id) {
        for namespace in &context.of(id).namespaces {
            root.insert(&namespace.path, context.from(id, &format!("{}Calls", namespace.stem)));
        }
    }
    let methods = steps(&root, "", file);
    file.push(view::Item::Class {
        head: records::head(CALLS, "_p.Calls", Vec::<Text>::new()),
        docs: docs::text("What a worker can call at its parent."),
        fields: Vec::new(),
        methods,
    });
}

/// The properties of a class on the way, after the classes that they give.
fn steps(tree: &Tree, prefix: &str, file: &mut Items) -> Vec<view::Method> {
    let mut methods = Vec::new();
    for (segment, inner) in &tree.inner {
        let path = format!("{prefix}{segment}_");
        let below = steps(inner, &path, file);
        let class = match (&inner.class, below.is_empty()) {
            (Some(class), true) => class.clone(),
            (class, _) => {
                let name = file.private(format!("_{}Calls", names::single(path.as_str(), Kind::Suffix)));
                let base = class.as_deref().unwrap_or("_p.Calls");
                file.push(view::Item::Class {
                    head: records::head(&name, base, Vec::<Text>::new()),
                    docs: Vec::new(),
                    fields: Vec::new(),
                    methods: below,
                });
                name
            }
        };
        methods.push(view::Method {
            decorators: vec!["@property".to_owned()],
            head: signature(&names::single(segment.as_str(), Kind::Function), false, Vec::new(), &class),
            docs: Vec::new(),
            body: format!("return {class}(self._inner)"),
        });
    }
    methods
}

/// All callbacks of the package as those that a worker can do without, in an attribute of its class.
pub(super) fn all(context: &Context<'_>) -> Option<Text> {
    let lists: Vec<String> = context.namespaces.iter().map(|it| format!("{}.methods", it.descriptor)).collect();
    match &lists[..] {
        [] => None,
        [only] => Some(format!("_optional = {only}").into()),
        several => Some(Text::collection("_optional = (", several.iter().map(|list| format!("*{list}").into()))),
    }
}

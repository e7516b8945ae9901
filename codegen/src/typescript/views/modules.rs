//! Modules: one worker by what it offers and what it needs.

use std::collections::{BTreeSet, HashSet};

use procwire_idl::model::{CallbackId, Docs, Method, Module, PackageId};
use procwire_templates::typescript as view;

use super::super::context::Context;
use super::super::names::{self, Kind, Name};
use super::super::namespaces::Namespace;
use super::super::{docs, layout, literals};
use super::callbacks::Tree;

/// The services of a module: the member that stands for each, and its name.
fn services(context: &Context<'_>, module: &Module) -> Vec<(String, String)> {
    let declared = module.provides.iter().map(|id| context.service(*id));
    let members = names::scope(declared.map(|service| Name::new(&service.name, &service.extras)), Kind::Member);
    let names = module.provides.iter().map(|id| context.service_name(*id));
    members.into_iter().map(std::borrow::Cow::into_owned).zip(names).collect()
}

/// The interfaces of a module.
pub(super) fn items(context: &Context<'_>, at: usize, items: &mut Vec<view::Item>) {
    let module = &context.package.modules[at];
    let name = &context.modules[at];
    let declared = &module.name;
    let deprecated = module.deprecated.as_deref();
    let services = services(context, module);
    let properties = |suffix: &str| {
        let property = |(member, service): &(String, String)| view::Property {
            docs: Vec::new(),
            text: format!("readonly {}: {service}{suffix}", literals::property(member)),
        };
        services.iter().map(property).collect()
    };
    items.push(view::Item::Interface {
        docs: docs::lines(
            &module.docs,
            &[&format!("Calls a worker of the module `{declared}`: a client for each of its services.")],
            deprecated,
        ),
        heading: format!("{name}Client extends $.ModuleClient"),
        properties: properties("Client"),
    });
    let only = |sentence: String| docs::lines(&Docs::default(), &[&sentence], deprecated);
    items.push(view::Item::Interface {
        docs: only(format!("What serves the module `{declared}`: an object for each of its services.")),
        heading: format!("{name}Workers"),
        properties: properties("Worker"),
    });
    items.push(view::Item::Alias {
        docs: only(format!("What a parent answers to the callbacks of the module `{declared}`.")),
        name: format!("{name}Handlers"),
        target: handlers(context, module),
    });
    items.push(view::Item::Local { name: calls_name(name), target: calls(context, module) });
}

/// The name of the type of what calls the callbacks of a module.
fn calls_name(module: &str) -> String {
    format!("{module}Calls$")
}

/// A namespace of which a module names callbacks.
struct Used<'a> {
    namespace: &'a Namespace<'a>,
    /// What stands before its names: that of its package, where it is another one.
    prefix: String,
    required: Vec<String>,
    optional: Vec<String>,
}

/// The namespaces of which a module names callbacks, those of its own package first.
fn used<'a>(context: &Context<'a>, module: &Module) -> Vec<Used<'a>> {
    let named = || module.requires.iter().chain(&module.optional);
    let places = |ids: &[CallbackId]| -> HashSet<*const Method> {
        ids.iter().map(|id| std::ptr::from_ref(context.callback(*id))).collect()
    };
    let (required, optional) = (places(&module.requires), places(&module.optional));
    let own = context.id();
    let namespaces: BTreeSet<(bool, PackageId, usize)> =
        named().map(|id| (id.package != own, id.package, context.namespace_place(*id))).collect();
    let used = |(is_foreign, package, place)| {
        let namespace = context.namespace(package, place);
        let members = |places: &HashSet<*const Method>| -> Vec<String> {
            let named = namespace.methods.iter().filter(|(method, _)| places.contains(&std::ptr::from_ref(*method)));
            named.map(|(_, name)| name.clone()).collect()
        };
        let prefix = if is_foreign { format!("{}.", context.import_name(package)) } else { String::new() };
        Used { namespace, prefix, required: members(&required), optional: members(&optional) }
    };
    namespaces.into_iter().map(used).collect()
}

fn union(members: &[String]) -> String {
    match members {
        [] => "never".to_owned(),
        _ => members.iter().map(|member| literals::string(member)).collect::<Vec<_>>().join(" | "),
    }
}

/// The type of the handlers: those of required callbacks must be there.
fn handlers(context: &Context<'_>, module: &Module) -> String {
    let mut tree = Tree::default();
    for Used { namespace, prefix, required, optional } in used(context, module) {
        let name = &namespace.name;
        let ty = format!("$.Handlers<{prefix}{name}Callbacks, {}, {}>", union(&required), union(&optional));
        tree.add(&namespace.path, ty, required.is_empty());
    }
    tree.text(0)
}

/// The type of what calls the callbacks that the module names.
fn calls(context: &Context<'_>, module: &Module) -> String {
    let mut tree = Tree::default();
    for Used { namespace, prefix, required, optional } in used(context, module) {
        let client = format!("{prefix}{}CallbacksClient", namespace.name);
        let named = [required, optional].concat();
        let is_all = named.len() == namespace.methods.len();
        let ty = if is_all { client } else { format!("$.Only<{client}, {}>", union(&named)) };
        tree.add(&namespace.path, ty, false);
    }
    tree.text(0)
}

/// The descriptor of a module.
pub(super) fn descriptor(context: &Context<'_>, at: usize) -> view::Descriptor {
    let module = &context.package.modules[at];
    let services = services(context, module);
    let together = |suffix: &str| {
        let all: Vec<String> = services.iter().map(|(_, service)| format!("{service}{suffix}")).collect();
        if all.is_empty() { "unknown".to_owned() } else { all.join(" & ") }
    };
    let entry =
        |(member, service): &(String, String)| format!("{{ name: {}, service: {service} }}", literals::string(member));
    let named = |ids: &[CallbackId], head: usize| {
        let paths: Vec<String> = ids.iter().map(|id| literals::string(&context.callback(*id).wire)).collect();
        layout::group(&paths, &layout::LIST, 2, head, 1)
    };
    let used = used(context, module);
    let constants = used.iter().map(|used| used.prefix.clone() + &used.namespace.constant());
    let callbacks: Vec<String> = constants.collect();
    let list = |entries: &[String], head: usize| layout::group(entries, &layout::LIST, 2, head, 1);
    view::Descriptor::Module {
        docs: docs::lines(&Docs::default(), &[&format!("The module `{}`.", module.name)], module.deprecated.as_deref()),
        name: context.modules[at].to_string(),
        declared: literals::string(&module.name),
        event_types: together("Events"),
        emit: together("Emit"),
        calls: calls_name(&context.modules[at]),
        services: list(&services.iter().map(entry).collect::<Vec<_>>(), 12),
        callbacks: list(&callbacks, 13),
        requires: named(&module.requires, 12),
        optional: named(&module.optional, 12),
        schema: context.schema_name(),
    }
}

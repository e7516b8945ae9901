//! Modules: one child with all that it offers and needs, and the client of it.

use procwire_idl::model::{CallbackId, Module, ServiceId};
use procwire_templates::python as view;

use super::super::context::{CALLS, Context, SCHEMA};
use super::super::layout::Text;
use super::super::names::{self, Kind, Name};
use super::super::{docs, namespaces};
use super::services::{BODY, INDENT, signature};
use super::{Items, records};

pub(super) fn push(context: &Context<'_>, at: usize, file: &mut Items) {
    let (module, name) = (&context.package.modules[at], context.modules[at].as_ref());
    let provided = provided(context, module);
    file.push(child(context, module, name, &provided));
    let with_events: Vec<&Provided> = provided.iter().filter(|service| service.has_events).collect();
    if !with_events.is_empty() {
        file.push(on(module, name, &with_events));
    }
    for (suffix, is_sync) in [("SyncClient", true), ("Client", false)] {
        file.push(client(module, name, &provided, suffix, is_sync));
    }
}

/// A service that a module provides.
struct Provided {
    /// The name of the attribute.
    attribute: String,
    /// The service as a part of classes, behind the module's name where it is of another package.
    name: String,
    /// The constant that holds it.
    descriptor: String,
    has_events: bool,
}

fn provided(context: &Context<'_>, module: &Module) -> Vec<Provided> {
    let attributes = module.provides.iter().map(|id| {
        let service = &context.model.packages[id.package.0 as usize].services[id.service];
        Name::derived(&service.name, &service.extras)
    });
    let attributes = names::scope(attributes, Kind::Function);
    let provided = module.provides.iter().zip(attributes).map(|(id, attribute)| {
        let ServiceId { package, service } = *id;
        let has_events = !context.model.packages[package.0 as usize].services[service].events.is_empty();
        let attribute = attribute.into_owned();
        if package == context.id {
            let (name, descriptor) = (context.services[service].to_string(), context.descriptors[service].to_string());
            return Provided { attribute, name, descriptor, has_events };
        }
        let other = context.of(package);
        let name = context.from(package, &other.services[service]);
        Provided { attribute, name, descriptor: context.from(package, &other.descriptors[service]), has_events }
    });
    provided.collect()
}

/// The child: made of a worker for each of its services.
fn child(context: &Context<'_>, module: &Module, name: &str, provided: &[Provided]) -> view::Item {
    let mut text = module.docs.clone();
    if text.is_empty() {
        text = format!("A child that is `{}`: made of a worker for each of its services.", module.name).as_str().into();
    }
    let mut fields: Vec<Text> = Vec::new();
    let calls = if context.has_calls() { CALLS } else { "_p.Calls" };
    if context.has_calls() {
        fields.push(format!("_calls = {CALLS}").into());
    }
    fields.push(format!("_schema = {SCHEMA}").into());
    fields.push(callbacks(context, "_requires", &module.requires));
    fields.push(callbacks(context, "_optional", &module.optional));
    let parameters = provided.iter().map(|it| Text::from(format!("{}: {}Worker", it.attribute, it.name)));
    let parameters: Vec<Text> = (!provided.is_empty()).then(|| Text::from("*")).into_iter().chain(parameters).collect();
    let workers = provided.iter().map(|it| Text::from(it.attribute.as_str()));
    let methods = vec![view::Method {
        decorators: Vec::new(),
        head: signature("__init__", false, parameters, "None"),
        docs: Vec::new(),
        body: Text::call("super().__init__", workers).print(BODY),
    }];
    view::Item::Class {
        head: records::head(name, Text::subscript("_p.Module", [calls.into()]), Vec::<Text>::new()),
        docs: docs::docstring(&text, module.deprecated.as_deref()),
        fields: fields.iter().map(attribute).collect(),
        methods,
    }
}

/// A tuple of callbacks in an attribute.
fn callbacks(context: &Context<'_>, attribute: &str, ids: &[CallbackId]) -> Text {
    let items = ids.iter().filter_map(|id| {
        let text = if id.package == context.id {
            let (namespace, at) = namespaces::find(&context.namespaces, *id)?;
            format!("{}.methods[{at}]", namespace.descriptor)
        } else {
            let other = context.of(id.package);
            let (namespace, at) = namespaces::find(&other.namespaces, *id)?;
            format!("{}.methods[{at}]", context.from(id.package, &namespace.descriptor))
        };
        Some(Text::from(text))
    });
    Text::collection(&format!("{attribute} = ("), items)
}

/// The functions for the events of all services.
fn on(module: &Module, name: &str, provided: &[&Provided]) -> view::Item {
    let fields = provided.iter().map(|it| Text::from(format!("{}: {}On", it.attribute, it.name)));
    view::Item::Class {
        head: records::head(&format!("{name}On"), "_p.TypedDict", vec!["total=False"]),
        docs: docs::text(&format!("Functions for the events of the services of `{}`, by their names.", module.name)),
        fields: fields.map(|text| attribute(&text)).collect(),
        methods: Vec::new(),
    }
}

fn client(module: &Module, name: &str, provided: &[Provided], suffix: &str, is_sync: bool) -> view::Item {
    let has_events = provided.iter().any(|service| service.has_events);
    let on = if has_events { format!("{name}On") } else { "_p.NoOn".to_owned() };
    let base = if is_sync {
        Text::subscript("_p.ModuleSyncClient", [on.as_str().into()])
    } else {
        Text::subscript("_p.ModuleClient", [on.as_str().into(), format!("{name}SyncClient").into()])
    };
    let services = provided.iter().map(|it| Text::from(format!("(\"{}\", {})", it.attribute, it.descriptor)));
    let services = Text::collection("_services = (", services);
    let mut fields = vec![services, format!("_schema = {SCHEMA}").into()];
    if !is_sync {
        fields.push(format!("_sync = {name}SyncClient").into());
    }
    let methods = provided.iter().map(|it| {
        let class = format!("{}{suffix}", it.name);
        view::Method {
            decorators: vec!["@property".to_owned()],
            head: signature(&it.attribute, false, Vec::new(), &class),
            docs: Vec::new(),
            body: format!("return self._attached({class})"),
        }
    });
    let docs = format!("Calls a worker that is `{}`{}.", module.name, if is_sync { ", and waits for it" } else { "" });
    view::Item::Class {
        head: records::head(&format!("{name}{suffix}"), base, Vec::<Text>::new()),
        docs: docs::text(&docs),
        fields: fields.iter().map(attribute).collect(),
        methods: methods.collect(),
    }
}

fn attribute(text: &Text) -> view::Field {
    view::Field { text: text.print(INDENT), docs: Vec::new() }
}

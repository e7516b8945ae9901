//! Services: methods and events of a trait.

use std::collections::{BTreeSet, HashSet};

use heck::ToUpperCamelCase;
use procwire_idl::model::{
    Callbacks, Docs, Event, Extras, Field, Method, Parameters, Presence, Response, Service, Type, TypeKind,
};
use procwire_templates::rust as view;

use super::super::annotations;
use super::super::context::Context;
use super::super::names::{self, Kind, Name};
use super::super::types::{self, Place};
use super::super::{docs, layout, literals};
use super::{UNUSED, deprecated, lead, name_option, procwire, push_procwire, records, reserved_option};

const INDENT: usize = 4;
/// The indentation of an argument on a line of its own.
const ARGUMENT: usize = 8;

/// A trait of calls: a service, or a namespace of callbacks.
struct Trait<'a> {
    name: String,
    /// The lead without the attribute of the macro.
    lead: view::Lead,
    arguments: Vec<String>,
    methods: Vec<&'a Method>,
    events: &'a [Event],
    /// What the wire name of a method is that says nothing of it.
    usual: Box<dyn Fn(&str) -> String + 'a>,
    /// What of a wire name is written that is another.
    written: Box<dyn Fn(&str) -> String + 'a>,
}

/// The trait of a service, and the enums of what its methods fail with that throw several errors.
pub(super) fn views(context: &Context<'_>, at: usize) -> Vec<view::Item> {
    let service: &Service = &context.package.services[at];
    let name = context.services[at].to_string();
    let prefix = service.prefix.as_deref().unwrap_or_default();
    let mut arguments = name_option(&service.name, &name);
    arguments.extend(service.prefix.as_ref().map(|prefix| format!("prefix = {}", literals::string(prefix))));
    arguments.extend(reserved_option(&service.reserved, false));
    // Without a module, a worker may make all callbacks of the package.
    let calls: BTreeSet<&str> = context.package.callbacks.iter().map(|block| context.callbacks(&block.name)).collect();
    if !calls.is_empty() {
        arguments.push(format!("calls = [{}]", calls.into_iter().collect::<Vec<_>>().join(", ")));
    }
    arguments.extend(annotations::others(&service.extras));
    Trait {
        name,
        lead: lead(&service.docs, service.deprecated.as_deref(), 0),
        arguments,
        methods: service.methods.iter().collect(),
        events: &service.events,
        usual: Box::new(move |name| format!("{prefix}{name}")),
        written: Box::new(move |wire| wire.strip_prefix(prefix).unwrap_or(wire).to_owned()),
    }
    .views(context)
}

/// The trait of a namespace of callbacks, with what all of its blocks declare; nothing for the blocks after the first.
pub(super) fn callbacks(context: &Context<'_>, at: usize) -> Vec<view::Item> {
    let declared = &context.package.callbacks;
    let namespace = declared[at].name.as_str();
    let blocks: Vec<&Callbacks> = declared.iter().filter(|block| block.name == namespace).collect();
    if declared[..at].iter().any(|block| block.name == namespace) {
        return Vec::new();
    }
    let mut arguments = vec![format!("callbacks = {}", literals::string(namespace))];
    let reserved: Vec<String> = blocks.iter().flat_map(|block| block.reserved.iter().cloned()).collect();
    arguments.extend(reserved_option(&reserved, false));
    arguments.extend(blocks.iter().flat_map(|block| annotations::others(&block.extras)));
    let docs =
        blocks.iter().find(|block| !block.docs.is_empty()).map_or_else(Docs::default, |block| block.docs.clone());
    Trait {
        name: context.callbacks(namespace).to_owned(),
        lead: lead(&docs, blocks.iter().find_map(|block| block.deprecated.as_deref()), 0),
        arguments,
        methods: blocks.iter().flat_map(|block| &block.methods).collect(),
        events: &[],
        usual: Box::new(move |name| format!("{namespace}.{name}")),
        written: Box::new(str::to_owned),
    }
    .views(context)
}

impl Trait<'_> {
    fn views(mut self, context: &Context<'_>) -> Vec<view::Item> {
        self.lead.attributes.push(match self.arguments.as_slice() {
            [] => "#[::procwire::service]".to_owned(),
            _ => layout::attribute(format!("#[::procwire::service({})]", self.arguments.join(", ")), 0),
        });
        // Methods and events are functions of one trait.
        let methods = self.methods.iter().map(|method| Name::new(&method.name, &method.extras));
        let events = self.events.iter().map(|event| Name::new(&event.name, &event.extras));
        let names = names::scope(methods.chain(events), Kind::Function);
        let (methods, events) = names.split_at(self.methods.len());
        let mut functions: Vec<view::Function> =
            self.methods.iter().zip(methods).map(|(declared, name)| self.method(context, declared, name)).collect();
        functions.extend(self.events.iter().zip(events).map(|(declared, name)| self.event(context, declared, name)));
        let errors = self.methods.iter().filter(|method| method.throws.len() > 1);
        let errors: Vec<view::Item> = errors.map(|method| self.errors(context, method)).collect();
        let declared = view::Item::Service { lead: self.lead, functions, name: self.name };
        std::iter::once(declared).chain(errors).collect()
    }

    /// The option of a wire name that is not the usual one; `name` is the one in Rust.
    fn wire(&self, declared: &str, extras: &Extras, name: &str, wire: &str) -> Option<String> {
        let own = if extras.names.rust.is_some() { declared } else { name };
        (wire != (self.usual)(own)).then(|| format!("wire = {}", literals::string(&(self.written)(wire))))
    }

    fn method(&self, context: &Context<'_>, method: &Method, name: &str) -> view::Function {
        let mut lead = lead(&method.docs, method.deprecated.as_deref(), INDENT);
        let flags = [(method.response == Response::Ack, "ack"), (method.raw, "raw"), (method.idempotent, "idempotent")];
        let mut options: Vec<String> =
            flags.into_iter().filter(|(is_given, _)| *is_given).map(|(_, flag)| flag.to_owned()).collect();
        options.extend(self.wire(&method.name, &method.extras, name, &method.wire));
        options.extend(method.timeout.map(|micros| format!("timeout = \"{}\"", annotations::duration(micros))));
        options.extend(since(method.since.as_ref()));
        let answer = method.answer.as_ref().map(|ty| annotations::refinement(context, ty)).unwrap_or_default();
        if !answer.is_empty() {
            options.push(format!("answer({})", answer.join(", ")));
        }
        options.extend(reserved_option(&method.reserved, false));
        options.extend(annotations::extras(&method.name, &method.extras));
        push_procwire(&mut lead, options, INDENT);
        let asynchronous = if method.response == Response::Stream { "" } else { "async " };
        let head = format!("{asynchronous}fn {name}");
        let mut arguments = vec![Argument::receiver()];
        arguments.extend(parameters(context, &method.parameters));
        function(lead, head, arguments, self.output(context, method))
    }

    fn event(&self, context: &Context<'_>, event: &Event, name: &str) -> view::Function {
        let mut lead = lead(&event.docs, event.deprecated.as_deref(), INDENT);
        let mut options = vec!["event".to_owned()];
        options.extend(event.raw.then(|| "raw".to_owned()));
        options.extend(self.wire(&event.name, &event.extras, name, &event.wire));
        options.extend(since(event.since.as_ref()));
        options.extend(reserved_option(&event.reserved, false));
        options.extend(annotations::extras(&event.name, &event.extras));
        push_procwire(&mut lead, options, INDENT);
        function(lead, format!("fn {name}"), parameters(context, &event.parameters), String::new())
    }

    /// The arrow and what comes back, flat.
    fn output(&self, context: &Context<'_>, method: &Method) -> String {
        let answer = match &method.answer {
            Some(ty) => types::text(context, ty, Place::Plain),
            None => "()".to_owned(),
        };
        let error = match method.throws.as_slice() {
            [] => "::procwire::Error".to_owned(),
            [id] => format!("::procwire::Error<{}>", context.type_name(*id)),
            _ => format!("::procwire::Error<{}>", errors_name(&self.name, method)),
        };
        let result = format!("{}<{answer}, {error}>", context.std.result);
        match method.response {
            Response::Result | Response::Ack => format!(" -> {result}"),
            Response::Stream => format!(" -> impl ::procwire::Stream<Item = {result}>"),
            Response::None => String::new(),
        }
    }

    /// The enum of what a method fails with.
    fn errors(&self, context: &Context<'_>, method: &Method) -> view::Item {
        let equality = method.throws.iter().all(|id| context.derives(*id).equality);
        let equality = if equality { ", Eq, Hash" } else { "" };
        let derive = format!("#[derive(Clone, Debug, PartialEq{equality}, ::procwire::Message)]");
        let mut taken = HashSet::new();
        let variants = method.throws.iter().map(|id| {
            let path = context.type_name(*id);
            let mut name = path.rsplit("::").next().unwrap_or(path).to_owned();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            view::Variant { head: format!("{name}({path})"), ..view::Variant::default() }
        });
        view::Item::Enum {
            lead: view::Lead {
                docs: vec![literals::comment(&format!("What `{}.{}` fails with.", self.name, method.name))],
                attributes: vec![UNUSED.to_owned(), layout::attribute(derive, 0), "#[procwire(throws)]".to_owned()],
            },
            name: errors_name(&self.name, method),
            variants: variants.collect(),
        }
    }
}

/// The enum of what a method fails with that throws several errors: `TradingPlaceError`.
pub(in crate::rust) fn errors_name(service: &str, method: &Method) -> String {
    format!("{service}{}Error", method.name.to_upper_camel_case())
}

fn since(version: Option<&String>) -> Option<String> {
    version.map(|version| format!("since = {}", literals::string(version)))
}

/// Puts the arguments on one line or on one line each, and breaks a return type that is still too long.
fn function(lead: view::Lead, head: String, arguments: Vec<Argument>, output: String) -> view::Function {
    let inline: Vec<String> = arguments.iter().map(Argument::inline).collect();
    let inline = inline.join(", ");
    let has_docs = arguments.iter().any(|argument| !argument.docs.is_empty());
    let length = INDENT + head.len() + "();".len() + inline.len() + layout::blanks(&inline) + output.len();
    if arguments.is_empty() || length <= layout::limit(INDENT) && !has_docs {
        let column = length - output.len() - 1;
        return view::Function {
            lead,
            head,
            inline,
            arguments: Vec::new(),
            output: layout::ty(output, INDENT, column, 1),
        };
    }
    let last = arguments.len() - 1;
    let arguments = arguments.into_iter().enumerate().map(|(at, argument)| argument.view(at == last)).collect();
    let output = layout::ty(output, INDENT, INDENT + 1, 1);
    view::Function { lead, head, inline: String::new(), arguments, output }
}

fn parameters(context: &Context<'_>, parameters: &Parameters) -> Vec<Argument> {
    match parameters {
        Parameters::None => Vec::new(),
        Parameters::Bare(ty) => vec![bare(context, ty)],
        Parameters::Named(fields) => named(context, fields),
    }
}

/// The argument that is the whole payload, named after its type.
fn bare(context: &Context<'_>, ty: &Type) -> Argument {
    let name = match ty.kind {
        TypeKind::Named(id) => names::single(&context.model.declaration(id).name, Kind::Parameter),
        _ => "payload".to_owned(),
    };
    Argument {
        docs: Vec::new(),
        deprecated: None,
        options: std::iter::once("bare".to_owned()).chain(annotations::refinement(context, ty)).collect(),
        ty: types::text(context, ty, Place::Plain),
        name,
    }
}

/// One argument a parameter: those that must be there, and then the others.
fn named(context: &Context<'_>, fields: &[Field]) -> Vec<Argument> {
    let names = names::scope(fields.iter().map(|field| Name::new(&field.name, &field.extras)), Kind::Parameter);
    let mut arguments: Vec<(bool, Argument)> = fields
        .iter()
        .zip(names)
        .map(|(field, name)| {
            let argument = Argument {
                docs: docs::lines(&field.docs),
                deprecated: field.deprecated.clone(),
                options: records::options(context, field, &name),
                ty: types::of_field(context, &field.ty, &field.presence, Place::Plain),
                name: name.into_owned(),
            };
            (field.presence != Presence::Required, argument)
        })
        .collect();
    arguments.sort_by_key(|(may_be_absent, _)| *may_be_absent);
    arguments.into_iter().map(|(_, argument)| argument).collect()
}

/// An argument before it is laid out.
struct Argument {
    docs: Vec<String>,
    deprecated: Option<String>,
    options: Vec<String>,
    name: String,
    /// Empty for the receiver.
    ty: String,
}

impl Argument {
    fn receiver() -> Self {
        Self { docs: Vec::new(), deprecated: None, options: Vec::new(), name: "&self".to_owned(), ty: String::new() }
    }

    fn inline(&self) -> String {
        let mut text = String::new();
        if let Some(reason) = &self.deprecated {
            text.push_str(&deprecated(reason));
            text.push(' ');
        }
        if let Some(attribute) = procwire(self.options.iter().cloned()) {
            text.push_str(&attribute);
            text.push(' ');
        }
        text.push_str(&self.name);
        if !self.ty.is_empty() {
            text.push_str(": ");
            text.push_str(&self.ty);
        }
        text
    }

    fn view(self, is_last: bool) -> view::Argument {
        let mut attributes: Vec<String> =
            self.deprecated.iter().map(|reason| layout::attribute(deprecated(reason), ARGUMENT)).collect();
        attributes.extend(procwire(self.options).map(|text| layout::attribute(text, ARGUMENT)));
        let lead = view::Lead { docs: self.docs, attributes };
        if self.ty.is_empty() {
            return view::Argument { lead, text: self.name };
        }
        let column = ARGUMENT + self.name.len() + 2;
        let ty = layout::ty(self.ty, ARGUMENT, column, usize::from(!is_last));
        view::Argument { lead, text: format!("{}: {ty}", self.name) }
    }
}

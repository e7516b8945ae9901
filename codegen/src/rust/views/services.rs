//! Services: methods and events of a trait.

use procwire_idl::model::{Event, Field, Method, Parameters, Presence, Response, Service, Type, TypeKind};
use procwire_templates::rust as view;

use super::super::context::Context;
use super::super::names::{self, Kind};
use super::super::types::{self, Place};
use super::super::{docs, layout};
use super::{deprecated, lead, name_option, procwire, push_procwire, records, reserved_option, wire_option};

const INDENT: usize = 4;
/// The indentation of an argument on a line of its own.
const ARGUMENT: usize = 8;

pub(super) fn view(context: &Context<'_>, at: usize) -> view::Item {
    let service: &Service = &context.package.services[at];
    let name = context.services[at].to_string();
    let mut lead = lead(&service.docs, service.deprecated.as_deref(), 0);
    let mut arguments = name_option(&service.name, &name);
    arguments.extend(reserved_option(&service.reserved, false));
    lead.attributes.push(match arguments.as_slice() {
        [] => "#[::procwire::service]".to_owned(),
        _ => layout::attribute(format!("#[::procwire::service({})]", arguments.join(", ")), 0),
    });
    // Methods and events are functions of one trait.
    let declared = service.methods.iter().map(|method| method.name.as_str());
    let names = names::scope(declared.chain(service.events.iter().map(|event| event.name.as_str())), Kind::Function);
    let (methods, events) = names.split_at(service.methods.len());
    let methods = service.methods.iter().zip(methods).map(|(declared, name)| method(context, declared, name));
    let events = service.events.iter().zip(events).map(|(declared, name)| event(context, declared, name));
    view::Item::Service { lead, functions: methods.chain(events).collect(), name }
}

fn method(context: &Context<'_>, method: &Method, name: &str) -> view::Function {
    let mut lead = lead(&method.docs, method.deprecated.as_deref(), INDENT);
    let kind = (method.response == Response::Ack).then(|| "ack".to_owned());
    let raw = method.raw.then(|| "raw".to_owned());
    let options = kind.into_iter().chain(raw).chain(wire_option(&method.wire, name));
    push_procwire(&mut lead, options.chain(reserved_option(&method.reserved, false)), INDENT);
    let asynchronous = if method.response == Response::Stream { "" } else { "async " };
    let head = format!("{asynchronous}fn {name}");
    let mut arguments = vec![Argument::receiver()];
    arguments.extend(parameters(context, &method.parameters));
    function(lead, head, arguments, output(context, method))
}

fn event(context: &Context<'_>, event: &Event, name: &str) -> view::Function {
    let mut lead = lead(&event.docs, event.deprecated.as_deref(), INDENT);
    let raw = event.raw.then(|| "raw".to_owned());
    let options = std::iter::once("event".to_owned()).chain(raw).chain(wire_option(&event.wire, name));
    push_procwire(&mut lead, options.chain(reserved_option(&event.reserved, false)), INDENT);
    function(lead, format!("fn {name}"), parameters(context, &event.parameters), String::new())
}

/// The arrow and what comes back, flat.
fn output(context: &Context<'_>, method: &Method) -> String {
    let answer = match &method.answer {
        Some(ty) => types::text(context, ty, Place::Plain),
        None => "()".to_owned(),
    };
    let error = match method.throws.first().copied() {
        Some(id) => format!("::procwire::Error<{}>", context.type_name(id)),
        None => "::procwire::Error".to_owned(),
    };
    let result = format!("{}<{answer}, {error}>", context.std.result);
    match method.response {
        Response::Result | Response::Ack => format!(" -> {result}"),
        Response::Stream => format!(" -> impl ::procwire::Stream<Item = {result}>"),
        Response::None => String::new(),
    }
}

/// Puts the arguments on one line or on one line each, and breaks a return type that is still too long.
fn function(lead: view::Lead, head: String, arguments: Vec<Argument>, output: String) -> view::Function {
    let inline: Vec<String> = arguments.iter().map(Argument::inline).collect();
    let inline = inline.join(", ");
    let has_docs = arguments.iter().any(|argument| !argument.docs.is_empty());
    let length = INDENT + head.len() + "();".len() + inline.len() + output.len();
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
        options: vec!["bare".to_owned()],
        ty: types::text(context, ty, Place::Plain),
        name,
    }
}

/// One argument a parameter: those that must be there, and then the others.
fn named(context: &Context<'_>, fields: &[Field]) -> Vec<Argument> {
    let names = names::scope(fields.iter().map(|field| field.name.as_str()), Kind::Parameter);
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

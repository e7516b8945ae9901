//! Methods and events as members of interfaces.

use procwire_idl::model::{
    DeclarationKind, Event, Field, Method, Parameters, Presence, Response, Type, TypeId, TypeKind,
};
use procwire_templates::typescript as view;

use super::super::context::Context;
use super::super::names::{self, Kind};
use super::super::types::{self, Way};
use super::super::{docs, layout, literals};
use super::bodies;

const INDENT: usize = 2;

/// Whether a method may be called without arguments though it has parameters.
pub(super) fn may_be_left_out(parameters: &Parameters) -> bool {
    matches!(parameters, Parameters::Named(fields) if fields.iter().all(|field| field.presence != Presence::Required))
}

/// A method as a parent calls it.
pub(super) fn called(context: &Context<'_>, method: &Method, name: &str) -> view::Property {
    let mut arguments: Vec<Argument> = argument(context, &method.parameters, Way::In).into_iter().collect();
    let options = if may_be_retried(context, method) { "$.RetryOptions" } else { "$.CallOptions" };
    arguments.push(Argument::plain("options?", options));
    let answer = answer(context, method, Way::Out);
    let output = match method.response {
        Response::Stream => format!("$.Stream<{answer}>"),
        Response::None => "globalThis.Promise<void>".to_owned(),
        Response::Result | Response::Ack => format!("globalThis.Promise<{answer}>"),
    };
    let mut added: Vec<String> =
        method.throws.iter().map(|id| format!("@throws {{@link {}}}", context.name(*id))).collect();
    added.extend(method.since.as_deref().map(since));
    let added: Vec<&str> = added.iter().map(String::as_str).collect();
    function(docs::lines(&method.docs, &added, method.deprecated.as_deref()), name, &arguments, &output)
}

/// Whether a caller may ask for a method to be called again: it is answered once, it does no harm, and some failure is
/// worth it.
fn may_be_retried(context: &Context<'_>, method: &Method) -> bool {
    let is_worth_it = |id: &TypeId| match &context.model.declaration(*id).kind {
        DeclarationKind::Error(body) => body.variants.iter().any(|variant| variant.retry.is_some()),
        _ => false,
    };
    let is_answered_once = matches!(method.response, Response::Result | Response::Ack);
    is_answered_once && method.idempotent && method.throws.iter().any(is_worth_it)
}

/// The sentence about what older workers lack.
fn since(version: &str) -> String {
    format!("Since {}: an older worker lacks it.", literals::doc(version))
}

/// A method as a worker serves it, or a callback as a parent does; `cx` is the type of its context.
pub(super) fn served(context: &Context<'_>, method: &Method, name: &str, cx: &str) -> view::Property {
    let mut arguments: Vec<Argument> = argument(context, &method.parameters, Way::Out)
        .into_iter()
        .map(|argument| Argument { name: argument.name.trim_end_matches('?').to_owned(), ..argument })
        .collect();
    arguments.push(Argument::plain("cx", cx));
    let answer = answer(context, method, Way::In);
    let output = match method.response {
        Response::Stream => format!("globalThis.AsyncIterable<{answer}> | globalThis.Iterable<{answer}>"),
        _ => format!("{answer} | globalThis.PromiseLike<{answer}>"),
    };
    function(docs::lines(&method.docs, &[], method.deprecated.as_deref()), name, &arguments, &output)
}

/// An event as a parent receives it: a property with its payload.
pub(super) fn received(context: &Context<'_>, event: &Event, name: &str) -> view::Property {
    let ty = match &event.parameters {
        Parameters::None => "undefined".to_owned(),
        Parameters::Bare(ty) => types::text(context, ty, Way::Out),
        Parameters::Named(fields) => properties(context, fields, Way::Out, INDENT, INDENT + 9 + name.len() + 2, 1),
    };
    let since = event.since.as_deref().map(since);
    view::Property {
        docs: docs::lines(&event.docs, since.as_deref().as_slice(), event.deprecated.as_deref()),
        text: format!("readonly {}: {ty}", literals::property(name)),
    }
}

/// An event as a worker sends it.
pub(super) fn emitted(context: &Context<'_>, event: &Event, name: &str) -> view::Property {
    let mut arguments: Vec<Argument> = argument(context, &event.parameters, Way::In).into_iter().collect();
    arguments.push(Argument::plain("options?", "$.EmitOptions"));
    let docs = docs::lines(&event.docs, &[], event.deprecated.as_deref());
    function(docs, name, &arguments, "globalThis.Promise<void>")
}

fn answer(context: &Context<'_>, method: &Method, way: Way) -> String {
    method.answer.as_ref().map_or("void".to_owned(), |ty| types::text(context, ty, way))
}

/// One argument of a function.
struct Argument {
    /// With `?` where it may be left out.
    name: String,
    /// The type, where it is no map of parameters.
    ty: String,
    /// The parameters, and whether they must stand on a line each.
    properties: Option<(Vec<String>, bool)>,
}

impl Argument {
    fn plain(name: &str, ty: &str) -> Self {
        Self { name: name.to_owned(), ty: ty.to_owned(), properties: None }
    }

    fn flat(&self) -> String {
        match &self.properties {
            None => format!("{}: {}", self.name, self.ty),
            Some((properties, _)) => format!("{}: {{ {} }}", self.name, properties.join("; ")),
        }
    }

    fn broken(&self, indent: usize) -> String {
        match &self.properties {
            None => self.flat(),
            Some((properties, is_broken)) => {
                let column = if *is_broken { layout::WIDTH } else { indent + self.name.len() + 2 };
                format!("{}: {}", self.name, layout::group(properties, &layout::PROPERTIES, indent, column, 1))
            }
        }
    }

    fn must_break(&self) -> bool {
        self.properties.as_ref().is_some_and(|(_, must)| *must)
    }
}

fn argument(context: &Context<'_>, parameters: &Parameters, way: Way) -> Option<Argument> {
    match parameters {
        Parameters::None => None,
        Parameters::Bare(ty) => Some(Argument::plain(&bare_name(context, ty), &types::text(context, ty, way))),
        Parameters::Named(fields) => {
            let optional = if may_be_left_out(parameters) { "?" } else { "" };
            Some(Argument {
                name: format!("args{optional}"),
                ty: String::new(),
                properties: Some((members(context, fields, way, INDENT + 4), have_docs(context, fields))),
            })
        }
    }
}

/// The parameters as properties, required ones first. They are plain where they are arguments, which nobody keeps.
fn members(context: &Context<'_>, fields: &[Field], way: Way, indent: usize) -> Vec<String> {
    let mut sorted: Vec<&Field> = fields.iter().collect();
    sorted.sort_by_key(|field| field.presence != Presence::Required);
    let member = |field: &&Field| {
        let property = bodies::property(context, field, way);
        let text = property.text.strip_prefix("readonly ").unwrap_or(&property.text);
        format!("{}{text}", view::comment(&property.docs, indent))
    };
    sorted.iter().map(member).collect()
}

/// The payload of an event.
fn properties(
    context: &Context<'_>,
    fields: &[Field],
    way: Way,
    indent: usize,
    column: usize,
    trailing: usize,
) -> String {
    let member = |field: &Field| {
        let property = bodies::property(context, field, way);
        format!("{}{}", view::comment(&property.docs, indent + 2), property.text)
    };
    let members: Vec<String> = fields.iter().map(member).collect();
    layout::group(&members, &layout::PROPERTIES, indent, column, trailing)
}

fn have_docs(context: &Context<'_>, fields: &[Field]) -> bool {
    fields.iter().any(|field| !bodies::documentation(context, field).is_empty())
}

/// The name of the argument that is the whole payload: it is named after its type.
fn bare_name(context: &Context<'_>, ty: &Type) -> String {
    match ty.kind {
        TypeKind::Named(id) => names::single(&context.model.declaration(id).name, Kind::Parameter),
        TypeKind::Bytes => "bytes".to_owned(),
        _ => "value".to_owned(),
    }
}

/// A function with its arguments on one line, or on a line each.
fn function(docs: Vec<String>, name: &str, arguments: &[Argument], output: &str) -> view::Property {
    let head = literals::property(name);
    let flat: Vec<String> = arguments.iter().map(Argument::flat).collect();
    let flat = format!("{head}({}): {output}", flat.join(", "));
    if layout::fits(&flat, INDENT, 1) && !arguments.iter().any(Argument::must_break) {
        return view::Property { docs, text: flat };
    }
    let broken: Vec<String> = arguments.iter().map(|argument| argument.broken(INDENT + 2)).collect();
    let list = layout::group(&broken, &layout::ARGUMENTS, INDENT, layout::WIDTH, 0);
    view::Property { docs, text: format!("{head}{list}: {output}") }
}

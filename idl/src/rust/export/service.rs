//! Services.

use syn::Type;

use super::declaration::{field, reserved_names, type_text};
use super::extras;
use super::names::Names;
use super::notes::{lead, put, string};
use crate::model::Value;
use crate::rust::message::Reserved;
use crate::rust::mistakes::Mistakes;
use crate::rust::refinement::Refinement;
use crate::rust::service::{Event, Method, Parameters, Response, Service, plain};

const INDENT: &str = "  ";

pub(super) fn print(service: &Service, names: &Names, mistakes: &mut Mistakes) -> String {
    let Some(namespace) = &service.callbacks else {
        let mut annotations = extras::names(&service.name, &service.ident, &service.extras, mistakes);
        annotations.extend(service.prefix.as_ref().map(|prefix| format!("@prefix({})", string(prefix))));
        let mut text = lead(&service.notes, &annotations, "");
        put(&mut text, format_args!("service {} {{\n", service.name));
        let prefix = service.prefix.as_deref().unwrap_or_default();
        for method in &service.methods {
            let wire = method.wire.strip_prefix(prefix).unwrap_or(&method.wire);
            let head = extras::member(&method.ident, wire, &method.extras, mistakes);
            text.push_str(&self::method(method, head, names, mistakes));
        }
        for event in &service.events {
            let wire = event.wire.strip_prefix(prefix).unwrap_or(&event.wire);
            let head = extras::member(&event.ident, wire, &event.extras, mistakes);
            text.push_str(&self::event(event, head, names, mistakes));
        }
        end(&mut text, service);
        return text;
    };
    let mut text = lead(&service.notes, &[], "");
    put(&mut text, format_args!("callbacks {namespace} {{\n"));
    for method in &service.methods {
        let head = callback(namespace, method, mistakes);
        text.push_str(&self::method(method, head, names, mistakes));
    }
    end(&mut text, service);
    text
}

/// The name of a callback, and the annotations about its names.
pub(super) fn callback(namespace: &str, method: &Method, mistakes: &mut Mistakes) -> (String, Vec<String>) {
    // What is not named after the namespace has a name of its own, and `@wire` says the whole of it.
    let own = method.wire.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('.'));
    let (mut name, mut annotations) =
        extras::member(&method.ident, own.unwrap_or(&method.wire), &method.extras, mistakes);
    if own.is_none_or(|own| own != name) {
        annotations.retain(|annotation| !annotation.starts_with("@wire("));
        if own.is_none() && method.extras.name.is_none() {
            name = plain(&method.ident);
        }
        annotations.insert(0, format!("@wire({})", string(&method.wire)));
    }
    (name, annotations)
}

fn end(text: &mut String, service: &Service) {
    if let Some(names) = reserved_names(&service.reserved) {
        put(text, format_args!("{INDENT}reserved {names};\n"));
    }
    text.push_str("}\n");
}

fn method(
    method: &Method,
    (name, mut annotations): (String, Vec<String>),
    names: &Names,
    mistakes: &mut Mistakes,
) -> String {
    annotations.extend(method.timeout.map(|timeout| format!("@timeout({})", Value::Duration(timeout))));
    annotations.extend(method.idempotent.then(|| "@idempotent".to_owned()));
    annotations.extend(since(method.since.as_deref()));
    annotations.extend(raw(method.raw));
    let mut text = lead(&method.notes, &annotations, INDENT);
    let parameters = parameters(&method.parameters, &method.reserved, names, mistakes);
    let outcome = &method.outcome;
    let answer =
        if outcome.is_unit() { None } else { Some(type_text(&outcome.answer, &method.refinement, names, mistakes)) };
    let response = match (method.response, answer) {
        (Response::Result, None) => String::new(),
        (Response::Result, Some(answer)) => format!(" -> {answer}"),
        (Response::Stream, answer) => {
            format!(" -> stream {}", answer.unwrap_or_else(|| "()".to_owned()))
        }
        (Response::Ack, None) => " -> ack".to_owned(),
        (Response::Ack, Some(answer)) => format!(" -> ack {answer}"),
        (Response::None, _) => " -> none".to_owned(),
    };
    let throws = match &outcome.throws {
        Some(error) if !is_no_error(error) => format!(" throws {}", throws(error, names, mistakes)),
        _ => String::new(),
    };
    put(&mut text, format_args!("{INDENT}{name}{parameters}{response}{throws};\n"));
    text
}

/// The error that is thrown, or each of several.
fn throws(error: &Type, names: &Names, mistakes: &mut Mistakes) -> String {
    let of_several = match error {
        Type::Path(path) => path.path.segments.last().and_then(|last| names.thrown(&last.ident)),
        _ => None,
    };
    let errors = of_several.unwrap_or(std::slice::from_ref(error)).iter();
    let errors: Vec<String> = errors.map(|error| type_text(error, &Refinement::default(), names, mistakes)).collect();
    errors.join(" | ")
}

fn event(
    event: &Event,
    (name, mut annotations): (String, Vec<String>),
    names: &Names,
    mistakes: &mut Mistakes,
) -> String {
    annotations.extend(since(event.since.as_deref()));
    annotations.extend(raw(event.raw));
    let mut text = lead(&event.notes, &annotations, INDENT);
    let parameters = parameters(&event.parameters, &event.reserved, names, mistakes);
    put(&mut text, format_args!("{INDENT}event {name}{parameters};\n"));
    text
}

fn since(since: Option<&str>) -> Option<String> {
    since.map(|since| format!("@since({})", string(since)))
}

fn raw(raw: bool) -> Option<String> {
    raw.then(|| "@codec(raw)".to_owned())
}

fn parameters(parameters: &Parameters, reserved: &[Reserved], names: &Names, mistakes: &mut Mistakes) -> String {
    match parameters {
        Parameters::Bare(parameter) => {
            format!("({})", type_text(&parameter.ty, &parameter.refinement, names, mistakes))
        }
        Parameters::None | Parameters::Named(_) => {
            let parameters = parameters.all().iter().map(|parameter| field(parameter, "    ", names, mistakes));
            let mut lines: Vec<String> = parameters.collect();
            lines.extend(reserved_names(reserved).map(|names| format!("    reserved {names}")));
            let plain = lines.iter().all(|line| !line.contains('\n'));
            let line: Vec<&str> = lines.iter().map(|line| line.trim_start()).collect();
            let line = line.join(", ");
            if plain && line.len() <= 80 {
                format!("({line})")
            } else {
                format!("(\n{},\n{INDENT})", lines.join(",\n"))
            }
        }
    }
}

fn is_no_error(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "NoError"))
}

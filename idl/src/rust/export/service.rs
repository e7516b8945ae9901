//! Services.

use syn::Type;

use super::declaration::{annotation, field, reserved_names, type_text};
use super::names::{Names, name};
use super::notes::{lead, put};
use crate::rust::message::Reserved;
use crate::rust::mistakes::Mistakes;
use crate::rust::service::{Event, Method, Parameters, Response, Service};

const INDENT: &str = "  ";

pub(super) fn print(service: &Service, names: &Names, mistakes: &mut Mistakes) -> String {
    let mut text = lead(&service.notes, &[], "");
    put(&mut text, format_args!("service {} {{\n", service.name));
    for method in &service.methods {
        text.push_str(&self::method(method, names, mistakes));
    }
    for event in &service.events {
        text.push_str(&self::event(event, names, mistakes));
    }
    if let Some(names) = reserved_names(&service.reserved) {
        put(&mut text, format_args!("{INDENT}reserved {names};\n"));
    }
    text.push_str("}\n");
    text
}

fn method(method: &Method, names: &Names, mistakes: &mut Mistakes) -> String {
    let (name, wire) = name(&method.ident, &method.wire);
    let mut text = lead(&method.notes, &annotations(wire, method.raw), INDENT);
    let parameters = parameters(&method.parameters, &method.reserved, names, mistakes);
    let answer = if method.outcome.is_unit() { None } else { Some(type_text(&method.outcome.answer, names, mistakes)) };
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
    let throws = match &method.outcome.throws {
        Some(error) if !is_no_error(error) => {
            format!(" throws {}", type_text(error, names, mistakes))
        }
        _ => String::new(),
    };
    put(&mut text, format_args!("{INDENT}{name}{parameters}{response}{throws};\n"));
    text
}

fn event(event: &Event, names: &Names, mistakes: &mut Mistakes) -> String {
    let (name, wire) = name(&event.ident, &event.wire);
    let mut text = lead(&event.notes, &annotations(wire, event.raw), INDENT);
    let parameters = parameters(&event.parameters, &event.reserved, names, mistakes);
    put(&mut text, format_args!("{INDENT}event {name}{parameters};\n"));
    text
}

fn annotations(wire: Option<String>, raw: bool) -> Vec<String> {
    let mut annotations = annotation(wire);
    if raw {
        annotations.push("@codec(raw)".to_owned());
    }
    annotations
}

fn parameters(parameters: &Parameters, reserved: &[Reserved], names: &Names, mistakes: &mut Mistakes) -> String {
    match parameters {
        Parameters::Bare(parameter) => format!("({})", type_text(&parameter.ty, names, mistakes)),
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

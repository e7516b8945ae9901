//! Services: what a parent calls, what a worker serves, and the descriptor that both are made of.

use procwire_idl::model::{Docs, Event, Method, Parameters, Response, Service};
use procwire_templates::typescript as view;

use super::super::codecs::Codecs;
use super::super::context::Context;
use super::super::names::{self, Kind, Name};
use super::super::namespaces::Namespace;
use super::super::{docs, layout, literals, values};
use super::bodies::{self, Body};
use super::{callbacks, methods};
use crate::agreement::Kind as Member;

/// The names of a service's methods and events.
struct Names {
    methods: Vec<String>,
    events: Vec<String>,
}

fn names(service: &Service) -> Names {
    let declared = service.methods.iter().map(|method| Name::new(&method.name, &method.extras));
    let declared = declared.chain(service.events.iter().map(|event| Name::new(&event.name, &event.extras)));
    let mut methods: Vec<String> =
        names::scope(declared, Kind::Member).into_iter().map(std::borrow::Cow::into_owned).collect();
    let events = methods.split_off(service.methods.len());
    Names { methods, events }
}

/// The interfaces of a service.
pub(super) fn items(context: &Context<'_>, at: usize, items: &mut Vec<view::Item>) {
    let service = &context.package.services[at];
    let name = &context.services[at];
    let names = names(service);
    let deprecated = service.deprecated.as_deref();
    let lead = |sentence: &str| docs::lines(&service.docs, &[sentence], deprecated);
    let only = |sentence: String| docs::lines(&Docs::default(), &[&sentence], deprecated);
    let declared = &service.name;
    items.push(view::Item::Interface {
        docs: lead(&format!("Calls a worker that serves `{declared}`.")),
        heading: format!("{name}Client extends $.Client<{name}Events>"),
        properties: service
            .methods
            .iter()
            .zip(&names.methods)
            .map(|(it, name)| methods::called(context, it, name))
            .collect(),
    });
    let cx = if context.namespaces.is_empty() { format!("$.Context<{name}Emit>") } else { format!("{name}Context") };
    let handler = |(it, method): (&Method, &String)| methods::served(context, it, method, &cx);
    items.push(view::Item::Interface {
        docs: lead(&format!(
            "What serves `{declared}`: an object or an instance of a class. A handler may be asynchronous or not."
        )),
        heading: format!("{name}Worker"),
        properties: service.methods.iter().zip(&names.methods).map(handler).collect(),
    });
    if !context.namespaces.is_empty() {
        items.push(view::Item::Alias {
            docs: only(format!("What a handler of `{declared}` can know and do besides its arguments.")),
            name: cx,
            target: format!("$.Context<{name}Emit, {}>", callbacks::CALLS),
        });
    }
    items.push(view::Item::Interface {
        docs: only(format!("The events of `{declared}`, as a parent receives them.")),
        heading: format!("{name}Events"),
        properties: service
            .events
            .iter()
            .zip(&names.events)
            .map(|(it, name)| methods::received(context, it, name))
            .collect(),
    });
    items.push(view::Item::Interface {
        docs: only(format!("Sends the events of `{declared}`. A promise resolves once the event is on its way.")),
        heading: format!("{name}Emit"),
        properties: service
            .events
            .iter()
            .zip(&names.events)
            .map(|(it, name)| methods::emitted(context, it, name))
            .collect(),
    });
}

/// The descriptor of a service, and the codecs of named parameters.
pub(super) fn descriptors(
    context: &Context<'_>,
    codecs: &mut Codecs<'_, '_>,
    at: usize,
    bodies: &mut Vec<view::Codec>,
    out: &mut Vec<view::Descriptor>,
) {
    let service = &context.package.services[at];
    let name = &context.services[at];
    let names = names(service);
    let mut methods = Vec::new();
    for (method, member) in service.methods.iter().zip(&names.methods) {
        let ways = [format!("$.Args<{name}Worker, \"{member}\">"), format!("$.Args<{name}Client, \"{member}\">")];
        let request = payload(context, codecs, &method.parameters, &method.name, name, &ways, bodies);
        let fingerprint = context.fingerprint(Member::Method, &service.name, &method.wire);
        methods.push(self::method(context, codecs, method, member, &request, fingerprint));
    }
    let callbacks: Vec<String> = context.namespaces.iter().map(Namespace::constant).collect();
    let mut events = Vec::new();
    for (event, member) in service.events.iter().zip(&names.events) {
        let ways = [format!("{name}Events[\"{member}\"]"), format!("$.Args<{name}Emit, \"{member}\">")];
        let payload = payload(context, codecs, &event.parameters, &event.name, name, &ways, bodies);
        let fingerprint = context.fingerprint(Member::Event, &service.name, &event.wire);
        events.push(self::event(event, member, &payload, fingerprint));
    }
    out.push(view::Descriptor::Service {
        docs: docs::lines(
            &Docs::default(),
            &[&format!("The service `{}`.", service.name)],
            service.deprecated.as_deref(),
        ),
        name: name.to_string(),
        declared: literals::string(&service.name),
        methods,
        events,
        handlers: if callbacks.is_empty() { String::new() } else { format!(", {}", callbacks::HANDLERS) },
        calls: if callbacks.is_empty() { String::new() } else { format!(", {}", callbacks::CALLS) },
        callbacks: if callbacks.is_empty() {
            String::new()
        } else {
            layout::group(&callbacks, &layout::LIST, 2, 13, 1)
        },
        schema: context.schema_name(),
    });
}

/// The codec of what a method takes or an event carries.
pub(super) fn payload(
    context: &Context<'_>,
    codecs: &mut Codecs<'_, '_>,
    parameters: &Parameters,
    member: &str,
    service: &str,
    ways: &[String; 2],
    bodies: &mut Vec<view::Codec>,
) -> String {
    let fields = match parameters {
        Parameters::None => return "$.nothing".to_owned(),
        Parameters::Bare(ty) => return codecs.of(ty),
        Parameters::Named(fields) => fields,
    };
    let [out, input] = ways;
    let body = Body {
        codec: format!("{service}${member}$"),
        is_exported: false,
        ty: format!("$.Codec<{out}, {input}>"),
        out: out.clone(),
        tag: None,
        fields,
        strict: false,
        may_be_nil: true,
    };
    bodies.push(bodies::codec(context, codecs, &body));
    body.codec
}

pub(super) fn method(
    context: &Context<'_>,
    codecs: &mut Codecs<'_, '_>,
    method: &Method,
    member: &str,
    request: &str,
    fingerprint: Option<String>,
) -> String {
    let mut entries = vec![
        format!("name: {}", literals::string(member)),
        format!("wire: {}", literals::string(&method.wire)),
        format!("response: \"{}\"", response(method.response)),
    ];
    entries.extend(method.raw.then(|| "raw: true".to_owned()));
    entries.push(format!("parameters: \"{}\"", parameters(&method.parameters)));
    entries.extend(methods::may_be_left_out(&method.parameters).then(|| "optionalArgs: true".to_owned()));
    entries.push(format!("request: {request}"));
    entries.push(format!("answer: {}", method.answer.as_ref().map_or("$.unit".to_owned(), |ty| codecs.of(ty))));
    match &method.throws[..] {
        [] => {}
        [one] => entries.push(format!("error: {}", context.name(*one))),
        several => {
            let errors: Vec<_> = several.iter().map(|id| context.name(*id)).collect();
            entries.push(format!("errors: [{}]", errors.join(", ")));
        }
    }
    entries.extend(method.timeout.map(|micros| format!("timeoutMs: {}", values::milliseconds(micros))));
    entries.extend(method.idempotent.then(|| "idempotent: true".to_owned()));
    entries.extend(method.since.as_deref().map(|version| format!("since: {}", literals::string(version))));
    entries.extend(fingerprint);
    layout::group(&entries, &layout::OBJECT, 4, 4, 1)
}

fn event(event: &Event, member: &str, payload: &str, fingerprint: Option<String>) -> String {
    let mut entries =
        vec![format!("name: {}", literals::string(member)), format!("wire: {}", literals::string(&event.wire))];
    entries.extend(event.raw.then(|| "raw: true".to_owned()));
    entries.push(format!("parameters: \"{}\"", parameters(&event.parameters)));
    entries.push(format!("payload: {payload}"));
    entries.extend(event.since.as_deref().map(|version| format!("since: {}", literals::string(version))));
    entries.extend(fingerprint);
    layout::group(&entries, &layout::OBJECT, 4, 4, 1)
}

fn response(response: Response) -> &'static str {
    match response {
        Response::Result => "result",
        Response::Stream => "stream",
        Response::Ack => "ack",
        Response::None => "none",
    }
}

fn parameters(parameters: &Parameters) -> &'static str {
    match parameters {
        Parameters::None => "none",
        Parameters::Bare(_) => "bare",
        Parameters::Named(_) => "named",
    }
}

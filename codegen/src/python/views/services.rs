//! Services: descriptors, clients, what events are, and the worker to derive from.

use std::collections::HashMap;

use procwire_idl::model::{
    Event, Field, Method, Parameters, Presence, Response, Service, Type, TypeId, TypeKind, Value,
};
use procwire_templates::python as view;

use super::super::context::{CALLS, Context, SCHEMA};
use super::super::layout::Text;
use super::super::names::{self, Kind, Name};
use super::super::types::{self, Place};
use super::super::{docs, literals, values};
use super::{Items, callbacks, records, statement};
use crate::agreement::Kind as Member;

/// The indentation of a method.
pub(super) const INDENT: usize = 4;
/// The indentation of its body.
pub(super) const BODY: usize = 8;

pub(super) fn push(context: &Context<'_>, at: usize, file: &mut Items) {
    let (name, descriptor) = (context.services[at].as_ref(), context.descriptors[at].as_ref());
    let printer = Printer::new(context, &context.package.services[at], name, descriptor, Member::Method, file);
    printer.push_parameters(file);
    for (event, named) in printer.service.events.iter().zip(&printer.events) {
        if let Parameters::Named(fields) = &event.parameters {
            file.push(view::Item::Class {
                head: records::head(&named.class, "_p.Record", vec!["frozen=True", "kw_only=True"]),
                docs: docs::docstring(&event.docs, event.deprecated.as_deref()),
                fields: records::fields(context, fields, Place::Wire),
                methods: Vec::new(),
            });
        }
    }
    printer.push_methods(file);
    for (event, named) in printer.service.events.iter().zip(&printer.events) {
        for text in printer.event_descriptor(event, named) {
            file.push(statement(text));
        }
    }
    file.push(statement(printer.descriptor("_p.Service")));
    if !printer.events.is_empty() {
        file.push(printer.events_class("Events", "_p.Events", "_p.Subscription"));
        file.push(printer.events_class("SyncEvents", "_p.SyncEvents", "_p.SyncSubscription"));
        file.push(printer.on());
        file.push(printer.emit());
    }
    file.push(printer.client(true));
    file.push(printer.client(false));
    file.push(printer.worker());
}

/// The parameters of a method, as what travels.
fn parameters_class(context: &Context<'_>, class: &str, fields: &[Field]) -> view::Item {
    let fields: Vec<Field> = in_order(fields)
        .into_iter()
        .map(|(field, _)| Field { docs: procwire_idl::model::Docs::default(), deprecated: None, ..field.clone() })
        .collect();
    view::Item::Class {
        head: records::head(class, "_p.Params", vec!["frozen=True", "kw_only=True"]),
        docs: Vec::new(),
        fields: records::fields(context, &fields, Place::Input),
        methods: Vec::new(),
    }
}

/// Those that must be there, and then the others, with their names.
pub(super) fn in_order(fields: &[Field]) -> Vec<(&Field, String)> {
    let (required, others): (Vec<_>, Vec<_>) =
        fields.iter().zip(field_names(fields)).partition(|(field, _)| field.presence == Presence::Required);
    required.into_iter().chain(others).collect()
}

/// What a method or an event is called.
pub(super) struct Named {
    /// Its function.
    pub function: String,
    /// Its descriptor.
    pub descriptor: String,
    /// The class of its named parameters.
    pub class: String,
}

pub(super) struct Printer<'a> {
    pub context: &'a Context<'a>,
    pub service: &'a Service,
    pub name: &'a str,
    pub descriptor: &'a str,
    /// What the methods are: those of a service, or callbacks.
    kind: Member,
    pub methods: Vec<Named>,
    pub events: Vec<Named>,
    /// The constants of the defaults that are made by a call, which signatures may not make.
    pub made: HashMap<String, String>,
}

/// Who calls.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Caller {
    /// A program with a loop.
    Loop,
    /// One without.
    Thread,
    /// A handler of a worker, which may be either.
    Handler,
}

/// A parameter of a signature, and how it is handed on.
pub(super) struct Parameter {
    pub text: Text,
    pub name: String,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        context: &'a Context<'a>,
        service: &'a Service,
        name: &'a str,
        descriptor: &'a str,
        kind: Member,
        file: &mut Items,
    ) -> Self {
        // Methods and events are one scope in the schema, so that one name means one thing.
        let declared = service.methods.iter().map(|method| Name::new(&method.name, &method.extras));
        let declared = declared.chain(service.events.iter().map(|event| Name::new(&event.name, &event.extras)));
        let functions = names::scope(declared, Kind::Function);
        let mut methods: Vec<Named> = functions
            .iter()
            .map(|function| Named {
                function: function.to_string(),
                descriptor: file.private(format!("_{descriptor}_{}", function.to_ascii_uppercase())),
                class: String::new(),
            })
            .collect();
        let mut events = methods.split_off(service.methods.len());
        for (method, named) in service.methods.iter().zip(&mut methods) {
            let suffix = names::single(Name::derived(&method.name, &method.extras), Kind::Suffix);
            named.class = file.private(format!("_{name}{suffix}"));
        }
        for (event, named) in service.events.iter().zip(&mut events) {
            named.class = Context::event_class(name, event);
        }
        let mut printer = Self { context, service, name, descriptor, kind, methods, events, made: HashMap::new() };
        printer.make_defaults(file);
        printer
    }

    /// The classes of named parameters.
    pub(super) fn push_parameters(&self, file: &mut Items) {
        for (method, named) in self.service.methods.iter().zip(&self.methods) {
            if let Parameters::Named(fields) = &method.parameters {
                file.push(parameters_class(self.context, &named.class, fields));
            }
        }
    }

    /// The descriptors of methods.
    pub(super) fn push_methods(&self, file: &mut Items) {
        for (method, named) in self.service.methods.iter().zip(&self.methods) {
            for text in self.method_descriptor(method, named) {
                file.push(statement(text));
            }
        }
    }

    /// Names the defaults that are made by a call.
    fn make_defaults(&mut self, file: &mut Items) {
        let methods = self.service.methods.iter().map(|method| &method.parameters).zip(&self.methods);
        let events = self.service.events.iter().map(|event| &event.parameters).zip(&self.events);
        for (parameters, named) in methods.chain(events) {
            let Parameters::Named(fields) = parameters else {
                continue;
            };
            for (field, name) in fields.iter().zip(field_names(fields)) {
                let Some(value) = self.call(field) else {
                    continue;
                };
                let constant = file.private(format!("{}_{}", named.descriptor, name.to_ascii_uppercase()));
                file.push(statement(format!("{constant} = {value}")));
                self.made.insert(format!("{}.{name}", named.descriptor), constant);
            }
        }
    }

    /// The default of a parameter, if it is made by a call.
    fn call(&self, field: &Field) -> Option<String> {
        let Presence::Default(value) = &field.presence else {
            return None;
        };
        let value = values::of_base(self.context, &field.ty, value);
        value.ends_with(')').then_some(value)
    }

    /// The type of what a method takes or an event carries.
    pub(super) fn payload(&self, parameters: &Parameters, named: &Named, place: Place) -> Text {
        match parameters {
            Parameters::None => "None".into(),
            Parameters::Bare(ty) => types::text(self.context, ty, place),
            Parameters::Named(_) => named.class.as_str().into(),
        }
    }

    fn answer(&self, method: &Method, place: Place) -> Text {
        method.answer.as_ref().map_or_else(|| "None".into(), |ty| types::text(self.context, ty, place))
    }

    /// The descriptor of a method, and before it what it names.
    fn method_descriptor(&self, method: &Method, named: &Named) -> Vec<String> {
        let mut statements = Vec::new();
        let request = self.payload(&method.parameters, named, Place::Wire);
        let request = named_type(request, format!("{}_REQUEST", named.descriptor), &mut statements);
        let request = codec(&method.parameters, method.raw, request);
        let answer = match &method.answer {
            None => "_p.UNIT".into(),
            Some(_) if method.raw => "_p.RAW".into(),
            Some(_) => {
                let answer = self.answer(method, Place::Wire);
                let answer = named_type(answer, format!("{}_ANSWER", named.descriptor), &mut statements);
                Text::call("_p.Codec", [answer])
            }
        };
        let response = match method.response {
            Response::Result => "result",
            Response::Stream => "stream",
            Response::Ack => "ack",
            Response::None => "none",
        };
        let mut arguments: Vec<Text> = vec![
            literals::string(&named.function).into(),
            literals::string(&method.wire).into(),
            format!("\"{response}\"").into(),
            kind(&method.parameters).into(),
            request,
            answer,
        ];
        arguments.extend(self.throws(method));
        arguments.extend(method.raw.then(|| "raw=True".into()));
        arguments.extend(method.timeout.map(|micros| format!("timeout={}", literals::seconds(micros)).into()));
        arguments.extend(method.idempotent.then(|| "idempotent=True".into()));
        arguments.extend(since(method.since.as_deref()));
        let fingerprint = self.context.fingerprint(self.kind, &self.service.name, &method.wire);
        arguments.extend(fingerprint.map(Text::from));
        let types = [self.payload(&method.parameters, named, Place::Plain), self.answer(method, Place::Plain)];
        statements.push(assignment(
            &named.descriptor,
            Text::subscript("_p.Method", types),
            Text::call("_p.Method", arguments),
        ));
        statements
    }

    /// The errors that a method declares: one, or a tuple.
    fn throws(&self, method: &Method) -> Option<Text> {
        let name = |id: &TypeId| Text::from(self.context.type_name(*id));
        match &method.throws[..] {
            [] => None,
            [only] => Some(name(only).after("throws=")),
            all => Some(Text::collection("throws=(", all.iter().map(name))),
        }
    }

    /// The descriptor of an event, and before it what it names.
    fn event_descriptor(&self, event: &Event, named: &Named) -> Vec<String> {
        let mut statements = Vec::new();
        let payload = self.payload(&event.parameters, named, Place::Wire);
        let payload = named_type(payload, format!("{}_PAYLOAD", named.descriptor), &mut statements);
        let mut arguments: Vec<Text> = vec![
            literals::string(&named.function).into(),
            literals::string(&event.wire).into(),
            kind(&event.parameters).into(),
            codec(&event.parameters, event.raw, payload),
        ];
        arguments.extend(event.raw.then(|| "raw=True".into()));
        arguments.extend(since(event.since.as_deref()));
        let fingerprint = self.context.fingerprint(Member::Event, &self.service.name, &event.wire);
        arguments.extend(fingerprint.map(Text::from));
        let annotation = Text::subscript("_p.Event", [self.payload(&event.parameters, named, Place::Plain)]);
        statements.push(assignment(&named.descriptor, annotation, Text::call("_p.Event", arguments)));
        statements
    }

    pub(super) fn descriptor(&self, class: &str) -> String {
        let tuple = |name: &str, all: &[Named]| {
            Text::collection(&format!("{name}=("), all.iter().map(|named| named.descriptor.as_str().into()))
        };
        let mut arguments = vec![literals::string(&self.service.name).into()];
        if !self.methods.is_empty() {
            arguments.push(tuple("methods", &self.methods));
        }
        if !self.events.is_empty() {
            arguments.push(tuple("events", &self.events));
        }
        arguments.push(format!("schema={SCHEMA}").into());
        Text::call(&format!("{} = {class}", self.descriptor), arguments).print(0)
    }

    fn client(&self, is_sync: bool) -> view::Item {
        let (name, service) = (self.name, &self.service.name);
        let has_events = !self.events.is_empty();
        let own = |suffix: &str, usual: &str| if has_events { format!("{name}{suffix}") } else { usual.to_owned() };
        let on = own("On", "_p.NoOn");
        let (class, base, docs, mut fields) = if is_sync {
            let events = own("SyncEvents", "_p.SyncEvents");
            let docs = format!("Calls a worker that serves `{service}`, and waits for it.");
            let base = Text::subscript("_p.SyncClient", [events.as_str().into(), on.into()]);
            (
                format!("{name}SyncClient"),
                base,
                docs,
                vec![format!("_service = {}", self.descriptor), format!("_events = {events}")],
            )
        } else {
            let events = own("Events", "_p.Events");
            let docs = format!("Calls a worker that serves `{service}`.");
            let sync = format!("{name}SyncClient").into();
            let base = Text::subscript("_p.Client", [events.as_str().into(), on.into(), sync]);
            (
                format!("{name}Client"),
                base,
                docs,
                vec![format!("_service = {}", self.descriptor), format!("_events = {events}")],
            )
        };
        if !is_sync {
            fields.push(format!("_sync = {name}SyncClient"));
        }
        let caller = if is_sync { Caller::Thread } else { Caller::Loop };
        let methods = self.service.methods.iter().zip(&self.methods);
        let methods = methods.map(|(method, named)| self.caller_method(method, named, caller));
        let mut all = self.service.docs.clone();
        if all.is_empty() {
            all = docs.as_str().into();
        }
        view::Item::Class {
            head: records::head(&class, base, Vec::<Text>::new()),
            docs: docs::docstring(&all, self.service.deprecated.as_deref()),
            fields: fields.into_iter().map(|text| view::Field { text, docs: Vec::new() }).collect(),
            methods: methods.collect(),
        }
    }

    /// A method of a class that calls the service.
    pub(super) fn caller_method(&self, method: &Method, named: &Named, caller: Caller) -> view::Method {
        let (parameters, request) = match &method.parameters {
            Parameters::None => (Vec::new(), "None".into()),
            Parameters::Bare(ty) => {
                let bare = self.bare(ty);
                let name = bare.name.clone();
                (vec![bare.text], name.into())
            }
            Parameters::Named(fields) => {
                let all = self.named(fields, named, Place::Input);
                let built = all.iter().map(|parameter| Text::from(format!("{0}={0}", parameter.name)));
                let built = Text::call(&named.class, built.collect::<Vec<_>>());
                let required = fields.iter().filter(|field| field.presence == Presence::Required).count();
                let mut texts: Vec<Text> = all.into_iter().map(|parameter| parameter.text).collect();
                if required < texts.len() {
                    texts.insert(required, "*".into());
                }
                (texts, built)
            }
        };
        let is_stream = method.response == Response::Stream;
        let answer = self.answer(method, Place::Plain);
        let returned = match (is_stream, caller) {
            (true, Caller::Loop) => Text::subscript("_p.Stream", [answer]),
            (true, Caller::Thread) => Text::subscript("_p.SyncStream", [answer]),
            (true, Caller::Handler) => Text::subscript("_p.CalledStream", [answer]),
            (false, Caller::Handler) => Text::subscript("_p.Called", [answer]),
            (false, _) => answer,
        };
        let inner = match method.response {
            Response::Result | Response::Ack => "_call",
            Response::Stream => "_stream",
            Response::None => "_notify",
        };
        let is_awaited = caller == Caller::Loop && !is_stream;
        let waits = if is_awaited { "await " } else { "" };
        let gives = if method.answer.is_none() && !is_stream && caller != Caller::Handler { "" } else { "return " };
        let body = Text::call(&format!("{gives}{waits}self.{inner}"), [named.descriptor.as_str().into(), request]);
        view::Method {
            decorators: deprecated(method.deprecated.as_deref()),
            head: signature(&named.function, is_awaited, parameters, &returned.flat()),
            docs: docs::docstring(&method.docs, None),
            body: body.print(BODY),
        }
    }

    fn worker(&self) -> view::Item {
        let emit = if self.events.is_empty() { "_p.Emit".to_owned() } else { format!("{}Emit", self.name) };
        let mut types = vec![Text::from(emit.as_str())];
        let mut fields = vec![Text::from(format!("_service = {}", self.descriptor)), format!("_emit = {emit}").into()];
        if self.context.has_calls() {
            types.push(CALLS.into());
            fields.push(format!("_calls = {CALLS}").into());
            fields.extend(callbacks::all(self.context));
        }
        let base = Text::subscript("_p.Worker", types);
        let docs = docs::text(&format!("Serves `{}`: derive from it, and write its handlers.", self.service.name));
        self.handlers(&format!("{}Worker", self.name), base, docs, &fields)
    }

    /// A class to derive from, with a declaration of each handler.
    pub(super) fn handlers(&self, class: &str, base: Text, docs: Vec<String>, fields: &[Text]) -> view::Item {
        let methods = self.service.methods.iter().zip(&self.methods).map(|(method, named)| {
            let parameters = match &method.parameters {
                Parameters::None => Vec::new(),
                Parameters::Bare(ty) => vec![self.bare(ty).text],
                Parameters::Named(fields) => {
                    let texts = in_order(fields).into_iter().map(|(field, name)| {
                        let annotation = types::of_field(self.context, &field.ty, &field.presence, Place::Plain);
                        annotation.after(&format!("{name}: "))
                    });
                    texts.collect()
                }
            };
            let is_stream = method.response == Response::Stream;
            view::Method {
                decorators: vec![if is_stream { "@_p.stream_handler" } else { "@_p.handler" }.to_owned()],
                head: signature(&named.function, false, parameters, &self.answer(method, Place::Plain).flat()),
                docs: docs::docstring(&method.docs, method.deprecated.as_deref()),
                body: "raise NotImplementedError".to_owned(),
            }
        });
        view::Item::Class {
            head: records::head(class, base, Vec::<Text>::new()),
            docs,
            fields: fields.iter().map(|text| view::Field { text: text.print(INDENT), docs: Vec::new() }).collect(),
            methods: methods.collect(),
        }
    }

    /// The one parameter that is the payload, named after its type.
    pub(super) fn bare(&self, ty: &Type) -> Parameter {
        let name = match ty.kind {
            TypeKind::Named(id) => {
                let declared = self.context.model.declaration(id);
                names::single(Name::derived(&declared.name, &declared.extras), Kind::Field)
            }
            _ => "payload".to_owned(),
        };
        Parameter { text: types::text(self.context, ty, Place::Plain).after(&format!("{name}: ")), name }
    }

    pub(super) fn named(&self, fields: &[Field], of: &Named, place: Place) -> Vec<Parameter> {
        let texts = in_order(fields).into_iter().map(|(field, name)| {
            let annotation = match &field.presence {
                // A list that can be changed is no default, but any sequence is as good.
                Presence::Default(Value::EmptyList | Value::EmptyMap) => self.unchangeable(&field.ty, place),
                // A default is given as the base type.
                Presence::Default(_) => types::text(self.context, &field.ty, Place::Input),
                _ => types::of_field(self.context, &field.ty, &field.presence, place),
            };
            let default = match &field.presence {
                Presence::Required => String::new(),
                Presence::Optional => " = None".to_owned(),
                Presence::Default(Value::EmptyList) => " = ()".to_owned(),
                Presence::Default(Value::EmptyMap) => " = _p.EMPTY".to_owned(),
                Presence::Default(value) => match self.made.get(&format!("{}.{name}", of.descriptor)) {
                    Some(constant) => format!(" = {constant}"),
                    None => format!(" = {}", values::of_base(self.context, &field.ty, value)),
                },
            };
            Parameter { text: annotation.after(&format!("{name}: ")).then(&default), name }
        });
        texts.collect()
    }

    fn unchangeable(&self, ty: &Type, place: Place) -> Text {
        match &self.context.model.on_the_wire(ty).kind {
            TypeKind::List(element) => Text::subscript("_p.Sequence", [types::text(self.context, element, place)]),
            TypeKind::Map(key, value) => {
                let key = types::text(self.context, key, Place::Plain);
                Text::subscript("_p.Mapping", [key, types::text(self.context, value, place)])
            }
            TypeKind::Nullable(inner) => types::nullable(self.unchangeable(inner, place)),
            _ => types::text(self.context, ty, place),
        }
    }
}

fn field_names(fields: &[Field]) -> Vec<String> {
    let names = names::scope(fields.iter().map(|field| Name::new(&field.name, &field.extras)), Kind::Field);
    names.into_iter().map(std::borrow::Cow::into_owned).collect()
}

fn assignment(name: &str, annotation: Text, value: Text) -> String {
    let before = format!("{name}: ");
    Text::Assignment { before, annotation: Box::new(annotation), value: Box::new(value) }.print(0)
}

/// The type as an expression: where mypy takes it for a type only, under a name of its own.
fn named_type(ty: Text, name: String, statements: &mut Vec<String>) -> Text {
    if !ty.flat().contains("_p.Open[") && !ty.flat().contains("_p.Annotated[") {
        return ty;
    }
    statements.push(assignment(&name, "_p.TypeAlias".into(), ty));
    name.into()
}

fn since(version: Option<&str>) -> Option<Text> {
    version.map(|version| format!("since={}", literals::string(version)).into())
}

fn codec(parameters: &Parameters, raw: bool, ty: Text) -> Text {
    match parameters {
        Parameters::None => "_p.NOTHING".into(),
        _ if raw => "_p.RAW".into(),
        _ => Text::call("_p.Codec", [ty]),
    }
}

fn kind(parameters: &Parameters) -> &'static str {
    match parameters {
        Parameters::None => "\"none\"",
        Parameters::Bare(_) => "\"bare\"",
        Parameters::Named(_) => "\"named\"",
    }
}

pub(super) fn deprecated(reason: Option<&str>) -> Vec<String> {
    let reason = reason.map(|reason| Text::call("@_p.deprecated", [literals::string(reason).into()]).print(INDENT));
    reason.into_iter().collect()
}

/// From `def` to the colon.
pub(super) fn signature(name: &str, is_async: bool, parameters: Vec<Text>, returned: &str) -> String {
    let keyword = if is_async { "async def" } else { "def" };
    let all = std::iter::once(Text::from("self")).chain(parameters);
    Text::call(&format!("{keyword} {name}"), all).then(&format!(" -> {returned}:")).print(INDENT)
}

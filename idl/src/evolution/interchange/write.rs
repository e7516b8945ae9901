//! An interface as a tree.

use crate::evolution::node::Node;
use crate::evolution::{
    Callback, Event, Fallback, Field, Form, Interface, Kind, Method, Named, Payload, Type, Variant,
};
use crate::model::{Constraints, Response};

impl From<&Interface> for Node {
    fn from(interface: &Interface) -> Self {
        let mut form = Entries(vec![("ipc".to_owned(), Node::Int(1))]);
        if !interface.package.is_empty() {
            form.put("package", (&interface.package).into());
        }
        form.list("types", interface.types.iter().map(named));
        form.list("methods", interface.methods.iter().map(|declared| Node::Map(method(declared).0)));
        form.list("events", interface.events.iter().map(event));
        form.list("callbacks", interface.callbacks.iter().map(callback));
        form.list("reserved", interface.reserved.iter().map(Node::from));
        Node::Map(form.0)
    }
}

/// The entries of a map; what says nothing is left out.
struct Entries(Vec<(String, Node)>);

impl Entries {
    fn named(name: &str) -> Self {
        Self(vec![("name".to_owned(), name.into())])
    }

    fn put(&mut self, key: &str, value: Node) {
        self.0.push((key.to_owned(), value));
    }

    fn flag(&mut self, key: &str, is_set: bool) {
        if is_set {
            self.put(key, Node::Bool(true));
        }
    }

    fn list(&mut self, key: &str, items: impl Iterator<Item = Node>) {
        let items: Vec<Node> = items.collect();
        if !items.is_empty() {
            self.put(key, Node::List(items));
        }
    }
}

fn named(named: &Named) -> Node {
    let mut entries = Entries::named(&named.name);
    match &named.kind {
        Kind::Record { strict, fields, reserved } => {
            entries.flag("strict", *strict);
            entries.put("record", Node::List(fields.iter().map(field).collect()));
            entries.list("reserved", reserved.iter().map(Node::from));
        }
        Kind::Enum { strict, form: shape, variants, reserved } => {
            entries.put("form", form(shape));
            entries.flag("strict", *strict);
            entries.put("enum", Node::List(variants.iter().map(variant).collect()));
            entries.list("reserved", reserved.iter().map(Node::from));
        }
        Kind::Transparent(target) => entries.put("is", ty(target)),
        Kind::Ext { code, write, target } => {
            entries.put("ext", Node::Int((*code).into()));
            entries.flag("write", *write);
            entries.put("is", ty(target));
        }
    }
    Node::Map(entries.0)
}

fn form(form: &Form) -> Node {
    match form {
        Form::Name => "name".into(),
        Form::Number(int) => int.name().into(),
        Form::Tagged(tag) => Node::Map(vec![("tag".to_owned(), tag.into())]),
        Form::External => "external".into(),
    }
}

fn field(field: &Field) -> Node {
    let mut entries = Entries::named(&field.name);
    entries.put("type", ty(&field.ty));
    entries.flag("optional", field.may_be_left_out);
    match &field.default {
        Some(Fallback::Value(value)) => entries.put("default", value.into()),
        Some(Fallback::Unknown) => entries.put("default", Node::Bool(true)),
        None => {}
    }
    Node::Map(entries.0)
}

fn variant(variant: &Variant) -> Node {
    let mut entries = Entries::named(&variant.name);
    if let Some(number) = variant.number {
        entries.put("number", number.into());
    }
    match &variant.data {
        Payload::Fields(fields) => entries.list("fields", fields.iter().map(field)),
        Payload::Values(values) => entries.put("values", Node::List(values.iter().map(ty).collect())),
    }
    match variant.retry.map(|retry| retry.after) {
        Some(Some(after)) => entries.put("retry", i128::from(after).into()),
        Some(None) => entries.flag("retry", true),
        None => {}
    }
    entries.list("reserved", variant.reserved.iter().map(Node::from));
    Node::Map(entries.0)
}

fn payload(key: &str, payload: &Payload, entries: &mut Entries) {
    let (kind, parts): (&str, Vec<Node>) = match payload {
        Payload::Fields(fields) if fields.is_empty() => return,
        Payload::Fields(fields) => ("fields", fields.iter().map(field).collect()),
        Payload::Values(values) => ("values", values.iter().map(ty).collect()),
    };
    entries.put(key, Node::Map(vec![(kind.to_owned(), Node::List(parts))]));
}

fn method(method: &Method) -> Entries {
    let mut entries = Entries(vec![("service".to_owned(), (&method.service).into())]);
    entries.put("name", (&method.name).into());
    entries.put("response", response(method.response).into());
    entries.flag("raw", method.raw);
    payload("request", &method.request, &mut entries);
    if method.answer != Type::Unit {
        entries.put("answer", ty(&method.answer));
    }
    entries.list("throws", method.throws.iter().map(|id| index(*id)));
    if let Some(timeout) = method.timeout {
        entries.put("timeout", i128::from(timeout).into());
    }
    entries.flag("idempotent", method.idempotent);
    entries.flag("since", method.since);
    entries.list("reserved", method.reserved.iter().map(Node::from));
    entries
}

fn event(event: &Event) -> Node {
    let mut entries = Entries(vec![("service".to_owned(), (&event.service).into())]);
    entries.put("name", (&event.name).into());
    entries.flag("raw", event.raw);
    payload("payload", &event.payload, &mut entries);
    entries.flag("since", event.since);
    entries.list("reserved", event.reserved.iter().map(Node::from));
    Node::Map(entries.0)
}

fn callback(callback: &Callback) -> Node {
    let mut entries = method(&callback.method);
    entries.flag("required", callback.required);
    Node::Map(entries.0)
}

/// The name of a response kind in the form and on the wire.
pub(in crate::evolution) fn response(response: Response) -> &'static str {
    match response {
        Response::Result => "result",
        Response::Stream => "stream",
        Response::Ack => "ack",
        Response::None => "none",
    }
}

fn index(id: usize) -> Node {
    (id as i128).into()
}

/// The name of a type that has nothing inside.
pub(in crate::evolution) fn plain(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Bool => "bool",
        Type::String => "string",
        Type::Int(int) => int.name(),
        Type::Float(true) => "f32",
        Type::Float(false) => "f64",
        Type::Bytes => "bytes",
        Type::Timestamp(false) => "timestamp",
        Type::Timestamp(true) => "timestamp_precise",
        Type::Duration => "duration",
        Type::Uuid => "uuid",
        Type::Any => "any",
        Type::Unit => "unit",
        Type::Unknown => "unknown",
        _ => return None,
    })
}

fn ty(declared: &Type) -> Node {
    if let Some(name) = plain(declared) {
        return name.into();
    }
    let one = |key: &str, value: Node| Node::Map(vec![(key.to_owned(), value)]);
    match declared {
        Type::List(inner) => one("list", ty(inner)),
        Type::Tuple(elements) => one("tuple", Node::List(elements.iter().map(ty).collect())),
        Type::Map(key, value) => one("map", Node::List(vec![ty(key), ty(value)])),
        Type::Nullable(inner) => one("nullable", ty(inner)),
        Type::Named(id) => index(*id),
        Type::Constrained(inner, constraints) => constrained(ty(inner), constraints),
        _ => "unknown".into(),
    }
}

fn constrained(inner: Node, constraints: &Constraints) -> Node {
    let mut entries = Entries(vec![("of".to_owned(), inner)]);
    if let Some(length) = constraints.len {
        let most = length.max.map_or(Node::Null, |most| i128::from(most).into());
        entries.put("len", Node::List(vec![i128::from(length.min).into(), most]));
    }
    if let Some(range) = &constraints.range {
        let bound = |value: &Option<_>| {
            value.as_ref().map_or(Node::Null, |value: &crate::model::Value| Node::Text(value.to_string()))
        };
        entries.put("range", Node::List(vec![bound(&range.min), bound(&range.max)]));
        entries.flag("below", range.exclusive);
    }
    if let Some(pattern) = &constraints.pattern {
        entries.put("pattern", pattern.into());
    }
    Node::Map(entries.0)
}

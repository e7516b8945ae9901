//! Records: classes with annotated fields.

use procwire_idl::model::{Declaration, Field, Presence, Record, TypeId, Value};
use procwire_templates::python as view;

use super::super::context::Context;
use super::super::layout::Text;
use super::super::names::{self, Kind, Name};
use super::super::types::{self, Place};
use super::super::{docs, literals, values};

/// The indentation of an attribute.
const INDENT: usize = 4;

pub(super) fn view(context: &Context<'_>, id: TypeId, declared: &Declaration, record: &Record) -> view::Item {
    let mut options = vec!["frozen=True".to_owned(), "kw_only=True".to_owned()];
    if record.strict {
        options.push("forbid_unknown_fields=True".to_owned());
    }
    view::Item::Class {
        head: head(context.type_name(id), "_p.Record", options),
        docs: docs::docstring(&declared.docs, declared.deprecated.as_deref()),
        fields: fields(context, &record.fields, Place::Wire),
        methods: Vec::new(),
    }
}

/// The first line of a class.
pub(super) fn head<T: Into<Text>>(name: &str, base: impl Into<Text>, options: Vec<T>) -> String {
    let arguments = std::iter::once(base.into()).chain(options.into_iter().map(Into::into));
    Text::call(&format!("class {name}"), arguments).then(":").print(0)
}

/// The attributes of a class.
pub(super) fn fields(context: &Context<'_>, fields: &[Field], place: Place) -> Vec<view::Field> {
    let names = names::scope(fields.iter().map(|field| Name::new(&field.name, &field.extras)), Kind::Field);
    fields.iter().zip(names).map(|(field, name)| self::field(context, field, &name, place)).collect()
}

fn field(context: &Context<'_>, field: &Field, name: &str, place: Place) -> view::Field {
    let annotation = types::of_member(context, field);
    let annotation = match place {
        Place::Input if annotation_differs(context, field) => Text::subscript("_p.In", [annotation]),
        _ => annotation,
    };
    let wire = (field.wire != name).then(|| format!("name={}", wire_name(&field.wire)));
    let text = match (default(context, field), wire) {
        (None, None) => annotation.after(&format!("{name}: ")),
        (None, Some(wire)) => assigned(name, &annotation, Text::call("_p.field", [wire.into()])),
        (Some(Default::Omitted), None) => assigned(name, &annotation, "None".into()),
        (Some(Default::Omitted), Some(wire)) => {
            assigned(name, &annotation, Text::call("_p.field", [wire.into(), "default=None".into()]))
        }
        (Some(Default::Value(value)), None) => assigned(name, &annotation, Text::call("_p.default", [value.into()])),
        (Some(Default::Value(value)), Some(wire)) => {
            let factory = Text::call("default_factory=_p.always", [value.into()]);
            assigned(name, &annotation, Text::call("_p.field", [wire.into(), factory]))
        }
        (Some(Default::Made(value)), wire) => {
            let factory = Text::from(format!("default_factory=lambda: {value}"));
            assigned(name, &annotation, Text::call("_p.field", wire.map(Text::from).into_iter().chain([factory])))
        }
    };
    view::Field { text: text.print(INDENT), docs: docs::docstring(&field.docs, field.deprecated.as_deref()) }
}

/// A name on the wire, as msgspec takes it.
fn wire_name(wire: &str) -> String {
    let literal = literals::string(wire);
    let is_odd = wire.contains(|c: char| c < ' ' || matches!(c, '"' | '\\'));
    if is_odd { format!("_p.odd({literal})") } else { literal }
}

fn assigned(name: &str, annotation: &Text, value: Text) -> Text {
    let before = format!("{name}: ");
    Text::Assignment { before, annotation: Box::new(annotation.clone()), value: Box::new(value) }
}

/// Whether callers may give more than the type that is read.
fn annotation_differs(context: &Context<'_>, field: &Field) -> bool {
    let is_empty = matches!(field.presence, Presence::Default(Value::EmptyList | Value::EmptyMap));
    is_empty
        || types::text(context, &field.ty, Place::Plain).flat() != types::text(context, &field.ty, Place::Input).flat()
}

/// What stands for an absent field.
enum Default {
    /// `None`, which is not written.
    Omitted,
    /// A value, which is written.
    Value(String),
    /// The same, made of what may stand further down.
    Made(String),
}

fn default(context: &Context<'_>, field: &Field) -> Option<Default> {
    match &field.presence {
        Presence::Optional => Some(Default::Omitted),
        Presence::Default(value) => {
            let expression = values::default(context, &field.ty, value);
            let is_made = values::names_something(&expression);
            Some(if is_made { Default::Made(expression) } else { Default::Value(expression) })
        }
        Presence::Required if context.is_nullable(&field.ty) => Some(Default::Value("None".to_owned())),
        Presence::Required => None,
    }
}

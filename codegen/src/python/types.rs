//! Types of the model as annotations.

use procwire_idl::model::{
    Constraints, DeclarationKind, Ext, Field, Length, Presence, Range, Representation, Type, TypeId, TypeKind, Value,
};
use procwire_idl::pattern;

use super::context::Context;
use super::layout::Text;
use super::{literals, values};

/// Where a type stands, as far as its form depends on that.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// In a declaration that the runtime reads: with the markers of the wire.
    Wire,
    /// In a signature, which only people and type checkers read.
    Plain,
    /// In the signature of what a caller gives: also what can be written like a value of the type.
    Input,
}

/// The type of a field: nullable where it may be absent.
pub(super) fn of_field(context: &Context<'_>, ty: &Type, presence: &Presence, place: Place) -> Text {
    let text = text(context, ty, place);
    if *presence == Presence::Optional { nullable(text) } else { text }
}

/// The type of a field as the runtime reads it: what is never shown is marked.
pub(super) fn of_member(context: &Context<'_>, field: &Field) -> Text {
    let text = of_field(context, &field.ty, &field.presence, Place::Wire);
    if field.extras.sensitive { sensitive(text) } else { text }
}

/// A type whose values are never shown.
pub(super) fn sensitive(text: Text) -> Text {
    Text::subscript("_p.Sensitive", [text])
}

/// A type.
pub(super) fn text(context: &Context<'_>, ty: &Type, place: Place) -> Text {
    let text = unconstrained(context, ty, place);
    match &ty.constraints {
        Some(constraints) if place == Place::Wire => {
            Text::subscript("_p.Annotated", std::iter::once(text).chain(notes(constraints, ty)))
        }
        _ => text,
    }
}

/// Constraints as the runtime takes them.
fn notes(constraints: &Constraints, ty: &Type) -> Vec<Text> {
    let mut notes = Vec::new();
    if let Some(Length { min, max }) = constraints.len {
        let min = (min > 0 || max.is_none()).then(|| min.to_string());
        notes.push(bounds("_p.Len", min, max.map(|max| max.to_string())));
    }
    if let Some(Range { min, max, exclusive }) = &constraints.range {
        let bound = |value: &Option<Value>| value.as_ref().map(|value| values::number(ty, value));
        let note = bounds("_p.Range", bound(min), bound(max));
        notes.push(if *exclusive { with_argument(note, "exclusive=True") } else { note });
    }
    if let Some(written) = &constraints.pattern {
        let compiled = pattern::python(written).unwrap_or_else(|_| written.clone());
        let mut arguments = vec![Text::from(literals::string(written))];
        arguments.extend((compiled != *written).then(|| literals::string(&compiled).into()));
        notes.push(Text::call("_p.Pattern", arguments));
    }
    notes
}

/// `name(1, 5)`, `name(1)` or `name(max=5)`.
fn bounds(name: &str, min: Option<String>, max: Option<String>) -> Text {
    let max = max.map(|max| if min.is_some() { max } else { format!("max={max}") });
    Text::call(name, min.into_iter().chain(max).map(Text::from))
}

fn with_argument(call: Text, argument: &str) -> Text {
    match call {
        Text::Group { open, mut items, close, comma } => {
            items.push(argument.into());
            Text::Group { open, items, close, comma }
        }
        other => other,
    }
}

fn unconstrained(context: &Context<'_>, ty: &Type, place: Place) -> Text {
    let wire = |marker: &'static str, plain: &'static str| if place == Place::Wire { marker } else { plain };
    match &ty.kind {
        TypeKind::Bool => "bool".into(),
        TypeKind::String => "str".into(),
        TypeKind::Int(int) if place == Place::Wire => format!("_p.{}", int.name().to_ascii_uppercase()).into(),
        TypeKind::Int(_) => "int".into(),
        TypeKind::F32 => wire("_p.F32", "float").into(),
        TypeKind::F64 => "float".into(),
        TypeKind::Bytes => wire("_p.Bytes", "bytes").into(),
        TypeKind::Timestamp => match (ty.precise, ty.text && place == Place::Wire) {
            (false, false) => "_p.Datetime".into(),
            (false, true) => "_p.DatetimeText".into(),
            (true, false) => "_p.Precise".into(),
            (true, true) => "_p.PreciseText".into(),
        },
        TypeKind::Duration => "_p.Timedelta".into(),
        TypeKind::Uuid if ty.text => wire("_p.UUIDText", "_p.UUID").into(),
        TypeKind::Uuid => "_p.UUID".into(),
        TypeKind::Any => "_p.Any".into(),
        TypeKind::Unit => "None".into(),
        TypeKind::List(element) => list(context, element, place),
        TypeKind::Map(key, value) => {
            let open = if place == Place::Input { "_p.Mapping" } else { "dict" };
            // Type checkers take the keys of a mapping to be of one type exactly.
            let key_place = if place == Place::Input { Place::Plain } else { place };
            Text::subscript(open, [text(context, key, key_place), text(context, value, place)])
        }
        TypeKind::Nullable(inner) => nullable(text(context, inner, place)),
        TypeKind::Tuple(elements) => {
            Text::subscript("tuple", elements.iter().map(|element| text(context, element, place)))
        }
        TypeKind::Named(id) => named(context, *id, place),
    }
}

fn list(context: &Context<'_>, element: &Type, place: Place) -> Text {
    let item = text(context, element, place);
    if place != Place::Input {
        return Text::subscript("list", [item]);
    }
    // A text is a sequence of texts, and nearly never meant as one.
    if context.model.on_the_wire(element).kind != TypeKind::String {
        return Text::subscript("_p.Sequence", [item]);
    }
    let same = text(context, element, Place::Plain).flat();
    match item.flat() {
        item if item == same => format!("list[{item}]").into(),
        item => format!("list[{same}] | list[{item}]").into(),
    }
}

fn named(context: &Context<'_>, id: TypeId, place: Place) -> Text {
    let declaration = context.model.declaration(id);
    match &declaration.kind {
        DeclarationKind::Enum(body) if matches!(body.representation, Representation::Number(_)) && !body.strict => {
            Text::subscript("_p.Open", [context.type_name(id).into()])
        }
        DeclarationKind::Newtype(target) if place == Place::Input && declaration.cycle.is_none() => {
            text(context, target, place)
        }
        DeclarationKind::Alias(target) | DeclarationKind::Ext(Ext { target, py: None, .. })
            if place == Place::Input =>
        {
            // The alias says more than what it stands for, where both are the same.
            let (input, plain) = (text(context, target, place), text(context, target, Place::Plain));
            if input.flat() == plain.flat() { context.type_name(id).into() } else { input }
        }
        _ => context.value_name(id).into(),
    }
}

/// The type, or `None`.
pub(super) fn nullable(text: Text) -> Text {
    if text.flat() == "None" || text.flat().ends_with(" | None") {
        text
    } else {
        Text::Union(vec![text, "None".into()])
    }
}

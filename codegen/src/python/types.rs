//! Types of the model as annotations.

use procwire_idl::model::{DeclarationKind, Ext, Presence, Representation, Type, TypeId, TypeKind};

use super::context::Context;
use super::layout::Text;

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

/// A type.
pub(super) fn text(context: &Context<'_>, ty: &Type, place: Place) -> Text {
    let wire = |marker: &'static str, plain: &'static str| if place == Place::Wire { marker } else { plain };
    match &ty.kind {
        TypeKind::Bool => "bool".into(),
        TypeKind::String => "str".into(),
        TypeKind::Int(int) if place == Place::Wire => format!("_p.{}", int.name().to_ascii_uppercase()).into(),
        TypeKind::Int(_) => "int".into(),
        TypeKind::F32 => wire("_p.F32", "float").into(),
        TypeKind::F64 => "float".into(),
        TypeKind::Bytes => wire("_p.Bytes", "bytes").into(),
        TypeKind::Timestamp => "_p.Datetime".into(),
        TypeKind::Duration => "_p.Timedelta".into(),
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
        DeclarationKind::Alias(target) | DeclarationKind::Ext(Ext { target, .. }) if place == Place::Input => {
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

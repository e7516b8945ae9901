//! Types of the model as TypeScript types.

use procwire_idl::model::{DeclarationKind, Field, IntType, Model, Presence, Representation, Type, TypeKind};

use super::context::Context;
use super::literals;

/// Which way values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// What is read.
    Out,
    /// What may be written.
    In,
}

/// A type.
pub(super) fn text(context: &Context<'_>, ty: &Type, way: Way) -> String {
    let mut out = String::new();
    write(context, &mut out, ty, way, false);
    out
}

/// Writes a type; `in_list` where it stands before `[]`.
fn write(context: &Context<'_>, out: &mut String, ty: &Type, way: Way, in_list: bool) {
    match &ty.kind {
        TypeKind::Bool => out.push_str("boolean"),
        TypeKind::String => out.push_str("string"),
        TypeKind::Int(int) => out.push_str(if is_bigint(*int, ty) { "bigint" } else { "number" }),
        TypeKind::F32 | TypeKind::F64 | TypeKind::Duration => out.push_str("number"),
        TypeKind::Bytes => out.push_str("$.Bytes"),
        TypeKind::Timestamp if ty.precise => out.push_str("$.Timestamp"),
        TypeKind::Timestamp => out.push_str("globalThis.Date"),
        TypeKind::Uuid => out.push_str("$.Uuid"),
        TypeKind::Any => out.push_str("unknown"),
        TypeKind::Unit => out.push_str("undefined"),
        TypeKind::List(element) => parenthesized(out, in_list, |out| {
            out.push_str("readonly ");
            write(context, out, element, way, true);
            out.push_str("[]");
        }),
        TypeKind::Tuple(elements) => parenthesized(out, in_list, |out| {
            out.push_str("readonly [");
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write(context, out, element, way, false);
            }
            out.push(']');
        }),
        TypeKind::Map(key, value) if has_text_keys(context.model, key) => {
            out.push_str("{ readonly [key: string]: ");
            write(context, out, value, way, false);
            out.push_str(" }");
        }
        TypeKind::Map(key, value) => {
            out.push_str("globalThis.ReadonlyMap<");
            write(context, out, key, way, false);
            out.push_str(", ");
            write(context, out, value, way, false);
            out.push('>');
        }
        TypeKind::Nullable(inner) => parenthesized(out, in_list, |out| {
            write(context, out, inner, way, false);
            out.push_str(" | null");
        }),
        TypeKind::Named(id) => out.push_str(&match way {
            Way::Out => context.type_name(*id),
            Way::In => context.input_name(*id),
        }),
    }
}

fn parenthesized(out: &mut String, needed: bool, inner: impl FnOnce(&mut String)) {
    if needed {
        out.push('(');
    }
    inner(out);
    if needed {
        out.push(')');
    }
}

/// Whether an integer is a `bigint`.
pub(super) fn is_bigint(int: IntType, ty: &Type) -> bool {
    matches!(int, IntType::U64 | IntType::I64) && !ty.ts_number
}

/// Whether the keys of a map are texts, so that it is an object.
pub(super) fn has_text_keys(model: &Model, key: &Type) -> bool {
    match model.on_the_wire(key).kind {
        TypeKind::String => true,
        TypeKind::Named(id) => matches!(model.declaration(id).kind, DeclarationKind::Enum(_)),
        _ => false,
    }
}

/// Whether nil is a value of a type, so that it cannot stand for a field that is not there.
pub(super) fn takes_nil(context: &Context<'_>, ty: &Type) -> bool {
    matches!(context.model.on_the_wire(ty).kind, TypeKind::Nullable(_) | TypeKind::Unit | TypeKind::Any)
}

/// Whether a required field of this type may be absent all the same, and then is null.
pub(super) fn is_nullable(context: &Context<'_>, ty: &Type) -> bool {
    matches!(context.model.on_the_wire(ty).kind, TypeKind::Nullable(_))
}

/// The name of the property that holds a field: as on the wire, unless the schema says otherwise.
pub(super) fn name(field: &Field) -> &str {
    field.extras.names.ts.as_deref().unwrap_or(&field.wire)
}

/// A field as a property of a type, without what ends it.
pub(super) fn property(context: &Context<'_>, field: &Field, way: Way) -> String {
    let name = literals::property(name(field));
    let ty = text(context, &field.ty, way);
    match (&field.presence, way) {
        (Presence::Required, _) | (Presence::Default(_), Way::Out) => format!("readonly {name}: {ty}"),
        (Presence::Optional, Way::Out) => format!("readonly {name}?: {ty}"),
        (_, Way::In) => format!("readonly {name}?: {ty} | undefined"),
    }
}

/// Whether a type, aliases looked through, is a newtype.
pub(super) fn is_newtype(context: &Context<'_>, ty: &Type) -> bool {
    matches!(context.model.without_alias(ty).kind, TypeKind::Named(id)
        if matches!(context.model.declaration(id).kind, DeclarationKind::Newtype(_)))
}

/// Whether the values of a type may be the keys of a map.
pub(super) fn is_key(context: &Context<'_>, ty: &Type) -> bool {
    match &context.model.on_the_wire(ty).kind {
        TypeKind::Bool | TypeKind::String | TypeKind::Int(_) => true,
        TypeKind::Named(id) => match &context.model.declaration(*id).kind {
            DeclarationKind::Enum(body) => {
                matches!(body.representation, Representation::Name | Representation::Number(_))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a type is a duration, or nothing instead of one.
pub(super) fn is_duration(context: &Context<'_>, ty: &Type) -> bool {
    match &context.model.without_alias(ty).kind {
        TypeKind::Duration => true,
        TypeKind::Nullable(inner) => is_duration(context, inner),
        TypeKind::Named(id) => match &context.model.declaration(*id).kind {
            DeclarationKind::Newtype(target) => is_duration(context, target),
            DeclarationKind::Ext(ext) if ext.ts.is_none() => is_duration(context, &ext.target),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the values of a type are never shown, or it holds such values without a record around them.
pub(super) fn is_sensitive(context: &Context<'_>, ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::List(inner) | TypeKind::Nullable(inner) => is_sensitive(context, inner),
        TypeKind::Map(key, value) => is_sensitive(context, key) || is_sensitive(context, value),
        TypeKind::Tuple(elements) => elements.iter().any(|element| is_sensitive(context, element)),
        TypeKind::Named(id) => {
            let declared = context.model.declaration(*id);
            match &declared.kind {
                DeclarationKind::Newtype(_) if declared.extras.sensitive => true,
                // A newtype in a circle is none, since only records and enums may close it.
                DeclarationKind::Newtype(target) | DeclarationKind::Alias(target) if declared.cycle.is_none() => {
                    is_sensitive(context, target)
                }
                DeclarationKind::Ext(ext) if declared.cycle.is_none() => is_sensitive(context, &ext.target),
                _ => false,
            }
        }
        _ => false,
    }
}

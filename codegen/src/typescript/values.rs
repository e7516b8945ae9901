//! Defaults and constants as TypeScript expressions.

use procwire_idl::model::{DeclarationKind, IntType, Representation, Type, TypeId, TypeKind, Value, VariantData};

use super::context::Context;
use super::{literals, types};

/// An expression whose type is that of the field as it is read: newtypes are made by their functions.
pub(super) fn made(context: &Context<'_>, ty: &Type, value: &Value) -> String {
    let ty = context.model.without_alias(ty);
    match &ty.kind {
        TypeKind::Nullable(inner) => made(context, inner, value),
        TypeKind::Named(id) => match &context.model.declaration(*id).kind {
            DeclarationKind::Newtype(target) => format!("{}({})", context.name(*id), made(context, target, value)),
            _ => text(context, ty, value),
        },
        _ => text(context, ty, value),
    }
}

/// An expression that may be written where the field's type is.
pub(super) fn text(context: &Context<'_>, ty: &Type, value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => integer(context, ty, *value),
        Value::Float(value) => float(context, ty, *value),
        Value::String(text) => literals::string(text),
        Value::EmptyList => "[]".to_owned(),
        Value::EmptyMap if is_object(context, ty) => "{}".to_owned(),
        Value::EmptyMap => "new globalThis.Map()".to_owned(),
        Value::Variant { ty, variant } => self::variant(context, *ty, variant),
        Value::Duration(micros) => milliseconds(*micros),
    }
}

/// A duration in milliseconds.
pub(super) fn milliseconds(micros: u64) -> String {
    let (whole, rest) = (micros / 1000, micros % 1000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{rest:03}").trim_end_matches('0')) }
}

fn inner<'a>(context: &Context<'a>, ty: &'a Type) -> &'a Type {
    match &context.model.on_the_wire(ty).kind {
        TypeKind::Nullable(inner) => context.model.on_the_wire(inner),
        _ => context.model.on_the_wire(ty),
    }
}

fn is_object(context: &Context<'_>, ty: &Type) -> bool {
    !matches!(&inner(context, ty).kind, TypeKind::Map(key, _) if !types::has_text_keys(context.model, key))
}

fn integer(context: &Context<'_>, ty: &Type, value: i128) -> String {
    let ty = inner(context, ty);
    match ty.kind {
        TypeKind::Int(int @ (IntType::U64 | IntType::I64)) if types::is_bigint(int, ty) => format!("{value}n"),
        _ => value.to_string(),
    }
}

fn float(context: &Context<'_>, ty: &Type, value: f64) -> String {
    // A 32-bit float is read as the number that it holds, and so is its default.
    #[allow(clippy::cast_possible_truncation)]
    let narrow = value as f32;
    match inner(context, ty).kind {
        TypeKind::F32 if narrow.is_finite() => literals::float(f64::from(narrow)),
        _ => literals::float(value),
    }
}

fn variant(context: &Context<'_>, ty: TypeId, variant: &str) -> String {
    let (DeclarationKind::Enum(body) | DeclarationKind::Error(body)) = &context.model.declaration(ty).kind else {
        return literals::string(variant);
    };
    let found = body.variants.iter().find(|declared| declared.name == variant);
    let wire = found.map_or(variant, |declared| declared.wire.as_str());
    let is_unit = found.is_none_or(|declared| declared.data == VariantData::Unit);
    match &body.representation {
        Representation::Tagged { tag } if is_unit => {
            format!("{{ {}: {} }}", literals::property(tag), literals::string(wire))
        }
        Representation::Number(_) => {
            let given = found.and_then(|declared| declared.extras.names.ts.as_deref());
            literals::string(given.unwrap_or(variant))
        }
        _ => literals::string(wire),
    }
}

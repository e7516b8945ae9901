//! Defaults and constants as Rust expressions.

use procwire_idl::model::{DeclarationKind, Type, TypeKind, Value};

use super::context::Context;
use super::literals;

/// An expression whose type is that of the field.
pub(super) fn default<'a>(context: &Context<'a>, ty: &'a Type, value: &'a Value) -> String {
    let ty = context.model.without_alias(ty);
    let (outer, inner) = match &ty.kind {
        TypeKind::Nullable(inner) => (context.std.some, inner.as_ref()),
        TypeKind::Named(id) => match &context.model.declaration(*id).kind {
            DeclarationKind::Newtype(target) => (context.type_name(*id), target),
            _ => return plain(context, ty, value),
        },
        _ => return plain(context, ty, value),
    };
    format!("{outer}({})", default(context, inner, value))
}

/// A constant's type and its expression. A string is a `&str`, and so a newtype of one cannot be written.
pub(super) fn constant<'a>(context: &Context<'a>, ty: &'a Type, value: &'a Value) -> (String, String) {
    if let Value::String(text) = value {
        return ("&str".to_owned(), literals::string(text));
    }
    let name = super::types::text(context, ty, super::types::Place::Plain);
    (name, default(context, ty, value))
}

fn plain<'a>(context: &Context<'a>, ty: &'a Type, value: &'a Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => float(context, ty, *value),
        Value::String(text) => format!("{}::from({})", context.std.string, literals::string(text)),
        Value::EmptyList => format!("{}::new()", context.std.vec),
        Value::EmptyMap => "::std::collections::BTreeMap::new()".to_owned(),
        Value::Variant { ty, variant } => {
            format!("{}::{}", context.type_name(*ty), context.variant_name(*ty, variant))
        }
        Value::Duration(micros) => duration(*micros),
    }
}

fn float(context: &Context<'_>, ty: &Type, value: f64) -> String {
    // The shortest text of the narrower type: 0.1 and not 0.10000000149011612.
    #[allow(clippy::cast_possible_truncation)]
    let narrow = value as f32;
    match context.model.without_alias(ty).kind {
        TypeKind::F32 if narrow.is_finite() => format!("{narrow:?}"),
        _ => literals::float(value),
    }
}

/// The coarsest unit that holds the duration exactly.
fn duration(micros: u64) -> String {
    let (unit, count) = if micros.is_multiple_of(1_000_000) {
        ("secs", micros / 1_000_000)
    } else if micros.is_multiple_of(1_000) {
        ("millis", micros / 1_000)
    } else {
        ("micros", micros)
    };
    format!("::std::time::Duration::from_{unit}({count})")
}

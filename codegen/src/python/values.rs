//! Defaults and constants as Python expressions.

use procwire_idl::model::{DeclarationKind, Representation, Type, TypeKind, Value};

use super::context::Context;
use super::literals;

/// An expression whose type is that of the field.
pub(super) fn default<'a>(context: &Context<'a>, ty: &'a Type, value: &'a Value) -> String {
    let ty = context.model.without_alias(ty);
    match &ty.kind {
        TypeKind::Nullable(inner) => default(context, inner, value),
        TypeKind::Named(id) => match &context.model.declaration(*id) {
            declaration if let DeclarationKind::Newtype(target) = &declaration.kind => {
                let inner = default(context, target, value);
                if declaration.cycle.is_none() && context.is_distinct(target) {
                    format!("{}({inner})", context.type_name(*id))
                } else {
                    inner
                }
            }
            _ => plain(context, ty, value),
        },
        _ => plain(context, ty, value),
    }
}

/// An expression whose type is that of the field, or what stands under its newtypes.
pub(super) fn of_base<'a>(context: &Context<'a>, ty: &'a Type, value: &'a Value) -> String {
    let ty = context.model.on_the_wire(ty);
    match &ty.kind {
        TypeKind::Nullable(inner) => of_base(context, inner, value),
        _ => plain(context, ty, value),
    }
}

/// Whether the expression names something of the module, which may stand further down.
pub(super) fn names_something(expression: &str) -> bool {
    expression.starts_with(|c: char| c.is_ascii_uppercase()) && !matches!(expression, "True" | "False")
}

fn plain<'a>(context: &Context<'a>, ty: &'a Type, value: &'a Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => float(context, ty, *value),
        Value::String(text) => literals::string(text),
        Value::EmptyList => "[]".to_owned(),
        Value::EmptyMap => "{}".to_owned(),
        Value::Variant { ty, variant } => {
            let (DeclarationKind::Enum(body) | DeclarationKind::Error(body)) = &context.model.declaration(*ty).kind
            else {
                return literals::string(variant);
            };
            match body.representation {
                Representation::Name => literals::string(&body.variants[context.position(*ty, variant)].wire),
                Representation::Number(_) => {
                    let member = &context.members(*ty)[context.position(*ty, variant)];
                    format!("{}.{member}", context.type_name(*ty))
                }
                _ => format!("{}()", context.variant_class(*ty, &body.variants[context.position(*ty, variant)])),
            }
        }
        Value::Duration(micros) => duration(*micros),
    }
}

/// A bound of a range of the type.
pub(super) fn number(ty: &Type, value: &Value) -> String {
    match value {
        Value::Int(value) => value.to_string(),
        Value::Float(value) => of_float(&ty.kind, *value),
        Value::Duration(micros) => duration(*micros),
        other => other.to_string(),
    }
}

fn float(context: &Context<'_>, ty: &Type, value: f64) -> String {
    of_float(&context.model.without_alias(ty).kind, value)
}

fn of_float(kind: &TypeKind, value: f64) -> String {
    // The shortest text of the narrower type: 0.1 and not 0.10000000149011612.
    #[allow(clippy::cast_possible_truncation)]
    let narrow = value as f32;
    match kind {
        TypeKind::F32 if narrow.is_finite() => format!("{narrow:?}"),
        _ => literals::float(value),
    }
}

/// The coarsest unit that holds the duration exactly.
fn duration(micros: u64) -> String {
    let (unit, count) = if micros.is_multiple_of(1_000_000) {
        ("seconds", micros / 1_000_000)
    } else if micros.is_multiple_of(1_000) {
        ("milliseconds", micros / 1_000)
    } else {
        ("microseconds", micros)
    };
    format!("_p.timedelta({unit}={count})")
}

//! Constraints as the conditions that the runtime looks at.

use procwire_idl::model::{Constraints, Length, Range, Type, TypeKind, Value};

use super::{literals, types};

/// A rule: the type of the values that it is about, and the expression that makes it.
pub(super) struct Rule {
    pub ty: &'static str,
    pub expression: String,
}

/// The rule of a type that has constraints.
pub(super) fn of(ty: &Type) -> Option<Rule> {
    let constraints = ty.constraints.as_deref()?;
    let conditions = conditions(ty, constraints);
    let expression = format!("$.rule({})", conditions.join(", "));
    (!conditions.is_empty()).then(|| Rule { ty: subject(ty), expression })
}

/// The type of the values that constraints of a type are about.
fn subject(ty: &Type) -> &'static str {
    match &ty.kind {
        TypeKind::String => "string",
        TypeKind::Bytes => "$.Bytes",
        TypeKind::List(_) => "readonly unknown[]",
        TypeKind::Map(..) => "object",
        TypeKind::Int(int) if types::is_bigint(*int, ty) => "bigint",
        _ => "number",
    }
}

fn conditions(ty: &Type, constraints: &Constraints) -> Vec<String> {
    let mut conditions = Vec::new();
    if let Some(Length { min, max }) = constraints.len {
        let function = match &ty.kind {
            TypeKind::Bytes => "octets",
            TypeKind::List(_) => "elements",
            TypeKind::Map(..) => "entries",
            _ => "characters",
        };
        let max = max.map_or(String::new(), |max| format!(", {max}"));
        conditions.push(format!("$.{function}({min}{max})"));
    }
    conditions.extend(constraints.range.as_ref().map(|bounds| range(ty, bounds)));
    conditions.extend(
        constraints
            .pattern
            .as_deref()
            .map(|pattern| format!("$.pattern({}, {})", literals::string(&engine(pattern)), literals::string(pattern))),
    );
    conditions
}

fn range(ty: &Type, Range { min, max, exclusive }: &Range) -> String {
    let is_wide = matches!(&ty.kind, TypeKind::Int(int) if types::is_bigint(*int, ty));
    let function = match &ty.kind {
        TypeKind::Duration => "span",
        TypeKind::F32 => "narrowRange",
        _ if is_wide => "wideRange",
        _ => "range",
    };
    let bound = |value: &Option<Value>| match value {
        None => "undefined".to_owned(),
        Some(Value::Int(value)) if is_wide => format!("{value}n"),
        Some(Value::Float(value)) => literals::float(*value),
        Some(Value::Duration(micros)) => micros.to_string(),
        Some(value) => value.to_string(),
    };
    let exclusive = if *exclusive { ", true" } else { "" };
    format!("$.{function}({}, {}{exclusive})", bound(min), bound(max))
}

/// A pattern of a schema as one of the runtime's engine.
fn engine(pattern: &str) -> String {
    // The checks refuse patterns that are none, so that only a model from elsewhere can have one.
    procwire_idl::pattern::typescript(pattern).unwrap_or_else(|_| pattern.to_owned())
}

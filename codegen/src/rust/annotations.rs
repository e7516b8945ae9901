//! What a schema's annotations say, as options of `#[procwire(..)]`.

use procwire_idl::model::{
    Constraints, DeclarationKind, Extras, Length, Range, Retry, Type, TypeKind, UserAnnotation, Value,
};

use super::context::Context;
use super::literals;

/// The options that stand about a type: its constraints, and how it is written. An alias is looked through, since
/// nothing can stand about a type there.
pub(super) fn refinement(context: &Context<'_>, ty: &Type) -> Vec<String> {
    let ty = looked_through(context, ty);
    let mut options = ty.constraints.as_deref().map(constraints).unwrap_or_default();
    let choices = [(ty.text, "text"), (ty.ts_number, "ts_number")];
    options.extend(choices.into_iter().filter(|(is_given, _)| *is_given).map(|(_, option)| option.to_owned()));
    options.extend(parts(context, ty));
    options
}

/// Whether something stands about what is inside of a type, so that the type must be written out.
pub(super) fn has_parts(context: &Context<'_>, ty: &Type) -> bool {
    !parts(context, looked_through(context, ty)).is_empty()
}

fn parts(context: &Context<'_>, ty: &Type) -> Vec<String> {
    let part = |word: &str, ty: &Type| {
        let inside = refinement(context, ty);
        (!inside.is_empty()).then(|| format!("{word}({})", inside.join(", ")))
    };
    match &ty.kind {
        TypeKind::List(element) => part("item", element).into_iter().collect(),
        TypeKind::Map(key, value) => [part("key", key), part("value", value)].into_iter().flatten().collect(),
        TypeKind::Tuple(elements) => {
            elements.iter().enumerate().filter_map(|(at, element)| part(&format!("at{at}"), element)).collect()
        }
        _ => Vec::new(),
    }
}

fn looked_through<'a>(context: &Context<'a>, ty: &'a Type) -> &'a Type {
    match &ty.kind {
        TypeKind::Nullable(inner) => looked_through(context, inner),
        TypeKind::Named(id) => match &context.model.declaration(*id).kind {
            DeclarationKind::Alias(target) => looked_through(context, target),
            _ => ty,
        },
        _ => ty,
    }
}

fn constraints(Constraints { len, range, pattern }: &Constraints) -> Vec<String> {
    let len = len.map(|Length { min, max }| match max {
        Some(max) if max == min => format!("len = {min}"),
        Some(max) if min == 0 => format!("len = ..={max}"),
        Some(max) => format!("len = {min}..={max}"),
        None => format!("len = {min}.."),
    });
    let range = range.as_ref().map(|Range { min, max, exclusive }| {
        let bound = |value: &Option<Value>| value.as_ref().map(literal).unwrap_or_default();
        let dots = if *exclusive || max.is_none() { ".." } else { "..=" };
        format!("range = {}{dots}{}", bound(min), bound(max))
    });
    let pattern = pattern.as_ref().map(|pattern| format!("pattern = {}", literals::string(pattern)));
    [len, range, pattern].into_iter().flatten().collect()
}

/// A literal of Rust; a duration is a text with its unit.
fn literal(value: &Value) -> String {
    match value {
        Value::Float(value) => literals::float(*value),
        Value::String(text) => literals::string(text),
        Value::Duration(micros) => format!("\"{}\"", duration(*micros)),
        other => other.to_string(),
    }
}

/// A duration with the largest unit that holds it.
pub(super) fn duration(micros: u64) -> String {
    let units = [(3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms")];
    let unit = units.into_iter().find(|(scale, _)| micros > 0 && micros.is_multiple_of(*scale));
    let (scale, unit) = unit.unwrap_or((1, "us"));
    format!("{}{unit}", micros / scale)
}

/// The option of an error's variant that is worth another try.
pub(super) fn retry(retry: Retry) -> String {
    retry.after.map_or_else(|| "retry".to_owned(), |after| format!("retry = \"{}\"", duration(after)))
}

/// Of what has no `name` otherwise: the name in the schema where Rust's was given, and what only others read.
pub(super) fn extras(declared: &str, extras: &Extras) -> Vec<String> {
    let given = extras.names.rust.is_some().then(|| format!("name = {}", literals::string(declared)));
    given.into_iter().chain(others(extras)).collect()
}

/// What only others read: the names in their languages, and what users annotate.
pub(super) fn others(extras: &Extras) -> Vec<String> {
    let name =
        |key: &str, name: &Option<String>| name.as_ref().map(|name| format!("{key} = {}", literals::string(name)));
    let names = [name("ts_name", &extras.names.ts), name("py_name", &extras.names.py)];
    names.into_iter().flatten().chain(extras.user.iter().map(user)).collect()
}

fn user(UserAnnotation { name, arguments }: &UserAnnotation) -> String {
    let path = name.replace('.', "::");
    if arguments.is_empty() {
        return format!("x::{path}");
    }
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| match &argument.name {
            Some(name) => format!("{name} = {}", literal(&argument.value)),
            None => literal(&argument.value),
        })
        .collect();
    format!("x::{path}({})", arguments.join(", "))
}

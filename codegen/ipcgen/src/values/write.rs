//! From what travels to JSON.

use std::fmt::Write as _;

use procwire::Value;
use procwire::codec::from_bytes;
use procwire_idl::evolution::{Field, Form, Interface, Kind, Payload, Type, Variant};

use super::{base64, held, text};

/// What an event or a request carries, on one line.
pub fn write_payload(interface: &Interface, payload: &Payload, value: &Value) -> String {
    let mut out = String::new();
    data(interface, payload, value, &mut out);
    out
}

/// A value of a type, on one line. What is not of the type, such as a variant that came later, is written as it is.
pub fn write(interface: &Interface, ty: &Type, value: &Value) -> String {
    let mut out = String::new();
    typed(interface, ty, value, &mut out);
    out
}

fn data(interface: &Interface, payload: &Payload, value: &Value, out: &mut String) {
    match payload {
        Payload::Fields(declared) => record(interface, declared, value, out),
        Payload::Values(types) => match types.as_slice() {
            [ty] => typed(interface, ty, value, out),
            types => tuple(interface, types, value, out),
        },
    }
}

fn typed(interface: &Interface, ty: &Type, value: &Value, out: &mut String) {
    let (ty, _) = held(interface, ty);
    match (ty, value) {
        // An extension may be written as one, or as what it holds.
        (_, Value::Ext(16.., data)) if !matches!(ty, Type::Any | Type::Unknown) => match from_bytes::<Value>(data) {
            Ok(inner) if !matches!(inner, Value::Ext(..)) => typed(interface, ty, &inner, out),
            _ => untyped(value, out),
        },
        (Type::Duration, Value::Int(micros)) => match u64::try_from(*micros) {
            Ok(micros) => quoted(&text::duration(micros), out),
            Err(_) => untyped(value, out),
        },
        (Type::Uuid, Value::Bytes(bytes)) if bytes.len() == 16 => quoted(&text::uuid(bytes), out),
        (Type::Nullable(inner), value) if *value != Value::Nil => typed(interface, inner, value, out),
        (Type::List(inner), Value::List(items)) => {
            sequence('[', ']', items, out, |item, out| typed(interface, inner, item, out));
        }
        (Type::Tuple(types), value) => tuple(interface, types, value, out),
        (Type::Map(key, inner), Value::Map(entries)) => {
            sequence('{', '}', entries, out, |(name, value), out| {
                let mut text = String::new();
                typed(interface, key, name, &mut text);
                if text.starts_with('"') {
                    out.push_str(&text);
                } else {
                    quoted(&text, out);
                }
                out.push(':');
                typed(interface, inner, value, out);
            });
        }
        (Type::Float(_), Value::Int(value)) => {
            let _ = write!(out, "{value}.0");
        }
        (Type::Named(id), value) => match &interface.types[*id].kind {
            Kind::Record { fields, .. } => record(interface, fields, value, out),
            Kind::Enum { form, variants, .. } => variant(interface, form, variants, value, out),
            Kind::Transparent(_) | Kind::Ext { .. } => untyped(value, out),
        },
        _ => untyped(value, out),
    }
}

fn tuple(interface: &Interface, types: &[Type], value: &Value, out: &mut String) {
    match value {
        Value::List(items) if items.len() == types.len() => {
            let both: Vec<_> = types.iter().zip(items).collect();
            sequence('[', ']', &both, out, |(ty, item), out| typed(interface, ty, item, out));
        }
        _ => untyped(value, out),
    }
}

/// A map by its fields; others, which a newer worker may have, are written as they are.
fn record(interface: &Interface, fields: &[Field], value: &Value, out: &mut String) {
    let Value::Map(entries) = value else { return untyped(value, out) };
    sequence('{', '}', entries, out, |(name, value), out| {
        entry(name, out);
        match fields.iter().find(|field| name.as_str() == Some(&field.name)) {
            Some(field) => typed(interface, &field.ty, value, out),
            None => untyped(value, out),
        }
    });
}

fn variant(interface: &Interface, form: &Form, variants: &[Variant], value: &Value, out: &mut String) {
    match (form, value) {
        (Form::Number(_), Value::Int(number)) => {
            match variants.iter().find(|variant| variant.number == Some(*number)) {
                Some(variant) => quoted(&variant.name, out),
                None => untyped(value, out),
            }
        }
        (Form::Tagged(tag), Value::Map(entries)) => {
            let named = value.get(tag).and_then(Value::as_str);
            let Some(variant) = variants.iter().find(|variant| named == Some(&variant.name)) else {
                return untyped(value, out);
            };
            match &variant.data {
                Payload::Fields(fields) => record(interface, fields, value, out),
                Payload::Values(_) => sequence('{', '}', entries, out, |(name, value), out| {
                    entry(name, out);
                    if name.as_str() == Some("value") {
                        data(interface, &variant.data, value, out);
                    } else {
                        untyped(value, out);
                    }
                }),
            }
        }
        (Form::External, Value::Map(entries)) => sequence('{', '}', entries, out, |(name, value), out| {
            entry(name, out);
            match variants.iter().find(|variant| name.as_str() == Some(&variant.name)) {
                Some(variant) => data(interface, &variant.data, value, out),
                None => untyped(value, out),
            }
        }),
        _ => untyped(value, out),
    }
}

/// A value of which nothing is known.
pub fn untyped(value: &Value, out: &mut String) {
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Value::F32(value) => float(f64::from(*value), &format!("{value:?}"), out),
        Value::F64(value) => float(*value, &format!("{value:?}"), out),
        Value::String(text) => quoted(text, out),
        Value::Bytes(bytes) => quoted(&base64::encode(bytes), out),
        Value::Timestamp(at) => quoted(&text::timestamp(*at), out),
        Value::List(items) => sequence('[', ']', items, out, untyped),
        Value::Map(entries) => sequence('{', '}', entries, out, |(name, value), out| {
            entry(name, out);
            untyped(value, out);
        }),
        Value::Ext(code, data) => {
            let _ = write!(out, "{{\"ext\":{code},\"data\":\"{}\"}}", base64::encode(data));
        }
    }
}

fn float(value: f64, shown: &str, out: &mut String) {
    match value {
        _ if value.is_nan() => out.push_str("\"NaN\""),
        f64::INFINITY => out.push_str("\"Infinity\""),
        f64::NEG_INFINITY => out.push_str("\"-Infinity\""),
        _ => out.push_str(shown),
    }
}

/// A key, which is a text in JSON.
fn entry(name: &Value, out: &mut String) {
    if let Some(text) = name.as_str() {
        quoted(text, out);
    } else {
        let mut shown = String::new();
        untyped(name, &mut shown);
        if shown.starts_with('"') { out.push_str(&shown) } else { quoted(&shown, out) }
    }
    out.push(':');
}

fn quoted(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn sequence<T>(open: char, close: char, items: &[T], out: &mut String, mut item: impl FnMut(&T, &mut String)) {
    out.push(open);
    for (at, one) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        item(one, out);
    }
    out.push(close);
}

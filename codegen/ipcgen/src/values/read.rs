//! From JSON to what travels.

use std::fmt;

use procwire::codec::to_bytes;
use procwire::{Timestamp, Value};
use procwire_idl::evolution::{Field, Form, Interface, Kind, Payload, Type, Variant};
use serde_json::Value as Json;

use super::{base64, held, text};

/// A value that is not what its place holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// From the innermost place outwards.
    path: Vec<String>,
    message: String,
}

impl Wrong {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into() }
    }

    fn expected(what: &str, got: &Json) -> Self {
        let mut shown = got.to_string();
        if shown.chars().count() > SHOWN {
            shown = shown.chars().take(SHOWN).chain("...".chars()).collect();
        }
        Self::new(format!("expected {what}, got {shown}"))
    }

    fn within(mut self, place: String) -> Self {
        self.path.push(place);
        self
    }
}

/// More letters of a value are not shown.
const SHOWN: usize = 60;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, place) in self.path.iter().rev().enumerate() {
            f.write_str(if at == 0 { place.trim_start_matches('.') } else { place })?;
        }
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, ": {}", self.message) }
    }
}

/// What a request, an event or a variant carries.
pub fn read_payload(interface: &Interface, payload: &Payload, json: &Json) -> Result<Value, Wrong> {
    match payload {
        Payload::Fields(declared) if declared.is_empty() && json.is_null() => Ok(Value::Nil),
        Payload::Fields(declared) => Ok(Value::Map(fields(interface, declared, json, None)?)),
        Payload::Values(types) => match types.as_slice() {
            [ty] => read(interface, ty, json),
            types => tuple(interface, types, json),
        },
    }
}

/// The value of a type.
pub fn read(interface: &Interface, ty: &Type, json: &Json) -> Result<Value, Wrong> {
    let (ty, written) = held(interface, ty);
    let value = plain(interface, ty, json)?;
    match written {
        Some(code) if value != Value::Nil => extension(code, &value),
        _ => Ok(value),
    }
}

fn extension(code: u8, value: &Value) -> Result<Value, Wrong> {
    let data = to_bytes(value).map_err(|error| Wrong::new(error.to_string()))?;
    let code = i8::try_from(code).map_err(|_| Wrong::new(format!("{code} is no code of an extension")))?;
    Ok(Value::Ext(code, data))
}

fn plain(interface: &Interface, ty: &Type, json: &Json) -> Result<Value, Wrong> {
    let wrong = |what: &str| Err(Wrong::expected(what, json));
    match ty {
        Type::Bool => json.as_bool().map_or_else(|| wrong("true or false"), |value| Ok(Value::Bool(value))),
        Type::String => json.as_str().map_or_else(|| wrong("a text"), |text| Ok(text.into())),
        Type::Int(int) => {
            let (least, most) = int.range();
            match integer(json) {
                Some(value) if (least..=most).contains(&value) => Ok(Value::Int(value)),
                _ => wrong(&format!("an integer from {least} to {most}")),
            }
        }
        Type::Float(single) => float(*single, json),
        Type::Bytes => match json.as_str().and_then(base64::decode) {
            Some(bytes) => Ok(Value::Bytes(bytes.into())),
            None => wrong("bytes as base64, such as \"aGk=\""),
        },
        Type::Timestamp(_) => match json.as_str().and_then(timestamp) {
            Some(at) => Ok(Value::Timestamp(at)),
            None => wrong("a timestamp such as \"2026-11-21T15:00:00Z\""),
        },
        Type::Duration => match json.as_str().and_then(text::micros).filter(|micros| *micros < 1 << 53) {
            Some(micros) => Ok(Value::Int(micros.into())),
            None => wrong("a duration such as \"5s\", with h, m, s, ms or us"),
        },
        Type::Uuid => match json.as_str().and_then(text::uuid_bytes) {
            Some(bytes) => Ok(Value::Bytes(bytes.into())),
            None => wrong("a uuid such as \"0190f1e2-7b3c-7d4e-8f5a-6b7c8d9e0f1a\""),
        },
        Type::Any | Type::Unknown => Ok(untyped(json)),
        Type::Unit => {
            if json.is_null() {
                Ok(Value::Nil)
            } else {
                wrong("null")
            }
        }
        Type::Nullable(_) if json.is_null() => Ok(Value::Nil),
        Type::List(inner) => {
            let Some(items) = json.as_array() else { return wrong("a list") };
            let read = |(at, item)| read(interface, inner, item).map_err(|wrong| wrong.within(format!("[{at}]")));
            Ok(Value::List(items.iter().enumerate().map(read).collect::<Result<_, _>>()?))
        }
        Type::Tuple(types) => tuple(interface, types, json),
        Type::Map(key, value) => {
            let Some(entries) = json.as_object() else { return wrong("an object") };
            let entry = |(name, entry): (&String, &Json)| {
                let found = self::key(interface, key, name).and_then(|key| Ok((key, read(interface, value, entry)?)));
                found.map_err(|wrong| wrong.within(format!("[{name:?}]")))
            };
            Ok(Value::Map(entries.iter().map(entry).collect::<Result<_, _>>()?))
        }
        Type::Named(id) => match &interface.types[*id].kind {
            Kind::Record { fields: declared, .. } => Ok(Value::Map(fields(interface, declared, json, None)?)),
            Kind::Enum { form, variants, .. } => variant(interface, form, variants, json),
            Kind::Transparent(_) | Kind::Ext { .. } => Ok(untyped(json)),
        },
        Type::Nullable(inner) | Type::Constrained(inner, _) => read(interface, inner, json),
    }
}

fn integer(json: &Json) -> Option<i128> {
    let Json::Number(number) = json else { return None };
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of a few digits")]
    whole.or_else(|| {
        number.as_f64().filter(|value| value.fract() == 0.0 && value.abs() < 1e15).map(|value| value as i128)
    })
}

fn float(single: bool, json: &Json) -> Result<Value, Wrong> {
    let special = match json.as_str() {
        Some("NaN") => Some(f64::NAN),
        Some("Infinity") => Some(f64::INFINITY),
        Some("-Infinity") => Some(f64::NEG_INFINITY),
        _ => None,
    };
    let Some(value) = json.as_f64().or(special) else {
        return Err(Wrong::expected("a number, \"NaN\", \"Infinity\" or \"-Infinity\"", json));
    };
    if !single {
        return Ok(Value::F64(value));
    }
    #[expect(clippy::cast_possible_truncation, reason = "an f32 is as near as it gets")]
    let near = value as f32;
    if near.is_infinite() && value.is_finite() {
        return Err(Wrong::expected("a number that an f32 can hold", json));
    }
    Ok(Value::F32(near))
}

fn timestamp(text: &str) -> Option<Timestamp> {
    Value::from(text).to_message().ok()
}

fn tuple(interface: &Interface, types: &[Type], json: &Json) -> Result<Value, Wrong> {
    let items = json.as_array().filter(|items| items.len() == types.len());
    let Some(items) = items else { return Err(Wrong::expected(&format!("a list of {}", types.len()), json)) };
    let read = |(at, (ty, item))| read(interface, ty, item).map_err(|wrong: Wrong| wrong.within(format!("[{at}]")));
    Ok(Value::List(types.iter().zip(items).enumerate().map(read).collect::<Result<_, _>>()?))
}

/// The key of a map, which is a text in JSON whatever it is on the wire.
fn key(interface: &Interface, ty: &Type, name: &str) -> Result<Value, Wrong> {
    let text = Json::String(name.to_owned());
    match held(interface, ty).0 {
        Type::Bool | Type::Int(_) => {
            let json = serde_json::from_str(name).unwrap_or(text);
            read(interface, ty, &json)
        }
        Type::Any | Type::Unknown => Ok(name.into()),
        _ => read(interface, ty, &text),
    }
}

/// The entries of a record; `tag` is a key that is none of them.
fn fields(
    interface: &Interface,
    declared: &[Field],
    json: &Json,
    tag: Option<&str>,
) -> Result<Vec<(Value, Value)>, Wrong> {
    let Some(entries) = json.as_object() else {
        return Err(Wrong::expected("an object", json));
    };
    for name in entries.keys() {
        if Some(name.as_str()) != tag && !declared.iter().any(|field| field.name == *name) {
            let known: Vec<String> = declared.iter().map(|field| format!("`{}`", field.name)).collect();
            let known =
                if known.is_empty() { "it has none".to_owned() } else { format!("there are {}", known.join(", ")) };
            return Err(Wrong::new(format!("there is no field `{name}`; {known}")));
        }
    }
    let mut found = Vec::new();
    for field in declared {
        match entries.get(&field.name) {
            Some(value) => {
                let value = read(interface, &field.ty, value);
                let value = value.map_err(|wrong| wrong.within(format!(".{}", field.name)))?;
                found.push((field.name.as_str().into(), value));
            }
            None if field.is_needed() => return Err(Wrong::new(format!("the field `{}` is missing", field.name))),
            // The reader takes what the schema says, or nil.
            None => {}
        }
    }
    Ok(found)
}

fn variant(interface: &Interface, form: &Form, variants: &[Variant], json: &Json) -> Result<Value, Wrong> {
    let names = || variants.iter().map(|variant| format!("{:?}", variant.name)).collect::<Vec<_>>().join(", ");
    let find = |name: &str| variants.iter().find(|variant| variant.name == name);
    match form {
        Form::Name => match json.as_str().filter(|name| find(name).is_some()) {
            Some(name) => Ok(name.into()),
            None => Err(Wrong::expected(&format!("one of {}", names()), json)),
        },
        Form::Number(_) => {
            let number = json.as_str().and_then(find).and_then(|variant| variant.number);
            let number =
                number.or_else(|| integer(json).filter(|it| variants.iter().any(|own| own.number == Some(*it))));
            number.map_or_else(|| Err(Wrong::expected(&format!("one of {}", names()), json)), |it| Ok(Value::Int(it)))
        }
        Form::Tagged(tag) => {
            let what = || format!("an object whose `{tag}` is one of {}", names());
            // A text is short for a variant without data.
            let found = json.as_str().or_else(|| json.get(tag)?.as_str()).and_then(find);
            let Some(variant) = found else { return Err(Wrong::expected(&what(), json)) };
            let mut entries = vec![(tag.as_str().into(), variant.name.as_str().into())];
            match &variant.data {
                Payload::Fields(declared) => {
                    let empty = Json::Object(serde_json::Map::new());
                    let json = if json.is_string() { &empty } else { json };
                    entries.extend(fields(interface, declared, json, Some(tag))?);
                }
                Payload::Values(_) => {
                    let Some(value) = json.get("value") else {
                        return Err(Wrong::new(format!("the variant `{}` has its data in `value`", variant.name)));
                    };
                    let value = read_payload(interface, &variant.data, value);
                    entries.push(("value".into(), value.map_err(|wrong| wrong.within(".value".to_owned()))?));
                }
            }
            Ok(Value::Map(entries))
        }
        Form::External => {
            let what = || format!("one of {}, or an object with one of them as its only key", names());
            if let Some(variant) = json.as_str().and_then(find) {
                return match &variant.data {
                    Payload::Fields(declared) if declared.is_empty() => Ok(variant.name.as_str().into()),
                    _ => Err(Wrong::expected(&format!("`{{{:?}: ..}}`, as it has data", variant.name), json)),
                };
            }
            let only = json.as_object().filter(|entries| entries.len() == 1).and_then(|entries| entries.iter().next());
            let Some((variant, data)) = only.and_then(|(name, data)| Some((find(name)?, data))) else {
                return Err(Wrong::expected(&what(), json));
            };
            let data = read_payload(interface, &variant.data, data);
            let data = data.map_err(|wrong| wrong.within(format!(".{}", variant.name)))?;
            Ok(Value::Map(vec![(variant.name.as_str().into(), data)]))
        }
    }
}

/// JSON as it is.
pub fn untyped(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            whole.map_or_else(|| Value::F64(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
        }
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::List(items.iter().map(untyped).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(name, value)| (name.as_str().into(), untyped(value))).collect())
        }
    }
}

//! Values as the vectors write them.

use procwire::Value;
use serde_json::{Value as Json, json};

use crate::hex::hex;

/// The notation of a value.
pub fn notation(value: &Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => match i64::try_from(*value) {
            Ok(value) if value.unsigned_abs() < 1 << 53 => json!(value),
            _ => json!({"$int": value.to_string()}),
        },
        Value::F32(value) => json!({"$f32": hex(&value.to_be_bytes())}),
        Value::F64(value) => json!({"$f64": hex(&value.to_be_bytes())}),
        Value::String(text) => json!(text),
        Value::Bytes(bytes) => json!({"$bytes": hex(bytes)}),
        Value::Timestamp(time) => json!({"$time": [time.seconds().to_string(), time.nanos()]}),
        Value::List(list) => list.iter().map(notation).collect(),
        Value::Map(entries) => map(entries),
        Value::Ext(code, data) => json!({"$ext": [code, hex(data)]}),
    }
}

fn map(entries: &[(Value, Value)]) -> Json {
    if entries.iter().all(|(key, _)| key.as_str().is_some()) {
        let named = entries.iter().map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), notation(value)));
        return Json::Object(named.collect());
    }
    let pairs: Vec<Json> = entries.iter().map(|(key, value)| json!([notation(key), notation(value)])).collect();
    json!({"$map": pairs})
}

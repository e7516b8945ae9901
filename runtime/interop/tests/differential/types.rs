//! The types that payloads are read as, in a schema and in Rust.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, SystemTime};

use procwire::codec::{DecodeError, Message, from_bytes, to_bytes};
use procwire::{Bytes, Value};

use crate::vectors::{Item, OpenMode, OrderType, PythonMessage, Side, TradeError, again};

/// The types of the vectors, and some that put them into one another. Unit alone is not among them, since a parameter
/// that is unit is none; nor are timestamps that are written as text, whose texts tell how fine a language's clock is.
pub const TYPES: [&str; 78] = [
    "bool",
    "string",
    "u8",
    "u16",
    "u32",
    "u64",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "bytes",
    "timestamp",
    "duration",
    "uuid",
    "any",
    "list<u32>",
    "(string, i32)",
    "(u8,)",
    "map<string, u32>",
    "map<i32, bool>",
    "map<bool, u8>",
    "map<Symbol, list<Symbol>>",
    "map<Side, u8>",
    "map<Mode, u8>",
    "u8?",
    "list<u8?>",
    "list<map<string, list<i8>>>",
    "Item",
    "Strict",
    "Empty",
    "Symbol",
    "Node",
    "Side",
    "StrictSide",
    "Mode",
    "OpenMode",
    "OrderType",
    "StrictShape",
    "Status",
    "PythonMessage",
    "TradeError",
    "Tree",
    "Code",
    "Three",
    "Digits",
    "Blob",
    "Few",
    "Named",
    "Percent",
    "Signed",
    "Wide",
    "Share",
    "Half",
    "Wait",
    "Limited",
    "Part",
    "Price",
    "Amount",
    "Pair",
    "Short",
    "Bill",
    "Instant",
    "TextInstant",
    "TextId",
    "list<()>",
    "list<any>",
    "map<string, any>",
    "list<Item>",
    "map<string, OrderType>",
    "(Item, Side?)",
    "list<timestamp>",
    "list<bytes?>",
    "map<u64, duration>",
    "map<OpenMode, string>",
    "list<PythonMessage>",
    "list<TradeError?>",
];

/// The schema of the stubs: the vectors' types, and a service with a method for each of [`TYPES`], so that every
/// language has a codec for it under the method's place.
pub fn schema(vectors: &str) -> String {
    let mut schema =
        format!("{vectors}\n/// Each method takes one of the types that payloads are read as.\nservice Payloads {{\n");
    for (index, ty) in TYPES.iter().enumerate() {
        // A `String` takes everything.
        let _ = writeln!(schema, "  read_{index}({ty}) -> none;");
    }
    schema.push_str("}\n");
    schema
}

fn through<T: Message>(payload: &Bytes) -> Result<Bytes, DecodeError> {
    let value: T = from_bytes(payload)?;
    Ok(to_bytes(&value).expect("what was read can be written"))
}

/// Reads the payload as one of [`TYPES`], and writes it again.
pub fn read(ty: &str, payload: &[u8]) -> Result<Bytes, DecodeError> {
    let read = match ty {
        "list<()>" => through::<Vec<()>>,
        "list<any>" => through::<Vec<Value>>,
        "map<string, any>" => through::<BTreeMap<String, Value>>,
        "list<Item>" => through::<Vec<Item>>,
        "map<string, OrderType>" => through::<BTreeMap<String, OrderType>>,
        "(Item, Side?)" => through::<(Item, Option<Side>)>,
        "list<timestamp>" => through::<Vec<SystemTime>>,
        "list<bytes?>" => through::<Vec<Option<Bytes>>>,
        "map<u64, duration>" => through::<BTreeMap<u64, Duration>>,
        "map<OpenMode, string>" => through::<BTreeMap<OpenMode, String>>,
        "list<PythonMessage>" => through::<Vec<PythonMessage>>,
        "list<TradeError?>" => through::<Vec<Option<TradeError>>>,
        _ => return again(ty, payload),
    };
    read(&Bytes::copy_from_slice(payload))
}

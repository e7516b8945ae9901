//! The types that the vectors name, in Rust: `runtime/vectors/values/types.ipc` by hand.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::refined;
use procwire::codec::{DecodeError, from_bytes, to_bytes};
use procwire::{Bytes, Message, UnknownVariant, Uuid, Value};

#[derive(Clone, Debug, PartialEq, procwire::Message)]
pub struct Item {
    id: u32,
    #[procwire(optional)]
    note: Option<String>,
    ratio: Option<f64>,
    #[procwire(default = 50)]
    limit: u32,
    level: Option<u8>,
    #[procwire(wire = "clientRef", optional)]
    client_ref: Option<String>,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(strict)]
pub struct Strict {
    halted: bool,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
pub struct Empty {}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
pub struct Symbol(String);

#[derive(Clone, Debug, PartialEq, procwire::Message)]
pub struct Node {
    next: Option<Box<Node>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
pub enum Side {
    Buy,
    #[procwire(wire = "sell")]
    Sell,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
pub enum StrictSide {
    Buy,
    Sell,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
#[procwire(repr = "u8")]
pub enum Mode {
    Paper = 0,
    Live = 1,
    Test = 200,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
#[procwire(repr = "i16")]
#[repr(i16)]
pub enum OpenMode {
    Down = -1,
    Low = 1,
    High = 300,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
pub enum OrderType {
    Market,
    Limit {
        price: String,
        #[procwire(default = false)]
        post_only: bool,
    },
    Pegged(i32),
    Bracket(String, Side),
    Nothing {},
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(tag = "kind")]
pub enum StrictShape {
    Circle { radius: f64 },
    Point,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(tagged)]
pub enum Status {
    Up,
    Down,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(external)]
pub enum PythonMessage {
    Ping,
    Run {
        script: String,
    },
    New(u8),
    Tuple(u8, u8),
    Empty {},
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(error)]
pub enum TradeError {
    RateLimited {
        retry_after: Duration,
    },
    UnknownSymbol(Symbol),
    Closed,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
pub enum Tree {
    Leaf(u32),
    Pair(Box<Tree>, Box<Tree>),
}

fn through<T: Message>(payload: &Bytes) -> Result<Bytes, DecodeError> {
    let value: T = from_bytes(payload)?;
    Ok(to_bytes(&value).expect("what was read can be written"))
}

/// Reads the payload as the type with this name in a schema, and writes it again.
pub fn again(name: &str, payload: &[u8]) -> Result<Bytes, DecodeError> {
    let read = match name {
        "bool" => through::<bool>,
        "string" => through::<String>,
        "u8" => through::<u8>,
        "u16" => through::<u16>,
        "u32" => through::<u32>,
        "u64" => through::<u64>,
        "i8" => through::<i8>,
        "i16" => through::<i16>,
        "i32" => through::<i32>,
        "i64" => through::<i64>,
        "f32" => through::<f32>,
        "f64" => through::<f64>,
        "bytes" => through::<Bytes>,
        "timestamp" => through::<SystemTime>,
        "duration" => through::<Duration>,
        "uuid" => through::<Uuid>,
        "any" => through::<Value>,
        "()" => through::<()>,
        "list<u32>" => through::<Vec<u32>>,
        "(string, i32)" => through::<(String, i32)>,
        "(u8,)" => through::<(u8,)>,
        "map<string, u32>" => through::<BTreeMap<String, u32>>,
        "map<i32, bool>" => through::<BTreeMap<i32, bool>>,
        "map<bool, u8>" => through::<BTreeMap<bool, u8>>,
        "map<Symbol, list<Symbol>>" => through::<BTreeMap<Symbol, Vec<Symbol>>>,
        "map<Side, u8>" => through::<BTreeMap<Side, u8>>,
        "map<Mode, u8>" => through::<BTreeMap<Mode, u8>>,
        "u8?" => through::<Option<u8>>,
        "list<u8?>" => through::<Vec<Option<u8>>>,
        "list<map<string, list<i8>>>" => through::<Vec<BTreeMap<String, Vec<i8>>>>,
        "Item" => through::<Item>,
        "Strict" => through::<Strict>,
        "Empty" => through::<Empty>,
        "Symbol" => through::<Symbol>,
        "Node" => through::<Node>,
        "Side" => through::<Side>,
        "StrictSide" => through::<StrictSide>,
        "Mode" => through::<Mode>,
        "OpenMode" => through::<OpenMode>,
        "OrderType" => through::<OrderType>,
        "StrictShape" => through::<StrictShape>,
        "Status" => through::<Status>,
        "PythonMessage" => through::<PythonMessage>,
        "TradeError" => through::<TradeError>,
        "Tree" => through::<Tree>,
        "Code" => through::<refined::Code>,
        "Three" => through::<refined::Three>,
        "Digits" => through::<refined::Digits>,
        "Blob" => through::<refined::Blob>,
        "Few" => through::<refined::Few>,
        "Named" => through::<refined::Named>,
        "Percent" => through::<refined::Percent>,
        "Signed" => through::<refined::Signed>,
        "Wide" => through::<refined::Wide>,
        "Share" => through::<refined::Share>,
        "Half" => through::<refined::Half>,
        "Wait" => through::<refined::Wait>,
        "Limited" => through::<refined::Limited>,
        "Part" => through::<refined::Part>,
        "Price" => through::<refined::Price>,
        "Amount" => through::<refined::Amount>,
        "Pair" => through::<refined::Pair>,
        "Short" => through::<refined::Short>,
        "Bill" => through::<refined::Bill>,
        "Instant" => through::<refined::Instant>,
        "TextTime" => through::<refined::TextTime>,
        "TextInstant" => through::<refined::TextInstant>,
        "TextId" => through::<refined::TextId>,
        "Stamped" => through::<refined::Stamped>,
        other => panic!("the vectors name a type that is not known here: {other}"),
    };
    read(&Bytes::copy_from_slice(payload))
}

/// Reads an integer, in whatever form, of the type that is wide enough.
pub fn read_as_int(payload: &Bytes) -> Result<Value, DecodeError> {
    match from_bytes::<i64>(payload) {
        Ok(value) => Ok(value.into()),
        Err(_) => from_bytes::<u64>(payload).map(Value::from),
    }
}

//! The types of the vectors that say more about a type than which it is.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use procwire::{Bytes, Message, Timestamp, Uuid};

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Code(#[procwire(len = 1..=12, pattern = "^[A-Z.]+$")] String);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Three(#[procwire(len = 3)] String);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Digits(#[procwire(pattern = r"\d")] String);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Blob(#[procwire(len = 2..=4)] Bytes);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Few(#[procwire(len = ..=3, item(range = 1..=9))] Vec<u8>);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Named(#[procwire(len = 1.., key(len = 1..=3), value(range = -5..))] BTreeMap<String, i32>);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Percent(#[procwire(range = ..=100)] u8);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Signed(#[procwire(range = -5..=5)] i64);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Wide(#[procwire(range = 9_007_199_254_740_993..)] u64);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Share(#[procwire(range = 0.0..1.0)] f64);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Half(#[procwire(range = ..=0.5)] f32);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Wait(#[procwire(range = "1ms"..="5s")] Duration);

#[derive(Clone, PartialEq, Message)]
pub struct Limited {
    #[procwire(len = 1..=12)]
    symbol: String,
    #[procwire(optional, range = 1..)]
    qty: Option<u32>,
    #[procwire(len = ..=3)]
    note: Option<String>,
    #[procwire(default = [])]
    legs: Vec<(Code, i32)>,
    #[procwire(optional, sensitive, len = 4)]
    pin: Option<String>,
    #[procwire(default = 50, range = ..=100)]
    percent: u8,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub enum Part {
    Round {
        #[procwire(range = 0.0..)]
        radius: f64,
    },
    Text(#[procwire(len = 1..)] String),
    Both(String, #[procwire(range = 1..=9)] u8),
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 16)]
pub struct Price(String);

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 17, write)]
pub struct Amount(i64);

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 18, write)]
pub struct Pair((String, u8));

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 20)]
pub struct Short(#[procwire(len = ..=3)] String);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Bill {
    price: Price,
    amounts: Vec<Amount>,
    pair: Option<Pair>,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Instant(Timestamp);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct TextTime(#[procwire(text)] SystemTime);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct TextInstant(#[procwire(text)] Timestamp);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct TextId(#[procwire(text)] Uuid);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Stamped {
    at: Timestamp,
    #[procwire(optional, text)]
    day: Option<SystemTime>,
    #[procwire(text)]
    id: Uuid,
    #[procwire(item(text))]
    ids: Vec<Uuid>,
}

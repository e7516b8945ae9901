//! Types under `#[derive(procwire::Message)]`: what they write, what they take, and what they refuse.

use std::collections::BTreeMap;
use std::time::Duration;

use procwire::codec::{DecodeError, Reason, from_bytes, to_bytes};
use procwire::{Bytes, Message, UnknownVariant, Uuid, Value};

mod hex;
use hex::{hex, unhex};

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(builder)]
struct Order {
    id: u64,
    kind: OrderType,
    #[procwire(default = 50)]
    limit: u32,
    #[procwire(optional)]
    note: Option<String>,
    parent: Option<Box<Order>>,
    #[procwire(wire = "clientRef", optional)]
    client_ref: Option<String>,
    #[procwire(default = "x")]
    r#type: String,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
enum OrderType {
    Market,
    Limit {
        price: String,
        #[procwire(default = false)]
        post_only: bool,
    },
    Pegged(i32),
    Bracket(String, Side),
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, procwire::Message)]
enum Side {
    Buy,
    #[procwire(wire = "sell")]
    Sell,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
#[procwire(repr = "i8")]
enum Mode {
    Paper = -1,
    Live,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
#[procwire(repr = "u16")]
#[repr(u16)]
enum Level {
    Low = 1,
    High = 300,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(external)]
enum PythonMessage {
    Ping,
    Run { script: String },
    Many(u8, u8),
    One(Vec<u8>),
    Empty {},
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(strict, reserved = ["old"])]
struct Strict {
    halted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
struct Symbol(String);

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(error)]
enum TradeError {
    RateLimited {
        retry_after: Duration,
    },
    UnknownSymbol(Symbol),
    Closed,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Foreign {
    name: String,
    inner: Option<Box<Foreign>>,
    kind: ForeignKind,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum ForeignKind {
    Unit,
    New(u8),
    Struct { x: f32 },
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Holder {
    foreign: Foreign,
    list: Vec<Foreign>,
    may: Option<Foreign>,
    #[procwire(optional)]
    optional: Option<Foreign>,
}

fn bytes<T: Message>(value: &T) -> String {
    hex(&to_bytes(value).unwrap())
}

fn read<T: Message>(text: &str) -> Result<T, DecodeError> {
    from_bytes(&Bytes::from(unhex(text)))
}

fn round<T: Message + PartialEq + std::fmt::Debug>(value: T) {
    let payload = to_bytes(&value).unwrap();
    assert_eq!(from_bytes::<T>(&payload).unwrap(), value);
}

fn order() -> Order {
    Order::new(7, OrderType::Market, None)
}

#[test]
fn works() {
    round(
        order()
            .with_note("x".into())
            .with_limit(3)
            .with_type("y".into()),
    );
    round(OrderType::Bracket("a".into(), Side::Sell));
    round(OrderType::Pegged(-5));
    round(OrderType::Limit {
        price: "1".into(),
        post_only: true,
    });
    assert_eq!(
        bytes(&OrderType::Pegged(-5)),
        "82a474797065a6506567676564a576616c7565fb"
    );
    round(Mode::Paper);
    round(Mode::Live);
    round(Level::High);
    round(PythonMessage::Empty {});
    round(PythonMessage::Many(1, 200));
    round(PythonMessage::One(vec![1]));
    round(Strict { halted: true });
    round(TradeError::UnknownSymbol(Symbol("x".into())));
    let f = Foreign {
        name: "a".into(),
        inner: Some(Box::new(Foreign {
            name: "b".into(),
            inner: None,
            kind: ForeignKind::Unit,
        })),
        kind: ForeignKind::Struct { x: 1.0 },
    };
    round(Holder {
        foreign: f.clone(),
        list: vec![f.clone()],
        may: Some(f),
        optional: None,
    });
    let unknown: OrderType = read("82a378797a01a474797065a3466f6f").unwrap();
    assert!(matches!(&unknown, OrderType::Unknown(u) if u.tag() == "Foo"));
    assert_eq!(bytes(&unknown), "82a378797a01a474797065a3466f6f");
    let map: BTreeMap<Mode, u8> = read("81a22d3105").unwrap();
    assert_eq!(map[&Mode::Paper], 5);
    let error = read::<Order>("81a26964a178").unwrap_err();
    assert_eq!(error.to_string(), "id: expected u64, got string");
    assert_eq!(
        read::<Strict>("82a668616c746564c3a178c0")
            .unwrap_err()
            .reason(),
        Reason::UnknownField
    );
    let _ = (Uuid::nil(), Value::Nil);
}

//! What a schema says about a type beyond the type: constraints, secrets, other forms, extensions.

mod hex;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use hex::{hex, unhex};
use procwire::codec::{from_bytes, to_bytes};
use procwire::{Bytes, Check, Message, Timestamp, UnknownVariant, Uuid};

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Message)]
struct Symbol(#[procwire(len = 1..=4, pattern = "^[A-Z.]+$")] String);

#[derive(Clone, Debug, PartialEq, Message)]
struct Leg {
    symbol: Symbol,
    #[procwire(range = 1..)]
    quantity: u64,
}

#[derive(Clone, Debug, PartialEq, Message)]
enum Kind {
    Market,
    Pegged(#[procwire(range = -5..=5)] i32),
    Bracket(f64, #[procwire(range = 0.0..1.0)] f64),
    Limit {
        #[procwire(range = "1ms"..="5s")]
        within: Duration,
    },
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(external)]
enum Outside {
    Many(#[procwire(len = ..=1)] Vec<u8>, u8),
    Named {
        #[procwire(len = 2)]
        text: Bytes,
    },
}

#[derive(Clone, Debug, PartialEq, Message)]
struct Order {
    #[procwire(len = 1..=2)]
    legs: Vec<Leg>,
    kind: Kind,
    #[procwire(item(len = ..=3))]
    notes: Vec<String>,
    #[procwire(optional, len = ..=3)]
    note: Option<String>,
    #[procwire(default = 7, range = 1..=9)]
    level: u8,
    #[procwire(key(pattern = "^k"), value(item(range = 1..)))]
    tags: BTreeMap<String, Vec<u32>>,
    #[procwire(at1(len = 1..))]
    pair: (u8, Option<String>),
}

fn order() -> Order {
    Order {
        legs: vec![Leg { symbol: Symbol("A.B".into()), quantity: 1 }],
        kind: Kind::Market,
        notes: vec!["abc".into()],
        note: None,
        level: 9,
        tags: BTreeMap::from([("k".into(), vec![1])]),
        pair: (0, None),
    }
}

/// What is told about an order that `spoil` spoilt: the same before it is sent and when it arrives.
fn told(spoil: impl FnOnce(&mut Order)) -> String {
    let mut order = order();
    spoil(&mut order);
    let checked = order.check().expect_err("it breaks a constraint");
    let arrived = from_bytes::<Order>(&to_bytes(&order).expect("it has a form")).expect_err("it is refused");
    assert_eq!(arrived.reason().as_str(), "constraint");
    assert_eq!(checked.to_string(), arrived.to_string());
    checked.to_string()
}

#[test]
fn what_keeps_all_constraints_passes() {
    let mut order = order();
    for kind in [Kind::Pegged(-5), Kind::Bracket(7.0, 0.0), Kind::Limit { within: Duration::from_secs(5) }] {
        order.kind = kind;
        order.check().expect("nothing is wrong");
        assert_eq!(from_bytes::<Order>(&to_bytes(&order).expect("a form")).expect("taken"), order);
    }
}

#[test]
fn what_breaks_one_is_told_with_its_path() {
    assert_eq!(told(|order| order.legs.clear()), "legs: expected 1 to 2 entries, got 0");
    assert_eq!(told(|order| order.legs[0].quantity = 0), "legs[0].quantity: expected 1 or more, got 0");
    assert_eq!(
        told(|order| order.legs[0].symbol = Symbol("ABCDE".into())),
        "legs[0].symbol: expected 1 to 4 characters, got 5"
    );
    assert_eq!(
        told(|order| order.legs[0].symbol = Symbol("ab".into())),
        "legs[0].symbol: expected text that matches ^[A-Z.]+$, got \"ab\""
    );
    assert_eq!(told(|order| order.kind = Kind::Pegged(6)), "kind.value: expected -5 to 5, got 6");
    assert_eq!(
        told(|order| order.kind = Kind::Bracket(0.0, f64::NAN)),
        "kind.value[1]: expected 0 to below 1, got NaN"
    );
    assert_eq!(
        told(|order| order.kind = Kind::Limit { within: Duration::from_millis(5_001) }),
        "kind.within: expected 1ms to 5s, got 5001ms"
    );
    assert_eq!(told(|order| order.notes.push("abcd".into())), "notes[1]: expected at most 3 characters, got 4");
    assert_eq!(told(|order| order.note = Some("äöüß".into())), "note: expected at most 3 characters, got 4");
    assert_eq!(told(|order| order.level = 0), "level: expected 1 to 9, got 0");
    assert_eq!(
        told(|order| drop(order.tags.insert("x".into(), vec![1]))),
        "tags: expected text that matches ^k, got \"x\""
    );
    assert_eq!(
        told(|order| drop(order.tags.insert("k".into(), vec![1, 0]))),
        "tags[\"k\"][1]: expected 1 or more, got 0"
    );
    assert_eq!(told(|order| order.pair.1 = Some(String::new())), "pair[1]: expected 1 or more characters, got 0");
}

#[test]
fn paths_in_serdes_form_are_those_of_a_reader() {
    for (value, expected) in [
        (Outside::Many(vec![1, 2], 0), "Many[0]: expected at most 1 entries, got 2"),
        (Outside::Named { text: Bytes::from_static(b"abc") }, "Named.text: expected 2 bytes, got 3"),
    ] {
        assert_eq!(value.check().expect_err("too long").to_string(), expected);
        let arrived = from_bytes::<Outside>(&to_bytes(&value).expect("a form")).expect_err("refused");
        assert_eq!(arrived.to_string(), expected);
    }
}

#[derive(Clone, PartialEq, Message)]
struct Login {
    user: String,
    #[procwire(sensitive, len = 8..)]
    password: String,
    #[procwire(sensitive)]
    pin: u8,
    #[procwire(sensitive, optional)]
    kind: Option<Strict>,
}

#[derive(Clone, Debug, PartialEq, Message)]
enum Strict {
    Known { code: u8 },
}

#[derive(Clone, PartialEq, Message)]
#[procwire(sensitive)]
struct Token(#[procwire(pattern = "^t")] String);

#[derive(Clone, PartialEq, Message)]
enum Proof {
    None,
    Tuple(u8, Token),
    Key {
        id: u8,
        #[procwire(sensitive)]
        key: Bytes,
    },
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[test]
fn a_secret_is_not_shown() {
    let login = Login { user: "anna".into(), password: "hunter22".into(), pin: 7, kind: None };
    assert_eq!(
        format!("{login:?}"),
        "Login { user: \"anna\", password: <redacted>, pin: <redacted>, kind: <redacted> }"
    );
    assert_eq!(format!("{:?}", Proof::None), "None");
    assert_eq!(format!("{:?}", Proof::Tuple(1, Token("t".into()))), "Tuple(1, Token(<redacted>))");
    let key = Proof::Key { id: 1, key: Bytes::from_static(b"secret") };
    assert_eq!(format!("{key:?}"), "Key { id: 1, key: <redacted> }");
}

#[test]
fn a_secret_that_is_refused_is_not_told() {
    let short = Login { user: "anna".into(), password: "hunter2".into(), pin: 7, kind: None };
    assert_eq!(
        short.check().expect_err("short").to_string(),
        "password: expected 8 or more characters, got <redacted>"
    );
    let token = from_bytes::<Token>(&to_bytes(&"secret".to_owned()).expect("a form")).expect_err("refused");
    assert_eq!(token.to_string(), "expected text that matches ^t, got <redacted>");

    // {"user": "a", "password": "hunter22", "pin": 300}
    let entries = "a475736572a161a870617373776f7264a868756e7465723232a370696e";
    let payload = Bytes::from(unhex(&format!("83{entries}cd012c")));
    let refused = from_bytes::<Login>(&payload).expect_err("300 is no u8").to_string();
    assert_eq!(refused, "pin: <redacted> is out of range for u8");
    // The same with pin 7 and kind {"type": "Known", "code": 300}: the path ends at the secret.
    let payload = Bytes::from(unhex(&format!("84{entries}07a46b696e6482a474797065a54b6e6f776ea4636f6465cd012c")));
    let refused = from_bytes::<Login>(&payload).expect_err("300 is no u8").to_string();
    assert_eq!(refused, "kind: <redacted> is out of range for u8");
}

#[derive(Clone, Debug, PartialEq, Message)]
struct Times {
    #[procwire(text)]
    at: SystemTime,
    #[procwire(text)]
    exact: Timestamp,
    #[procwire(text)]
    id: Uuid,
    #[procwire(item(text), optional)]
    all: Option<Vec<Option<Uuid>>>,
}

#[test]
fn text_is_written_where_it_is_asked_for_and_both_forms_are_read() {
    let times = Times {
        at: SystemTime::UNIX_EPOCH + Duration::from_millis(500),
        exact: Timestamp::new(0, 1).expect("below a second"),
        id: Uuid::from_u128(0xf),
        all: Some(vec![None, Some(Uuid::nil())]),
    };
    let payload = to_bytes(&times).expect("a form");
    for text in ["1970-01-01T00:00:00.5Z", "1970-01-01T00:00:00.000000001Z", "00000000-0000-0000-0000-00000000000f"] {
        assert!(hex(&payload).contains(&hex(text.as_bytes())), "{text} in {}", hex(&payload));
    }
    assert_eq!(from_bytes::<Times>(&payload).expect("read"), times);
}

/// A type of somebody else's, with a text form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cents(i64);

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl FromStr for Cents {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, cents) = text.split_once('.').ok_or("no point")?;
        let number = |text: &str| text.parse::<i64>().map_err(|_| "no number");
        Ok(Self(number(whole)? * 100 + number(cents)?))
    }
}

impl From<Cents> for i64 {
    fn from(cents: Cents) -> Self {
        cents.0
    }
}

impl TryFrom<i64> for Cents {
    type Error = &'static str;

    fn try_from(cents: i64) -> Result<Self, Self::Error> {
        if cents < 0 { Err("a debt") } else { Ok(Self(cents)) }
    }
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 16, target = "String")]
struct Price(#[procwire(len = ..=6)] Cents);

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 17, target = "i64", write)]
struct Amount(Cents);

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(ext = 18, write)]
struct Nested(Vec<Option<Nested>>);

#[test]
fn an_extension_is_read_in_both_forms_and_written_in_one() {
    let read = |bytes: &str| from_bytes::<Price>(&Bytes::from(unhex(bytes))).map_err(|error| error.to_string());
    assert_eq!(hex(&to_bytes(&Price(Cents(1250))).expect("a form")), "a531322e3530");
    assert_eq!(read("a531322e3530"), Ok(Price(Cents(1250))));
    assert_eq!(read("c70610a531322e3530"), Ok(Price(Cents(1250))));
    assert_eq!(read("a3313250"), Err("expected Price, got \"12P\" (no point)".to_owned()));
    assert_eq!(read("a7313233342e3530"), Err("expected at most 6 characters, got 7".to_owned()));
    assert!(read("c70611a531322e3530").is_err(), "another code");
    assert!(read("c70710a531322e3530c0").is_err(), "more than one value");

    let amount = Amount(Cents(5));
    assert_eq!(hex(&to_bytes(&amount).expect("a form")), "d41105");
    assert_eq!(from_bytes::<Amount>(&Bytes::from(unhex("d41105"))), Ok(amount.clone()));
    assert_eq!(from_bytes::<Amount>(&Bytes::from(unhex("05"))), Ok(amount));
    let refused = from_bytes::<Amount>(&Bytes::from(unhex("ff"))).expect_err("negative");
    assert_eq!(refused.to_string(), "expected Amount, got another value: a debt");
}

#[test]
fn extensions_inside_each_other_have_an_end() {
    let mut value = Nested(Vec::new());
    for _ in 0..40 {
        value = Nested(vec![Some(value)]);
    }
    let payload = to_bytes(&value).expect("a form");
    assert_eq!(from_bytes::<Nested>(&payload), Ok(value));

    let mut bytes = vec![0x90];
    for _ in 0..2_000 {
        let mut outer = vec![0x91, 0xc9];
        outer.extend(u32::try_from(bytes.len()).expect("short").to_be_bytes());
        outer.push(18);
        outer.extend(&bytes);
        bytes = outer;
    }
    let refused = from_bytes::<Nested>(&Bytes::from(bytes)).expect_err("too deep");
    assert_eq!(refused.reason().as_str(), "depth");
}

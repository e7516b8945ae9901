//! Fields whose types only serde describes.

mod hex;

use std::collections::BTreeMap;

use hex::unhex;
use procwire::codec::{DecodeError, Reason, from_bytes, to_bytes};
use procwire::stub_v1::Shape;
use procwire::{Bytes, Message, Uuid, Value};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Foreign {
    name: String,
    ratio: f32,
    count: u64,
    letter: char,
    kind: Kind,
    inner: Option<Box<Foreign>>,
    numbers: BTreeMap<i16, bool>,
    pair: (u8, String),
    #[serde(with = "blob")]
    data: Vec<u8>,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    New(Wrapped),
    Tuple(u8, u8),
    Struct { x: i8 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", deny_unknown_fields)]
enum Inner {
    A { x: u8 },
    B,
}

/// Bytes as bytes, as `serde_bytes` does it.
mod blob {
    use serde::{Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Holder {
    foreign: Foreign,
    list: Vec<Foreign>,
    nullable: Option<Foreign>,
    #[procwire(optional)]
    optional: Option<Foreign>,
    #[procwire(default = Kind::Unit)]
    kind: Kind,
    tuple: Choice,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
enum Choice {
    One(Kind),
    Both(Kind, u8),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Keys(BTreeMap<i16, bool>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Blob(#[serde(with = "blob")] Vec<u8>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Outer {
    list: Vec<BTreeMap<String, Wrapped>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {}

#[derive(Debug, Serialize, Deserialize)]
struct Chain(Option<Box<Chain>>);

#[derive(Debug, Serialize, Deserialize)]
enum Nested {
    Leaf,
    Next(Box<Nested>),
}

#[derive(procwire::Message)]
struct NestedMessage(Nested);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Blobs {
    data: Bytes,
    id: Uuid,
}

#[derive(procwire::Message)]
struct BlobsMessage(Blobs);

fn foreign() -> Foreign {
    Foreign {
        name: "a".into(),
        ratio: 0.5,
        count: 1 << 40,
        letter: 'ä',
        kind: Kind::New(Wrapped(7)),
        inner: None,
        numbers: BTreeMap::from([(-1, true), (300, false)]),
        pair: (1, "x".into()),
        data: vec![1, 200],
        bytes: vec![1, 200],
    }
}

/// One field, so that a payload of a foreign type can be tried.
macro_rules! read_as {
    ($ty:ty, $payload:expr) => {{
        #[derive(Debug, procwire::Message)]
        struct Wrapper($ty);
        let read: Result<Wrapper, DecodeError> = from_bytes(&Bytes::from(unhex($payload)));
        read.map(|wrapper| wrapper.0)
    }};
}

#[test]
fn a_type_of_serde_travels_wherever_a_message_does() {
    let inner = Foreign { kind: Kind::Struct { x: -3 }, ..foreign() };
    let outer = Foreign { inner: Some(Box::new(inner)), kind: Kind::Tuple(1, 2), ..foreign() };
    let holder = Holder {
        foreign: outer.clone(),
        list: vec![foreign(), outer.clone()],
        nullable: Some(outer),
        optional: None,
        kind: Kind::Unit,
        tuple: Choice::Both(Kind::New(Wrapped(1)), 2),
    };
    let payload = to_bytes(&holder).expect("it has a form");
    assert_eq!(from_bytes::<Holder>(&payload).expect("its own form"), holder);
    let holder = Holder { tuple: Choice::One(Kind::Unit), nullable: None, optional: Some(foreign()), ..holder };
    let payload = to_bytes(&holder).expect("it has a form");
    assert_eq!(from_bytes::<Holder>(&payload).expect("its own form"), holder);
    let Shape::Record(shape) = Holder::shape() else { panic!("it is a record") };
    assert!(matches!((shape.fields[0].shape)(), Shape::Foreign));
}

#[test]
fn its_values_are_taken_in_every_form() {
    assert_eq!(read_as!(Wrapped, "cb401c000000000000").expect("a whole float"), Wrapped(7));
    assert_eq!(read_as!(Kind, "81a4556e6974c0").expect("a unit variant in a map"), Kind::Unit);
    assert_eq!(read_as!(Kind, "81a653747275637482a17805a17901").expect("unknown fields"), Kind::Struct { x: 5 });
    assert_eq!(read_as!(Inner, "82a174a141a17805").expect("serde's own tag"), Inner::A { x: 5 });
    assert_eq!(read_as!(Inner, "82a17805a174a141").expect("a tag that is not first"), Inner::A { x: 5 });
    assert_eq!(read_as!(Keys, "81a22d35c3").expect("a key in text"), Keys(BTreeMap::from([(-5, true)])));
    for payload in ["c40201 c8", "c70201 01c8", "92 01 ccc8"] {
        assert_eq!(read_as!(Blob, payload).expect("a form of bytes"), Blob(vec![1, 200]), "{payload}");
    }
}

#[test]
fn its_refusals_say_where() {
    let refusal = |payload: &str| {
        let error = read_as!(Outer, payload).expect_err("it is no value");
        (error.reason(), error.to_string())
    };
    let (reason, message) = refusal("81a46c6973749181a16ba178");
    assert_eq!((reason, message.as_str()), (Reason::Type, "list[0][\"k\"]: expected u32, got string"));
    assert_eq!(refusal("80"), (Reason::MissingField, "list: required field is missing".into()));
    assert_eq!(refusal("82a46c69737490a46c69737490").0, Reason::Duplicate);
    assert_eq!(refusal("81a46c6973749182a16b01a16b02").0, Reason::Duplicate);
    assert_eq!(refusal("9190").0, Reason::Type, "a record is never a list");
    assert_eq!(refusal("810090").0, Reason::MissingField, "key 0 is no field");
    assert_eq!(refusal("81a46c6973749181a95f5f70726f746f5f5f01").0, Reason::Key);
    assert_eq!(refusal("82a46c69737490a178c1").0, Reason::Malformed);
    assert_eq!(read_as!(Strict, "81a17801").expect_err("unknown").reason(), Reason::UnknownField);
    assert_eq!(read_as!((u8, Wrapped), "9101").expect_err("too short").reason(), Reason::Length);
    assert_eq!(read_as!((u8, Wrapped), "93010101").expect_err("too long").reason(), Reason::Length);
}

#[test]
fn bytes_and_uuids_lie_in_it_as_they_lie_in_a_message() {
    let blobs = Blobs { data: Bytes::from_static(b"abc"), id: Uuid::from_u128(7) };
    let payload = to_bytes(&BlobsMessage(blobs.clone())).expect("it has a form");
    let expected = Value::Map(vec![
        ("data".into(), Bytes::from_static(b"abc").into()),
        ("id".into(), Value::from_message(&Uuid::from_u128(7)).expect("it has a form")),
    ]);
    assert_eq!(from_bytes::<Value>(&payload).expect("any value"), expected);
    assert_eq!(from_bytes::<BlobsMessage>(&payload).expect("its own form").0, blobs);
}

#[test]
fn its_depth_is_counted_too() {
    assert_eq!(read_as!(Chain, "01").expect_err("it never ends").reason(), Reason::Depth);
    let nested = |levels: usize| format!("{}a44c656166", "81a44e657874".repeat(levels));
    assert!(read_as!(Nested, &nested(100)).is_ok());
    assert_eq!(read_as!(Nested, &nested(101)).expect_err("too deep").reason(), Reason::Depth);
    assert_eq!(read_as!(Nested, &nested(10_000)).expect_err("too deep").reason(), Reason::Depth);
    let mut nested = Nested::Leaf;
    for _ in 0..101 {
        nested = Nested::Next(Box::new(nested));
    }
    assert!(to_bytes(&NestedMessage(nested)).is_err(), "nothing is written that nobody would read");
}

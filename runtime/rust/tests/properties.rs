//! Properties that hold for every value and for every payload.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use procwire::codec::{from_bytes, to_bytes};
use procwire::{Bytes, Message, Timestamp, UnknownVariant, Uuid, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-200..200_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<f32>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        vec(any::<u8>(), 0..300).prop_map(|bytes| Value::Bytes(bytes.into())),
        (any::<i64>(), 0..1_000_000_000_u32)
            .prop_map(|(seconds, nanos)| Value::from(Timestamp::new(seconds, nanos).unwrap_or_default())),
        (3..=127_i8, vec(any::<u8>(), 0..40)).prop_map(|(code, data)| Value::Ext(code, data.into())),
    ];
    leaf.prop_recursive(4, 64, 20, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(Value::List),
            btree_map(".{0,8}", inner.clone(), 0..20)
                .prop_map(|map| Value::Map(map.into_iter().map(|(key, value)| (key.into(), value)).collect())),
            btree_map(any::<i32>(), inner, 0..5)
                .prop_map(|map| Value::Map(map.into_iter().map(|(key, value)| (key.into(), value)).collect())),
        ]
    })
}

/// Everything that serde's derive writes as the language does.
#[derive(Clone, Debug, PartialEq, procwire::Message, Serialize, Deserialize)]
struct Plain {
    flag: bool,
    small: u8,
    signed: i16,
    wide: u64,
    long: i64,
    ratio: f64,
    single: f32,
    text: String,
    maybe: Option<i32>,
    list: Vec<String>,
    pair: (u32, String),
    map: BTreeMap<String, Vec<i8>>,
    numbers: BTreeMap<i32, bool>,
    wrapped: Wrapped,
    side: Side,
    shape: Shape,
    next: Option<Box<Plain>>,
}

#[derive(Clone, Debug, PartialEq, procwire::Message, Serialize, Deserialize)]
struct Wrapped(u16);

#[derive(Clone, Debug, PartialEq, procwire::Message, Serialize, Deserialize)]
enum Side {
    Buy,
    Sell,
}

#[derive(Clone, Debug, PartialEq, procwire::Message, Serialize, Deserialize)]
#[procwire(external)]
enum Shape {
    Unit,
    New(u8),
    Tuple(u8, String),
    Struct { x: i32, y: Option<bool> },
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Unit),
        any::<u8>().prop_map(Shape::New),
        (any::<u8>(), ".{0,5}").prop_map(|(a, b)| Shape::Tuple(a, b)),
        (any::<i32>(), any::<Option<bool>>()).prop_map(|(x, y)| Shape::Struct { x, y }),
    ]
}

fn plain() -> impl Strategy<Value = Plain> {
    let scalars = (any::<bool>(), any::<u8>(), any::<i16>(), any::<u64>(), any::<i64>(), any::<f64>(), any::<f32>());
    let containers = (
        ".{0,50}",
        any::<Option<i32>>(),
        vec(".{0,5}", 0..20),
        any::<u32>(),
        btree_map("[a-z]{0,5}", vec(any::<i8>(), 0..20), 0..20),
        btree_map(any::<i32>(), any::<bool>(), 0..3),
        any::<u16>(),
        shape(),
    );
    let leaf = (scalars, containers)
        .prop_map(|(scalars, containers)| {
            let (flag, small, signed, wide, long, ratio, single) = scalars;
            let (text, maybe, list, number, map, numbers, wrapped, shape) = containers;
            Plain {
                flag,
                small,
                signed,
                wide,
                long,
                ratio,
                single,
                pair: (number, text.clone()),
                text,
                maybe,
                list,
                map,
                numbers,
                wrapped: Wrapped(wrapped),
                side: if flag { Side::Buy } else { Side::Sell },
                shape,
                next: None,
            }
        })
        .boxed();
    (leaf.clone(), proptest::option::of(leaf)).prop_map(|(plain, next)| Plain { next: next.map(Box::new), ..plain })
}

/// What serde's derive has no form for.
#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Rich {
    id: Uuid,
    at: SystemTime,
    ttl: Duration,
    data: Bytes,
    any: Value,
    #[procwire(optional)]
    note: Option<String>,
    #[procwire(default = 50)]
    limit: u32,
    kind: Vec<Kind>,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
enum Kind {
    Market,
    Limit {
        price: String,
        #[procwire(default = true)]
        post_only: bool,
    },
    Pegged(i32),
    Bracket(String, Option<Box<Kind>>),
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

fn kind() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        Just(Kind::Market),
        (".{0,5}", any::<bool>()).prop_map(|(price, post_only)| Kind::Limit { price, post_only }),
        any::<i32>().prop_map(Kind::Pegged),
    ];
    leaf.prop_recursive(3, 8, 1, |inner| {
        (".{0,5}", proptest::option::of(inner)).prop_map(|(text, inner)| Kind::Bracket(text, inner.map(Box::new)))
    })
}

fn rich() -> impl Strategy<Value = Rich> {
    let time = (-62_135_596_800..253_402_300_800_i64, 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| {
        SystemTime::try_from(Timestamp::new(seconds, nanos).unwrap_or_default()).unwrap_or(SystemTime::UNIX_EPOCH)
    });
    let first = (any::<u128>(), time, 0..(1_u64 << 53), vec(any::<u8>(), 0..300), value());
    let second = (any::<Option<String>>(), any::<u32>(), vec(kind(), 0..4));
    (first, second).prop_map(|((id, at, ttl, data, any), (note, limit, kind))| Rich {
        id: Uuid::from_u128(id),
        at,
        ttl: Duration::from_micros(ttl),
        data: data.into(),
        any,
        note,
        limit,
        kind,
    })
}

fn payload<T: Message>(value: &T) -> Bytes {
    to_bytes(value).expect("it has a form")
}

/// Changes a few bytes, cuts the end off, or adds to it.
fn damage() -> impl Strategy<Value = (Vec<(prop::sample::Index, u8)>, Option<prop::sample::Index>, Vec<u8>)> {
    (vec(any::<(prop::sample::Index, u8)>(), 0..4), any::<Option<prop::sample::Index>>(), vec(any::<u8>(), 0..3))
}

proptest! {
    #[test]
    fn any_value_survives(value in value()) {
        prop_assert_eq!(from_bytes::<Value>(&payload(&value)).expect("its own form"), value);
    }

    #[test]
    fn a_record_survives_and_is_written_as_serde_writes_it(plain in plain()) {
        let payload = payload(&plain);
        prop_assert_eq!(&payload[..], &rmp_serde::to_vec_named(&plain).expect("serde's form")[..]);
        prop_assert_eq!(from_bytes::<Plain>(&payload).expect("its own form"), plain);
    }

    #[test]
    fn what_serde_cannot_say_survives_too(rich in rich()) {
        prop_assert_eq!(from_bytes::<Rich>(&payload(&rich)).expect("its own form"), rich);
    }

    #[test]
    fn a_damaged_payload_is_a_value_or_an_error(rich in rich(), (changes, cut, more) in damage()) {
        let mut bytes = payload(&rich).to_vec();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.extend(more);
        let bytes = Bytes::from(bytes);
        if let Ok(read) = from_bytes::<Rich>(&bytes) {
            // What it took it can write, if only it is not one that no map may hold twice.
            let again = payload(&read);
            prop_assert_eq!(payload(&from_bytes::<Rich>(&again).expect("its own form")), again);
        }
        if let Ok(read) = from_bytes::<Value>(&bytes) {
            let again = payload(&read);
            prop_assert_eq!(payload(&from_bytes::<Value>(&again).expect("its own form")), again);
        }
    }

    #[test]
    fn noise_is_a_value_or_an_error(bytes in vec(any::<u8>(), 0..200)) {
        let bytes = Bytes::from(bytes);
        let _ = from_bytes::<Rich>(&bytes);
        let _ = from_bytes::<Plain>(&bytes);
        let _ = from_bytes::<Value>(&bytes);
    }
}

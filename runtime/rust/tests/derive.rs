//! Types under `#[derive(procwire::Message)]`, beyond what the vectors hold.

mod hex;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use hex::{hex, unhex};
use procwire::codec::{DecodeError, Reason, Writer, from_bytes, to_bytes};
use procwire::stub_v1::{PresenceShape, RepresentationShape, Shape};
use procwire::{Bytes, Declared, Message, UnknownVariant, Uuid, Value};

#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(builder)]
struct Order {
    id: Uuid,
    kind: OrderType,
    #[procwire(default = 50)]
    limit: u32,
    #[procwire(optional)]
    note: Option<String>,
    parent: Option<Box<Order>>,
    #[procwire(default = "gtc")]
    r#type: String,
    #[procwire(default = [])]
    legs: Vec<(Symbol, i32)>,
    #[procwire(default = {})]
    tags: BTreeMap<String, String>,
    #[procwire(default = Duration::from_secs(5))]
    ttl: Duration,
    #[procwire(default = Side::Buy)]
    side: Side,
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
enum OrderType {
    Market,
    Bracket(String, Side),
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, procwire::Message)]
enum Side {
    Buy,
    Sell,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, procwire::Message)]
struct Symbol(String);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, procwire::Message)]
struct Number(Box<i64>);

/// What a method may fail with.
#[derive(Clone, Debug, PartialEq, procwire::Message)]
#[procwire(error, name = "TradeError")]
enum Trade {
    RateLimited {
        retry_after: Duration,
    },
    #[procwire(wire = "unknown_symbol")]
    UnknownSymbol(Symbol),
    Closed,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

fn read<T: Message>(text: &str) -> Result<T, DecodeError> {
    from_bytes(&Bytes::from(unhex(text)))
}

fn bytes<T: Message>(value: &T) -> Bytes {
    to_bytes(value).expect("it has a form")
}

#[track_caller]
fn survives<T: Message + PartialEq + std::fmt::Debug>(value: &T) {
    assert_eq!(&from_bytes::<T>(&bytes(value)).expect("its own form"), value);
}

#[test]
fn a_builder_asks_for_what_is_required_and_sets_the_rest() {
    let order = Order::new(Uuid::nil(), OrderType::Market, None);
    assert_eq!(order.limit, 50);
    assert_eq!(order.r#type, "gtc");
    assert_eq!(order.ttl, Duration::from_secs(5));
    assert!(order.legs.is_empty() && order.tags.is_empty());
    let order = order.with_note("x".into()).with_type("ioc".into()).with_side(Side::Sell);
    assert_eq!(order.note.as_deref(), Some("x"));
    survives(&Order { parent: Some(Box::new(order.clone())), ..order });
}

#[test]
fn what_is_left_out_has_its_default() {
    let sparse = Value::Map(vec![
        ("kind".into(), Value::Map(vec![("type".into(), "Market".into())])),
        ("limit".into(), Value::Nil),
        ("id".into(), "00000000-0000-0000-0000-000000000000".into()),
    ]);
    let order: Order = sparse.to_message().expect("nothing required is missing");
    assert_eq!(order, Order::new(Uuid::nil(), OrderType::Market, None));
}

#[test]
fn an_unknown_variant_is_written_as_it_came_wherever_it_lies() {
    let kind = "82a178c7030aabcdefa474797065a749636562657267";
    let unknown: OrderType = read(kind).expect("the enum is open");
    assert!(matches!(&unknown, OrderType::Unknown(variant) if variant.tag() == "Iceberg"));
    let order = Order::new(Uuid::nil(), unknown.clone(), None).with_side(Side::Unknown(UnknownVariant::named("Hold")));
    survives(&order);
    assert!(hex(&bytes(&order)).contains(kind));
    let sides: BTreeMap<Side, Vec<Side>> = read("81a3466f6f92a3426172a3427579").expect("the enum is open");
    assert_eq!(hex(&bytes(&sides)), "81a3466f6f92a3426172a3427579");
    let OrderType::Unknown(variant) = unknown else { panic!("it is unknown") };
    assert_eq!(
        variant.value().expect("any value").get("x"),
        Some(&Value::Ext(10, Bytes::from_static(b"\xab\xcd\xef")))
    );
}

#[test]
fn an_error_names_itself_and_its_variant() {
    let error = Trade::UnknownSymbol(Symbol("ABC".into()));
    assert_eq!(Trade::NAME, "TradeError");
    assert_eq!(error.variant(), "unknown_symbol");
    assert_eq!(error.to_string(), "TradeError.unknown_symbol");
    assert_eq!(Trade::RateLimited { retry_after: Duration::ZERO }.variant(), "RateLimited");
    let later: Trade = read("81a474797065a54c61746572").expect("the error is open");
    assert_eq!(later.to_string(), "TradeError.Later");
    assert_eq!(hex(&bytes(&Trade::Closed)), "81a474797065a6436c6f736564");
}

#[test]
fn integers_below_newtypes_and_boxes_are_keys_in_text_too() {
    let map: BTreeMap<Number, bool> = read("82a22d35c307c2").expect("decimal text");
    assert_eq!(map, BTreeMap::from([(Number(Box::new(-5)), true), (Number(Box::new(7)), false)]));
    let map: HashMap<u8, u8> = read("82a1310203cc04").expect("decimal text");
    assert_eq!(map, HashMap::from([(1, 2), (3, 4)]));
    assert_eq!(read::<HashMap<u8, u8>>("820102a13103").map_err(|error| error.reason()), Err(Reason::Duplicate));
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Wide {
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
    n: u8,
    o: u8,
    p: u8,
    #[procwire(wire = "a name that is longer than thirty-one letters", optional)]
    long: Option<u8>,
}

#[test]
fn many_fields_and_long_names_have_longer_headers() {
    let mut wide: Wide =
        read("de0010a16100a16201a16302a16403a16504a16605a16706a16807a16908a16a09a16b0aa16c0ba16d0ca16e0da16f0ea1700f")
            .expect("sixteen fields");
    assert_eq!((wide.a, wide.p, wide.long), (0, 15, None));
    survives(&wide);
    wide.long = Some(3);
    survives(&wide);
    assert_eq!(&bytes(&wide)[..3], [0xde, 0, 17]);
}

#[test]
fn an_error_says_where_what_and_what_would_be_right() {
    let message = |text: &str| read::<Order>(text).expect_err("it is no order").to_string();
    assert_eq!(message("81a56c696d6974a178"), "limit: expected u32, got string");
    assert_eq!(message("81a46c65677391 92a141a142"), "legs[0][1]: expected i32, got string");
    assert_eq!(message("81a46b696e6481a474797065a7427261636b6574"), "kind.value: required field is missing");
    assert_eq!(message("81a474616773 81a16b01"), "tags[\"k\"]: expected string, got int");
    assert_eq!(message("80"), "id: required field is missing");
    assert_eq!(message("81a56c696d6974cf00000001 00000000"), "limit: 4294967296 is out of range for u32");
    assert_eq!(message("81a56c696d6974cb3ff8000000000000"), "limit: expected u32, got the float 1.5");
    assert_eq!(message("90"), "expected a map, got list");
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Blob {
    data: Bytes,
    rest: Vec<Bytes>,
}

#[test]
fn large_bytes_are_neither_copied_while_writing_nor_while_reading() {
    let large = Bytes::from(vec![7; 100_000]);
    let blob = Blob { data: large.clone(), rest: vec![Bytes::from_static(b"small"), large.clone()] };
    let mut w = Writer::new();
    blob.encode(&mut w);
    let length = w.len();
    let encoded = w.finish().expect("it has a form");
    let segments: Vec<_> = encoded.segments.iter().map(|(_, segment)| segment.as_ptr()).collect();
    assert_eq!(segments, [large.as_ptr(), large.as_ptr()]);
    assert_eq!(encoded.len(), length);
    let pieces: Vec<Bytes> = encoded.into_pieces();
    let payload = Bytes::from(pieces.concat());
    assert_eq!(payload, bytes(&blob));
    let read: Blob = from_bytes(&payload).expect("its own form");
    assert_eq!(read, blob);
    let inside = payload.as_ptr_range();
    assert!(inside.contains(&read.data.as_ptr()) && inside.contains(&read.rest[1].as_ptr()));
    assert!(!inside.contains(&read.rest[0].as_ptr()), "a few bytes do not keep the frame alive");
}

#[test]
fn what_has_no_form_is_told_at_the_end() {
    let ages_ago = SystemTime::UNIX_EPOCH - Duration::from_secs(70_000_000_000);
    let error = to_bytes(&ages_ago).expect_err("before the year 1");
    assert_eq!(error.to_string(), "a timestamp lies between the years 1 and 9999, not -70000000000 seconds from 1970");
    assert!(to_bytes(&Duration::from_micros(1 << 53)).is_err());
    assert!(to_bytes(&Duration::from_micros((1 << 53) - 1)).is_ok());
    assert!(to_bytes(&Value::Int(1 << 64)).is_err());
    assert!(to_bytes(&BTreeMap::from([("__proto__".to_owned(), 1_u8)])).is_err());
    assert!(to_bytes(&Value::Map(vec![("a".into(), Value::Nil), ("a".into(), Value::Nil)])).is_err());

    let mut w = Writer::new();
    let start = w.mark();
    vec![Duration::MAX].encode(&mut w);
    assert!(w.take_error().is_some());
    w.rewind(start);
    vec![1_u8].encode(&mut w);
    assert_eq!(w.finish().expect("the failure was taken").into_bytes(), [0x91, 1][..]);
}

#[test]
fn a_shape_says_what_the_type_looks_like() {
    let Shape::Record(order) = Order::shape() else { panic!("it is a record") };
    assert_eq!((order.name, order.strict, order.fields.len()), ("Order", false, 10));
    let parent = &order.fields[4];
    assert_eq!((parent.wire, parent.presence), ("parent", PresenceShape::Required));
    let Shape::Nullable(inner) = (parent.shape)() else { panic!("it may be nil") };
    assert!(matches!(inner(), Shape::Record(again) if std::ptr::eq(*again, *order)), "it refers to itself");
    assert_eq!(order.fields[5].wire, "type");
    assert_eq!(order.fields[3].presence, PresenceShape::Optional);
    assert!(matches!((order.fields[3].shape)(), Shape::String));
    let Shape::Enum(trade) = Trade::shape() else { panic!("it is an enum") };
    assert!(trade.error && !trade.strict);
    assert!(matches!(trade.representation, RepresentationShape::Tagged("type")));
    let names: Vec<&str> = trade.variants.iter().map(|variant| variant.wire).collect();
    assert_eq!(names, ["RateLimited", "unknown_symbol", "Closed"]);
}

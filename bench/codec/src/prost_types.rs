//! prost with derive.

use std::collections::HashMap;
use std::hint::black_box;

use anyhow::Result;
use prost::{Message, Oneof};

use crate::Contestant;
use crate::values::{ID, ITEMS, LABELS, NAME, NOTE, SCORE};

#[derive(Clone, PartialEq, Message)]
struct Small {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(double, tag = "3")]
    score: f64,
}

#[derive(Clone, PartialEq, Message)]
struct Nested {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(string, tag = "2")]
    customer: String,
    #[prost(message, repeated, tag = "3")]
    items: Vec<Item>,
    #[prost(double, tag = "4")]
    total: f64,
    #[prost(string, optional, tag = "5")]
    note: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Item {
    #[prost(string, tag = "1")]
    sku: String,
    #[prost(uint32, tag = "2")]
    quantity: u32,
    #[prost(double, tag = "3")]
    price: f64,
    #[prost(bool, tag = "4")]
    gift: bool,
    #[prost(map = "string, string", tag = "5")]
    labels: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct Order {
    #[prost(oneof = "Kind", tags = "1, 2, 3")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Kind {
    #[prost(message, tag = "1")]
    Market(Market),
    #[prost(message, tag = "2")]
    Limit(Limit),
    #[prost(message, tag = "3")]
    Cancel(Cancel),
}

#[derive(Clone, PartialEq, Message)]
struct Market {}

#[derive(Clone, PartialEq, Message)]
struct Limit {
    #[prost(string, tag = "1")]
    price: String,
    #[prost(uint64, tag = "2")]
    quantity: u64,
    #[prost(bool, tag = "3")]
    post_only: bool,
}

#[derive(Clone, PartialEq, Message)]
struct Cancel {
    #[prost(uint64, tag = "1")]
    id: u64,
}

fn nested() -> Nested {
    let labels: HashMap<_, _> = LABELS
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let item = |number| Item {
        sku: format!("SKU-{number:08}"),
        quantity: number + 1,
        price: SCORE + f64::from(number),
        gift: number % 2 == 0,
        labels: labels.clone(),
    };
    Nested {
        id: ID,
        customer: NAME.to_owned(),
        items: (0..ITEMS).map(item).collect(),
        total: SCORE * 100.0,
        note: Some(NOTE.to_owned()),
    }
}

/// All cases.
pub fn contestants() -> Result<Vec<Contestant>> {
    // The other variants are there for the decoder to tell apart.
    black_box([Kind::Market(Market {}), Kind::Cancel(Cancel { id: ID })]);
    let limit = Limit {
        price: "101.25".to_owned(),
        quantity: ID,
        post_only: true,
    };
    let mut all = of(
        "small",
        Small {
            id: ID,
            name: NAME.to_owned(),
            score: SCORE,
        },
    )?;
    all.extend(of("nested", nested())?);
    all.extend(of(
        "tagged enum",
        Order {
            kind: Some(Kind::Limit(limit)),
        },
    )?);
    Ok(all)
}

fn of<T: Clone + Default + Message + 'static>(case: &str, value: T) -> Result<Vec<Contestant>> {
    let name = "prost";
    let bytes = value.encode_to_vec();
    T::decode(&bytes[..])?;
    eprintln!("{name}, {case}: {} bytes", bytes.len());
    let (kept, fresh) = (value.clone(), value);
    let mut buffer = Vec::new();
    Ok(vec![
        Contestant::new(name, format!("{case}, encode"), move |times| {
            for _ in 0..times {
                buffer.clear();
                black_box(&kept)
                    .encode(&mut buffer)
                    .expect("a vector grows");
                black_box(&buffer);
            }
        }),
        Contestant::new(name, format!("{case}, encode fresh"), move |times| {
            for _ in 0..times {
                black_box(black_box(&fresh).encode_to_vec());
            }
        }),
        Contestant::new(name, format!("{case}, decode"), move |times| {
            for _ in 0..times {
                black_box(T::decode(black_box(&bytes[..])).expect("it was encoded before"));
            }
        }),
    ])
}

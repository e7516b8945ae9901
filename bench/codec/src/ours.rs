//! Our codec with derive.

use std::collections::BTreeMap;
use std::hint::black_box;

use anyhow::Result;
use procwire::Message;
use procwire::codec::{Writer, from_bytes, to_bytes};

use crate::Contestant;
use crate::values::{ID, ITEMS, LABELS, NAME, NOTE, SCORE};

#[derive(Clone, Debug, PartialEq, Message)]
struct Small {
    id: u64,
    name: String,
    score: f64,
}

#[derive(Clone, Debug, PartialEq, Message)]
struct Nested {
    id: u64,
    customer: String,
    items: Vec<Item>,
    total: f64,
    #[procwire(optional)]
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Message)]
struct Item {
    sku: String,
    quantity: u32,
    price: f64,
    gift: bool,
    labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Message)]
enum Order {
    Market,
    Limit {
        price: String,
        quantity: u64,
        post_only: bool,
    },
    Cancel {
        id: u64,
    },
}

fn nested() -> Nested {
    let labels: BTreeMap<_, _> = LABELS
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
    black_box([Order::Market, Order::Cancel { id: ID }]);
    let order = Order::Limit {
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
    all.extend(of("tagged enum", order)?);
    Ok(all)
}

fn of<T: Clone + Message + 'static>(case: &str, value: T) -> Result<Vec<Contestant>> {
    let name = "procwire";
    let bytes = to_bytes(&value)?;
    from_bytes::<T>(&bytes)?;
    eprintln!("{name}, {case}: {} bytes", bytes.len());
    let (kept, fresh) = (value.clone(), value);
    let mut writer = Writer::new();
    Ok(vec![
        Contestant::new(name, format!("{case}, encode"), move |times| {
            let mark = writer.mark();
            for _ in 0..times {
                black_box(&kept).encode(&mut writer);
                black_box(&writer);
                writer.rewind(mark);
            }
        }),
        Contestant::new(name, format!("{case}, encode fresh"), move |times| {
            for _ in 0..times {
                black_box(to_bytes(black_box(&fresh)).expect("it was encoded before"));
            }
        }),
        Contestant::new(name, format!("{case}, decode"), move |times| {
            for _ in 0..times {
                black_box(from_bytes::<T>(black_box(&bytes)).expect("it was encoded before"));
            }
        }),
    ])
}

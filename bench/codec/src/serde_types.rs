//! rmp-serde with derive.

use std::collections::BTreeMap;
use std::hint::black_box;

use anyhow::Result;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Contestant;
use crate::values::{ID, ITEMS, LABELS, NAME, NOTE, SCORE};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Small {
    id: u64,
    name: String,
    score: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Nested {
    id: u64,
    customer: String,
    items: Vec<Item>,
    total: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Item {
    sku: String,
    quantity: u32,
    price: f64,
    gift: bool,
    labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
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

fn small() -> Small {
    Small {
        id: ID,
        name: NAME.to_owned(),
        score: SCORE,
    }
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
    let mut all = of("small", small())?;
    all.extend(of("nested", nested())?);
    all.extend(of("tagged enum", order)?);
    Ok(all)
}

fn of<T: Clone + Serialize + DeserializeOwned + 'static>(
    case: &str,
    value: T,
) -> Result<Vec<Contestant>> {
    let name = "rmp-serde";
    let bytes = rmp_serde::to_vec_named(&value)?;
    eprintln!("{name}, {case}: {} bytes", bytes.len());
    let (kept, fresh) = (value.clone(), value);
    let mut buffer = Vec::new();
    Ok(vec![
        Contestant::new(name, format!("{case}, encode"), move |times| {
            for _ in 0..times {
                buffer.clear();
                rmp_serde::encode::write_named(&mut buffer, black_box(&kept))
                    .expect("it was encoded before");
                black_box(&buffer);
            }
        }),
        Contestant::new(name, format!("{case}, encode fresh"), move |times| {
            for _ in 0..times {
                black_box(
                    rmp_serde::to_vec_named(black_box(&fresh)).expect("it was encoded before"),
                );
            }
        }),
        Contestant::new(name, format!("{case}, decode"), move |times| {
            for _ in 0..times {
                black_box(
                    rmp_serde::from_slice::<T>(black_box(&bytes)).expect("it was encoded before"),
                );
            }
        }),
    ])
}

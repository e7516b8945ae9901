//! Any bytes as a payload of recursive types: a value or an error, never an abort, and a value survives its own bytes.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use procwire::codec::{from_bytes, to_bytes};
use procwire::{Bytes, UnknownVariant, Value};

#[derive(Clone, Debug, PartialEq, procwire::Message)]
enum Tree {
    Leaf,
    Pair(Box<Tree>, Option<Box<Tree>>),
    Many { items: Vec<Tree>, named: BTreeMap<String, Tree> },
    Wrapped(Wrapper),
    Free(Value),
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Wrapper(Option<Box<Wrapper2>>);

#[derive(Clone, Debug, PartialEq, procwire::Message)]
struct Wrapper2 {
    #[procwire(optional)]
    next: Option<Box<Tree>>,
    bytes: Bytes,
    #[procwire(default = 7)]
    count: u64,
    at: std::time::SystemTime,
}

fuzz_target!(|data: &[u8]| {
    let Ok(tree) = from_bytes::<Tree>(&Bytes::copy_from_slice(data)) else { return };
    let Ok(first) = to_bytes(&tree) else { return };
    let again = from_bytes::<Tree>(&first).expect("what was written is read");
    assert_eq!(first, to_bytes(&again).expect("what was read is written"));
});

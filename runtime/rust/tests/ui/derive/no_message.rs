use std::sync::Mutex;

use procwire::Message;

struct Plain;

#[derive(Message)]
struct Record {
    plain: Plain,
    again: Plain,
    list: Vec<Mutex<u8>>,
    #[procwire(optional)]
    reference: Option<&'static str>,
}

#[derive(Message)]
enum Enum {
    A(Plain),
    B { plain: Plain },
}

fn main() {}

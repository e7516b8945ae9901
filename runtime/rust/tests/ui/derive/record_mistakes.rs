use procwire::Message;

#[derive(Message)]
#[procwire(strikt, reserved = ["old", 7])]
struct Record {
    #[procwire(optionl)]
    a: Option<u8>,
    #[procwire(optional)]
    b: u8,
    #[procwire(optional, default = None)]
    c: Option<u8>,
    #[procwire(default)]
    d: u8,
    #[procwire(wire = old)]
    e: u8,
    old: u8,
    #[procwire(wire = "f")]
    first: u8,
    f: u8,
    #[procwire(wire = "__proto__")]
    g: u8,
    h: Option<Option<u8>>,
}

#[derive(Message)]
struct Generic<T>(T);

#[derive(Message)]
struct Nothing;

#[derive(Message)]
struct Two(u8, u8);

#[derive(Message)]
union Either {
    a: u8,
    b: u8,
}

fn main() {}

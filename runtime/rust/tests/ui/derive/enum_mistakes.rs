use procwire::{Message, UnknownVariant};

#[derive(Message)]
#[procwire(external, tag = "kind")]
enum Both {
    A(u8),
}

#[derive(Message)]
#[procwire(repr = "u8")]
enum Number {
    A = 256,
    B = LAST,
}

#[derive(Message)]
#[procwire(repr = "u8", tagged)]
enum Data {
    A(u8),
}

#[derive(Message)]
#[procwire(repr = "u128")]
enum TooWide {
    A = 1,
}

#[derive(Message)]
#[procwire(tag = "kind", reserved = ["Gone"])]
enum Tagged {
    A { kind: u8 },
    B(),
    #[procwire(wire = "A")]
    C,
    Gone,
}

#[derive(Message)]
enum Given {
    #[procwire(reserved = ["x"])]
    A {
        x: u8,
    },
    #[procwire(reserved = ["x"])]
    B(u8),
}

#[derive(Message)]
#[procwire(error, external)]
enum Error {
    A,
    #[procwire(unknown)]
    Unknown,
    #[procwire(unknown)]
    Again(UnknownVariant),
}

#[derive(Message)]
enum Never {}

fn main() {}

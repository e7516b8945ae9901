//! What stands about a type, and does not fit it.

use procwire::Message;

#[derive(Message)]
struct Lengths {
    #[procwire(len = 1..=12)]
    count: u32,
    #[procwire(range = 1..)]
    name: String,
    #[procwire(pattern = "^a")]
    list: Vec<u8>,
    #[procwire(text)]
    flag: bool,
}

#[derive(Message)]
struct Wrong {
    #[procwire(len = 5..=1)]
    empty: String,
    #[procwire(len = "x")]
    letters: String,
    #[procwire(range = 1..="5s")]
    mixed: u64,
    #[procwire(lenn = 1)]
    misspelt: String,
    #[procwire(item = 1)]
    list: Vec<u8>,
}

#[derive(Message)]
struct Inside {
    #[procwire(item(len = 1..))]
    text: String,
    #[procwire(pattern = "(?=a)")]
    ahead: String,
}

#[derive(Message)]
enum NoError {
    #[procwire(retry)]
    Busy,
}

#[derive(Message)]
#[procwire(ext = 3)]
struct Low(String);

#[derive(Message)]
#[procwire(target = "String")]
struct NoCode(u32);

#[derive(Debug, Message)]
struct Shown {
    #[procwire(sensitive)]
    password: String,
}

fn main() {}

// All mistakes of a trait are shown in one go.
use procwire::{Bytes, Error};

#[procwire::service]
pub trait Trading<T> {
    fn sync(&self) -> u32;
    async fn no_result(&self) -> u32;
    async fn no_self(order: u32) -> Result<u32, Error>;
    async fn borrowed(&self, text: &str) -> Result<u32, Error>;
    async fn generic<U>(&self) -> Result<u32, Error>;
    #[procwire(evnt)]
    async fn unknown_option(&self) -> Result<u32, Error>;
    async fn unknown_parameter_option(&self, #[procwire(defualt = 1)] depth: u8) -> Result<u32, Error>;
    #[procwire(raw)]
    async fn not_raw(&self, text: String) -> Result<Bytes, Error>;
    async fn same(&self, #[procwire(wire = "b")] a: u8, b: u8) -> Result<u32, Error>;
    #[procwire(event)]
    async fn answered() -> u32;
    const LIMIT: u32;
}

#[procwire::service(nam = "Trading")]
pub trait Named {}

#[procwire::service(reserved = ["find", "done"])]
pub trait Reserved {
    async fn find(&self) -> Result<u32, Error>;
    #[procwire(reserved = ["depth"])]
    async fn search(&self, depth: u8) -> Result<u32, Error>;
    #[procwire(reserved = ["depth"])]
    async fn bare(&self, #[procwire(bare)] depth: u8) -> Result<u32, Error>;
    #[procwire(event, wire = "done", reserved = "at")]
    fn finished(at: u8);
}

#[procwire::service]
pub struct Desk;

#[procwire::service]
impl Desk {}

fn main() {}

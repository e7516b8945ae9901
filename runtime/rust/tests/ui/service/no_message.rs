// A type that cannot travel is one error, at the type.
use procwire::{Error, Stream};

pub struct Order;
pub struct Ack;
pub struct Quote;
pub struct Why;
pub struct Fill;

#[procwire::service]
pub trait Trading {
    async fn place(&self, order: Order, dry_run: bool) -> Result<u32, Error>;
    async fn again(&self, orders: Vec<Order>) -> Result<Ack, Error>;
    fn quotes(&self) -> impl Stream<Item = Result<Quote, Error>>;
    async fn why(&self) -> Result<u32, Error<Why>>;
    async fn other(&self) -> Result<u32, std::io::Error>;
    fn others(&self) -> impl Stream<Item = Result<u32, std::io::Error>>;
    #[procwire(event)]
    fn filled(#[procwire(bare)] fill: Fill);
}

fn main() {}

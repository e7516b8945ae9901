// A handler's future moves between threads.
use std::rc::Rc;

use procwire::Error;

#[procwire::service]
pub trait Trading {
    async fn place(&self, order: u32) -> Result<u32, Error>;
}

struct Desk;

#[procwire::service]
impl Trading for Desk {
    async fn place(&self, order: u32) -> Result<u32, Error> {
        let shared = Rc::new(order);
        tokio::task::yield_now().await;
        Ok(*shared)
    }
}

fn main() {}

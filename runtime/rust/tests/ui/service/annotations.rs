//! What a service says about its calls, and does not fit them.

use procwire::Error;

#[procwire::service]
pub trait Desk {
    #[procwire(timeout = "5 seconds")]
    async fn place(&self, #[procwire(len = 1..)] symbol: String) -> Result<u32, Error>;
    #[procwire(answer = 5)]
    async fn count(&self) -> Result<u32, Error>;
    #[procwire(event, idempotent)]
    fn filled(id: u32);
}

#[procwire::service(callbacks = "trading", prefix = "a.")]
pub trait TradingCallbacks {
    async fn data_fetch(&self) -> Result<u32, Error>;
    #[procwire(event)]
    fn filled(id: u32);
}

fn main() {}

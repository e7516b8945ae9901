//! Modules that are none.

use procwire::Error;

#[procwire::service]
pub trait Desk {
    async fn place(&self) -> Result<u32, Error>;
}

#[procwire::service(callbacks = "trading")]
pub trait TradingCallbacks {
    async fn position(&self) -> Result<u32, Error>;
}

#[procwire::module(provides(Desk), requires(TradingCallbacks::positions))]
pub struct Misspelt;

#[procwire::module(provides(Desk), require(TradingCallbacks::position))]
pub struct Unknown;

#[procwire::module(provides(Desk), requires(position))]
pub struct Short;

#[procwire::module(provides(Desk))]
pub struct Fields(u32);

#[procwire::module(provides(Desk))]
pub enum Other {}

fn main() {}

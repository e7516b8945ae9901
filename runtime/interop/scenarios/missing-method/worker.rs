//! A worker that serves less than its parent calls.

use procwire::{Error, Worker};
use procwire_interop::Sum;

/// A part of what the parent calls.
#[procwire::service]
pub trait Less {
    /// The sum of two numbers.
    async fn add(&self, a: i32, b: i32) -> Result<Sum, Error>;
}

struct Desk;

#[procwire::service]
impl Less for Desk {
    async fn add(&self, a: i32, b: i32) -> Result<Sum, Error> {
        Ok(Sum { sum: a + b })
    }
}

/// Serves until the parent is gone.
pub async fn serve() -> procwire::Result<()> {
    Worker::new(Desk).serve().await
}

// A type with two services has to say which one is meant.
use procwire::{Error, Worker};

#[procwire::service]
pub trait Trading {
    async fn place(&self) -> Result<u32, Error>;
}

#[procwire::service]
pub trait Audit {
    async fn entries(&self) -> Result<u32, Error>;
}

struct Desk;

#[procwire::service]
impl Trading for Desk {
    async fn place(&self) -> Result<u32, Error> {
        Ok(1)
    }
}

#[procwire::service]
impl Audit for Desk {
    async fn entries(&self) -> Result<u32, Error> {
        Ok(1)
    }
}

fn main() {
    Worker::new(Desk);
}

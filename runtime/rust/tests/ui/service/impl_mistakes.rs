// What does not fit the trait is shown at the user's own tokens.
use procwire::{Error, Stream};

#[procwire::service]
pub trait Trading {
    async fn place(&self, order: u32, dry_run: bool) -> Result<u32, Error>;
    fn quotes(&self) -> impl Stream<Item = Result<u32, Error>>;
}

struct Missing;

#[procwire::service]
impl Trading for Missing {
    async fn place(&self, order: u32, dry_run: bool) -> Result<u32, Error> {
        Ok(order + u32::from(dry_run))
    }
}

struct WrongArgument;

#[procwire::service]
impl Trading for WrongArgument {
    async fn place(&self, order: u32, dry_run: u8) -> Result<u32, Error> {
        Ok(order + u32::from(dry_run))
    }

    fn quotes(&self) -> impl Stream<Item = Result<u32, Error>> {
        futures_util::stream::empty()
    }
}

struct WrongAnswer;

#[procwire::service]
impl Trading for WrongAnswer {
    async fn place(&self, _order: u32, _dry_run: bool) -> Result<String, Error> {
        Ok(String::new())
    }

    fn quotes(&self) -> impl Stream<Item = Result<String, Error>> {
        futures_util::stream::empty()
    }
}

struct FewerArguments;

#[procwire::service]
impl Trading for FewerArguments {
    async fn place(&self, order: u32) -> Result<u32, Error> {
        Ok(order)
    }

    fn quotes(&self) -> impl Stream<Item = Result<u32, Error>> {
        futures_util::stream::empty()
    }
}

struct UnknownMethod;

#[procwire::service]
impl Trading for UnknownMethod {
    async fn place(&self, order: u32, dry_run: bool) -> Result<u32, Error> {
        Ok(order + u32::from(dry_run))
    }

    fn quotes(&self) -> impl Stream<Item = Result<u32, Error>> {
        futures_util::stream::empty()
    }

    async fn plaice(&self) -> Result<u32, Error> {
        Ok(1)
    }
}

struct ServesNothing;

fn main() {
    procwire::Worker::new(ServesNothing);
}

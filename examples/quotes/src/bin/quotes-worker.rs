//! The worker: serves `Quotes` from a table of prices.

use futures_util::stream;
use procwire::{Error, Stream};

procwire::include_ipc!("quotes.ipc");

struct Feed;

#[procwire::service]
impl Quotes for Feed {
    async fn last(&self, symbol: String) -> Result<Quote, Error<QuoteError>> {
        price_of(symbol)
    }

    fn watch(&self, symbols: Vec<String>, limit: Option<u32>) -> impl Stream<Item = Result<Quote, Error<QuoteError>>> {
        let count = limit.map_or(usize::MAX, |limit| limit as usize);
        stream::iter(symbols.into_iter().cycle().take(count).map(price_of))
    }
}

fn price_of(symbol: String) -> Result<Quote, Error<QuoteError>> {
    match symbol.as_str() {
        "ACME" => Ok(Quote { symbol, price: 101.5 }),
        "BETA" => Ok(Quote { symbol, price: 7.25 }),
        _ => Err(QuoteError::UnknownSymbol { symbol }.into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> procwire::Result<()> {
    procwire::Worker::new(Feed).serve().await
}

//! Serves `back.ipc`, with the extensions that the parent tells it to offer.

use procwire::Worker;
use procwire::stub_v1::Client;
use procwire_interop::back::{BackDesk, TradingCallbacksClient, extensions};

pub async fn serve() -> procwire::Result<()> {
    let offers = std::env::var("OFFERS").unwrap_or_default();
    let offers: Vec<&str> = offers.split(',').collect();
    let builder = Worker::builder().service(BackDesk).callbacks(TradingCallbacksClient::SERVICE);
    builder.extensions(extensions(&offers)).build().serve().await
}

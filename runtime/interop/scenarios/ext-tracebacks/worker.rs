//! Serves `back.ipc`, and asks its parent for tracebacks where it is told to.

use procwire::Worker;
use procwire::stub_v1::Client;
use procwire_interop::back::{BackDesk, TradingCallbacksClient};

pub async fn serve() -> procwire::Result<()> {
    let builder = Worker::builder().service(BackDesk).callbacks(TradingCallbacksClient::SERVICE);
    builder.tracebacks(std::env::var_os("ASKS").is_some()).build().serve().await
}

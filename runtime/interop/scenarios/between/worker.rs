//! Serves both `interop.ipc` and `back.ipc`.

use procwire::Worker;
use procwire::stub_v1::Client;
use procwire_interop::Desk;
use procwire_interop::back::{BackDesk, TradingCallbacksClient};

pub async fn serve() -> procwire::Result<()> {
    let builder = Worker::builder().service(Desk::default()).service(BackDesk);
    builder.callbacks(TradingCallbacksClient::SERVICE).build().serve().await
}

//! Three doors, one hall: what the generator wrote to a file, what `include_ipc!` puts in place, and a trait written by
//! hand are the same service.
#![allow(clippy::pedantic, reason = "generated text is in here")]

#[path = "doors/by_hand.rs"]
mod by_hand;
#[path = "doors/describe.rs"]
mod describe;

/// What `ipcgen build` and `procwire_codegen::build` write.
mod written {
    include!("../../../codegen/tests/golden/trading/rust.rs");
}

mod included {
    procwire::include_ipc!("../../codegen/tests/golden/trading/schema.ipc");
}

use std::process::Command;
use std::time::{Duration, SystemTime};

use futures_util::stream;
use procwire::stub_v1::Client;
use procwire::{Bytes, ClientBuilder, Context, Error, Stream, Uuid, Worker};

const ROLE: &str = "PROCWIRE_TEST_ROLE";

/// The same worker and the same calls, in the types of each door.
macro_rules! door {
    ($module:ident) => {
        pub mod $module {
            use super::*;
            use crate::$module::*;

            struct Desk;

            #[procwire::service]
            impl Trading for Desk {
                async fn place(
                    &self,
                    order: Order,
                    dry_run: bool,
                    cx: &Context,
                ) -> Result<OrderAck, Error<TradeError>> {
                    if order.qty == 0 {
                        return Err(TradeError::UnknownSymbol(order.symbol).into());
                    }
                    cx.events().progress(order.id, 100).await?;
                    Ok(OrderAck { id: order.id, accepted: !dry_run, at: SystemTime::UNIX_EPOCH })
                }

                fn quotes(
                    &self,
                    symbols: Symbols,
                    depth: Option<u8>,
                ) -> impl Stream<Item = Result<Quote, Error<FeedError>>> {
                    let quotes = symbols.into_iter().map(move |symbol| {
                        Ok(Quote { symbol, bid: depth.unwrap_or(0).into(), ask: 0.5, at: SystemTime::UNIX_EPOCH })
                    });
                    stream::iter(quotes.collect::<Vec<_>>())
                }

                async fn warm(&self, _config: WarmConfig) -> Result<(), Error> {
                    Ok(())
                }

                async fn warm_stats(&self, config: WarmConfig) -> Result<WarmStats, Error> {
                    Ok(WarmStats { loaded: config.symbols.len() as u32, took: Duration::from_millis(3) })
                }

                async fn log(&self, _entry: LogEntry) {}

                async fn ping(&self) -> Result<(), Error> {
                    Ok(())
                }

                async fn upload(&self, payload: Bytes) -> Result<Bytes, Error> {
                    Ok(payload)
                }

                async fn search(&self, query: SearchQuery) -> Result<SearchResult, Error> {
                    Ok(SearchResult { symbols: vec![Symbol(query.text)] })
                }
            }

            pub async fn serve() -> procwire::Result<()> {
                Worker::new(Desk).serve().await
            }

            fn order(qty: u64) -> Order {
                #[allow(deprecated)]
                Order {
                    id: Uuid::from_u128(7),
                    symbol: Symbol("ABC".into()),
                    kind: OrderType::Limit { price: Price("1.5".into()), post_only: true },
                    qty,
                    limit: 50,
                    note: None,
                    parent: None,
                    tags: None,
                    legs: vec![(Symbol("D".into()), -1)],
                    client_ref: Some("mine".into()),
                    memo: None,
                    signature: Bytes::from_static(b"s"),
                }
            }

            pub async fn call(worker: &str) {
                let desk: TradingClient =
                    ClientBuilder::new().on_stderr(|_| {}).spawn(command(worker)).await.expect("a worker");
                let mut events = desk.events().progress();
                let ack = desk.place(order(1)).dry_run(true).await.expect("an answer");
                assert_eq!((ack.id, ack.accepted), (Uuid::from_u128(7), false));
                let progress = events.next().await.expect("an event");
                assert_eq!(progress, TradingProgress { job: Uuid::from_u128(7), percent: 100 });
                let error = desk.place(order(0)).await.expect_err("an error");
                assert_eq!(error, Error::Declared(TradeError::UnknownSymbol(Symbol("ABC".into()))));
                let mut quotes = desk.quotes(vec![Symbol("Q".into())]).depth(3).await.expect("a stream");
                assert_eq!(quotes.next().await.expect("an item").expect("a quote").bid, 3.0);
                assert!(quotes.next().await.is_none());
                let config = WarmConfig { symbols: Vec::new(), limits: None, mode: Mode::Live };
                desk.warm(config.clone()).await.expect("an ack");
                assert_eq!(desk.warm_stats(config).await.expect("an ack").took, Duration::from_millis(3));
                let fields = [("x".into(), procwire::Value::from(1))].into();
                let entry = LogEntry { level: "info".into(), message: "m".into(), fields };
                desk.log(entry).await.expect("handed over");
                desk.ping().await.expect("an answer");
                let payload = Bytes::from_static(b"\xc1");
                assert_eq!(desk.upload(payload.clone()).await.expect("bytes"), payload);
                let query = SearchQuery { text: "found".into(), limit: 1 };
                let found = desk.search(query).await.expect("an answer");
                assert_eq!(found.symbols, [Symbol("found".into())]);
                desk.shutdown().await.expect("an orderly end");
            }
        }
    };
}

mod doors {
    use super::*;
    door!(written);
    door!(included);
    door!(by_hand);
}

fn command(worker: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child_process", "--nocapture"]).env(ROLE, worker);
    command
}

#[test]
fn all_doors_give_the_same_descriptor() {
    let written = describe::service(written::TradingClient::SERVICE);
    assert_eq!(written, describe::service(included::TradingClient::SERVICE));
    assert_eq!(written, describe::service(by_hand::TradingClient::SERVICE));
    assert!(written.contains("quotes"), "{written}");
}

#[tokio::test]
async fn a_client_of_each_door_calls_a_worker_of_each() {
    for worker in ["written", "included", "by_hand"] {
        doors::written::call(worker).await;
        doors::included::call(worker).await;
        doors::by_hand::call(worker).await;
    }
}

/// Not a test of its own: what the other tests start.
#[test]
fn child_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let served = runtime.block_on(async {
        match role.as_str() {
            "written" => doors::written::serve().await,
            "included" => doors::included::serve().await,
            _ => doors::by_hand::serve().await,
        }
    });
    served.expect("served");
}

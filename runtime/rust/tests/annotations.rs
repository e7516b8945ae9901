//! What a schema says about calls, callbacks and modules, between two processes that the generator's text describes.
#![allow(clippy::pedantic, reason = "generated text is in here")]

mod annotated {
    include!("../../../codegen/tests/golden/method-annotations/rust.rs");
}

mod constrained {
    include!("../../../codegen/tests/golden/constraints/rust.rs");
}

mod calls {
    include!("../../../codegen/tests/golden/callbacks/rust.rs");
}

mod module {
    include!("../../../codegen/tests/golden/module/rust.rs");
}

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures_util::{StreamExt, stream};
use procwire::{ClientBuilder, Code, Context, Error, Stream, Worker};

const ROLE: &str = "PROCWIRE_TEST_ROLE";

fn command(worker: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child_process", "--nocapture"]).env(ROLE, worker);
    command
}

/// Fails twice, and then answers with the number of tries.
#[derive(Default)]
struct Moody(AtomicU32);

mod moody {
    use super::annotated::*;
    use super::*;

    #[procwire::service]
    impl Desk for Moody {
        async fn place(&self, order: Order, limit: Option<u8>) -> Result<Ack, Error<DeskPlaceError>> {
            let tries = self.0.fetch_add(1, Ordering::Relaxed);
            match (order.symbol.as_str(), tries) {
                ("feed", _) => Err(FeedError::Closed.into()),
                ("fatal", _) => Err(DeskPlaceError::from(Fatal::Broken).into()),
                ("refused", _) => Err(TradeError::Refused("no".into()).into()),
                (_, 0) => Err(TradeError::Busy.into()),
                (_, 1) => Err(TradeError::RateLimited { retry_after: Duration::ZERO }.into()),
                _ => Ok(Ack { id: u64::from(tries) + u64::from(limit.unwrap_or(0)) }),
            }
        }

        fn quotes(&self, _: String) -> impl Stream<Item = Result<f64, Error<FeedError>>> {
            stream::empty()
        }

        async fn ping(&self) -> Result<(), Error> {
            Ok(())
        }

        async fn warm(&self) -> Result<(), Error<DeskWarmError>> {
            Err(TradeError::Busy.into())
        }

        async fn log_line(&self, _: String) {}
    }
}

#[tokio::test]
async fn a_call_is_sent_again_where_the_schema_says_so() {
    use annotated::*;
    let desk: DeskClient = ClientBuilder::new().spawn(command("moody")).await.expect("a worker");
    let order = |symbol: &str| Order::new(symbol.into());

    let error = desk.place(order("a")).await.expect_err("the first try fails");
    assert_eq!(error, Error::Declared(DeskPlaceError::TradeError(TradeError::Busy)));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(250)));
    // The second fails as well, which is worth the third.
    let started = Instant::now();
    let ack = desk.place(order("a")).limit(3).retries(2).await.expect("a later try succeeds");
    assert_eq!(ack.id, 5);
    assert!(started.elapsed() >= Duration::from_millis(40), "it waits between the tries");

    for (symbol, expected) in [
        ("feed", DeskPlaceError::FeedError(FeedError::Closed)),
        ("fatal", DeskPlaceError::Fatal(Fatal::Broken)),
        ("refused", DeskPlaceError::TradeError(TradeError::Refused("no".into()))),
    ] {
        let error = desk.place(order(symbol)).retries(5).await.expect_err("it fails each time");
        assert_eq!(error, Error::Declared(expected));
        assert!(!error.is_retryable());
    }
    desk.shutdown().await.expect("an orderly end");
}

#[tokio::test]
async fn no_try_goes_beyond_the_deadline_and_none_is_made_of_what_may_not_be_repeated() {
    use annotated::*;
    let desk: DeskClient = ClientBuilder::new().spawn(command("moody")).await.expect("a worker");
    let error = desk.place(Order::new("a".into())).retries(9).timeout(Duration::from_millis(100)).await;
    // A wait of a quarter of a second would end after the deadline.
    assert_eq!(error, Err(TradeError::Busy.into()));

    let error = desk.warm().retries(1).await.expect_err("it is not idempotent");
    assert_eq!(error.code(), Some(Code::InvalidArgument));
    assert!(error.to_string().contains("Desk.desk.warm is not @idempotent"), "{error}");
    let error = desk.warm().await.expect_err("it is busy");
    assert_eq!(error, Error::Declared(DeskWarmError::TradeError(TradeError::Busy)));
    assert!(error.is_retryable());
    desk.shutdown().await.expect("an orderly end");
}

#[tokio::test]
async fn what_a_child_lacks_is_unsupported_where_the_schema_has_it_since() {
    use annotated::*;
    let desk: DeskClient = ClientBuilder::new().spawn(command("old")).await.expect("a worker without what is new");
    assert!(desk.has("desk.ping"));
    assert!(!desk.has("desk.quotes"));
    assert!(!desk.has("desk.moved"));
    desk.ping().await.expect("an answer");
    let error = desk.quotes("a".into()).await.expect_err("it has no such method");
    assert_eq!(error.code(), Some(Code::Unsupported));
    desk.shutdown().await.expect("an orderly end");
}

/// A desk as it was before anything was added with `@since`.
mod old {
    use super::annotated::{Ack, DeskPlaceError, DeskWarmError, Order};
    use procwire::Error;

    #[procwire::service(prefix = "desk.")]
    pub trait Desk {
        async fn place(
            &self,
            order: Order,
            #[procwire(optional)] limit: Option<u8>,
        ) -> Result<Ack, Error<DeskPlaceError>>;
        async fn ping(&self) -> Result<(), Error>;
        #[procwire(ack)]
        async fn warm(&self) -> Result<(), Error<DeskWarmError>>;
        #[procwire(wire = "log")]
        async fn log_line(&self, line: String);
        #[procwire(event)]
        fn closed();
    }

    pub struct Plain;

    #[procwire::service]
    impl Desk for Plain {
        async fn place(&self, _: Order, _: Option<u8>) -> Result<Ack, Error<DeskPlaceError>> {
            Ok(Ack { id: 0 })
        }

        async fn ping(&self) -> Result<(), Error> {
            Ok(())
        }

        async fn warm(&self) -> Result<(), Error<DeskWarmError>> {
            Ok(())
        }

        async fn log_line(&self, _: String) {}
    }
}

struct Bounded;

mod bounded {
    use super::constrained::*;
    use super::*;

    #[procwire::service]
    impl Desk for Bounded {
        async fn place(&self, _: Limits, count: u32, cx: &Context) -> Result<Vec<String>, Error<Refused>> {
            cx.events().filled(101).await?;
            Ok(vec!["x".repeat(if count == 7 { 65 } else { 1 })])
        }

        fn find(&self, _: Symbol) -> impl Stream<Item = Result<String, Error>> {
            stream::iter([Ok("a".into()), Ok("b".repeat(11))])
        }
    }
}

fn limits() -> constrained::Limits {
    let symbol = constrained::Symbol("A".into());
    constrained::Limits::new(
        symbol,
        "\"quoted\" 5/".into(),
        "abc".into(),
        None,
        0,
        1,
        -1,
        0,
        0.5,
        None,
        procwire::Bytes::new(),
        vec!["x".into()],
    )
}

#[tokio::test]
async fn constraints_hold_on_both_sides() {
    use constrained::*;
    let desk: DeskClient = ClientBuilder::new().spawn(command("bounded")).await.expect("a worker");
    let mut filled = desk.events().filled();
    assert_eq!(desk.place(limits()).await.expect("an answer"), ["x"]);

    let error = desk.place(limits()).count(101).await.expect_err("too many");
    assert_eq!(error.to_string(), "invalid_argument: Desk.place request: count: expected 1 to 100, got 101");
    let mut wrong = limits();
    wrong.symbol = Symbol("toolongbyfar!".into());
    let error = desk.place(wrong).await.expect_err("no symbol").to_string();
    assert!(error.ends_with("request: limits.symbol: expected 1 to 12 characters, got 13"), "{error}");
    let error = desk.place(limits()).count(7).await.expect_err("an answer that may not be").to_string();
    assert_eq!(error, "internal: Desk.place result: [0]: expected at most 64 characters, got 65");

    let mut found = desk.find(Symbol("A".into())).await.expect("a stream");
    assert_eq!(found.next().await.expect("an item").expect("a short one"), "a");
    let error = found.next().await.expect("an item").expect_err("a long one").to_string();
    assert_eq!(error, "internal: Desk.find item: expected at most 10 characters, got 11");
    desk.shutdown().await.expect("an orderly end");
    assert_eq!(filled.next().await, None, "an event that breaks a constraint is dropped");
}

#[tokio::test]
async fn what_is_sent_is_checked_on_request() {
    use constrained::*;
    let builder: ClientBuilder<DeskClient> = ClientBuilder::new().check_sent(true);
    let desk = builder.spawn(command("strict")).await.expect("a worker");
    let error = desk.place(limits()).count(101).await.expect_err("it is not sent");
    assert_eq!(error.to_string(), "invalid_argument: Desk.place request: count: expected 1 to 100, got 101");
    // The worker checks its event before the answer.
    let error = desk.place(limits()).await.expect_err("the event is not sent").to_string();
    assert!(error.ends_with("Desk.filled event: expected at most 100, got 101"), "{error}");
    let mut found = desk.find(Symbol("A".into())).await.expect("a stream");
    assert_eq!(found.next().await.expect("an item").expect("a short one"), "a");
    let error = found.next().await.expect("an item").expect_err("a long one").to_string();
    assert_eq!(error, "internal: Desk.find item: expected at most 10 characters, got 11");
    desk.shutdown().await.expect("an orderly end");
}

struct Caller;

mod caller {
    use super::calls::*;
    use super::*;

    #[procwire::service]
    impl Trading for Caller {
        async fn place(&self, symbol: String, cx: &Context) -> Result<bool, Error> {
            let trading = cx.callbacks().trading();
            let mut candles =
                trading.data_fetch(symbol.clone(), SystemTime::UNIX_EPOCH).limit(2).await.map_err(Error::failed)?;
            let mut closes = Vec::new();
            while let Some(candle) = candles.next().await {
                closes.push(candle.map_err(Error::failed)?.close);
            }
            let position = trading.position(symbol.clone()).await;
            let declared = position == Err(StoreError::Full.into());
            let pick = cx.callbacks().trading().pick(symbol).second("b".into()).await?;
            cx.callbacks().acme_store().save(Entry::new("saved".into())).await?;
            Ok(declared && closes == [0.0, 1.0] && pick == "ab")
        }
    }
}

struct Answers;

mod answers {
    use super::calls::*;
    use super::*;

    #[procwire::service]
    impl TradingCallbacks for Answers {
        fn data_fetch(
            &self,
            _symbol: String,
            _from: SystemTime,
            limit: u32,
            _tags: Vec<String>,
        ) -> impl Stream<Item = Result<Candle, Error<FeedError>>> {
            stream::iter(0..limit).map(|at| Ok(Candle { open: 0.0, close: at.into() }))
        }

        async fn position(&self, _: String) -> Result<f64, Error<TradingCallbacksPositionError>> {
            Err(StoreError::Full.into())
        }

        async fn audit(&self, _: Entry) {}

        async fn pick(&self, first: String, second: Option<String>) -> Result<String, Error> {
            Ok(first + &second.unwrap_or_default())
        }
    }

    #[procwire::service]
    impl AcmeStoreCallbacks for Answers {
        async fn save(&self, _: Entry) -> Result<(), Error> {
            Ok(())
        }

        async fn flush(&self) -> Result<(), Error> {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_worker_calls_its_parent() {
    use calls::*;
    use std::sync::Arc;
    let answers = Arc::new(Answers);
    let desk: TradingClient = ClientBuilder::new()
        .callbacks(TradingCallbacks::service(Arc::clone(&answers)))
        .callbacks(AcmeStoreCallbacks::service(answers))
        .spawn(command("caller"))
        .await
        .expect("a worker");
    assert!(desk.place("a".into()).await.expect("an answer"));
    desk.shutdown().await.expect("an orderly end");
}

#[tokio::test]
async fn a_callback_that_nobody_answers_fails_at_the_worker() {
    use calls::*;
    let desk: TradingClient = ClientBuilder::new().spawn(command("caller")).await.expect("no callback is required");
    let error = desk.place("a".into()).await.expect_err("nobody answers").to_string();
    assert!(error.contains("trading.DataFetch"), "{error}");
    desk.shutdown().await.expect("an orderly end");
}

struct Broker;
struct Sun;

mod desk {
    use super::module::*;
    use super::*;

    #[procwire::service]
    impl Trading for Broker {
        async fn place(&self, symbol: String, cx: &Context) -> Result<bool, Error> {
            cx.events().filled(symbol.clone()).await?;
            cx.callbacks().store().save(symbol).await?;
            Ok(true)
        }
    }

    #[procwire::service]
    impl Weather for Sun {
        async fn degrees(&self) -> Result<f64, Error> {
            Ok(36.6)
        }
    }

    #[procwire::service]
    impl TradingCallbacks for Broker {
        fn data_fetch(&self, _: String) -> impl Stream<Item = Result<f64, Error>> {
            stream::empty()
        }

        async fn position(&self, _: String) -> Result<f64, Error> {
            Ok(0.0)
        }

        async fn audit(&self, _: String) {}
    }

    #[procwire::service]
    impl StoreCallbacks for Broker {
        async fn save(&self, _: String) -> Result<(), Error> {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_module_is_one_child_with_all_its_services() {
    use module::*;
    use std::sync::Arc;
    let answers = Arc::new(Broker);
    let desk = DeskClient::builder()
        .callbacks(TradingCallbacks::service(Arc::clone(&answers)))
        .callbacks(StoreCallbacks::service(answers))
        .spawn(command("desk"))
        .await
        .expect("a worker");
    let mut filled = desk.trading.events().filled();
    assert!(desk.trading.place("a".into()).await.expect("an answer"));
    assert_eq!(filled.next().await.expect("an event").symbol, "a");
    assert_eq!(desk.weather.degrees().await.expect("an answer"), 36.6);
    desk.shutdown().await.expect("an orderly end");
}

#[tokio::test]
async fn a_module_does_not_start_without_what_it_requires() {
    use module::*;
    let error = DeskClient::spawn(command("desk")).await.expect_err("nobody answers").to_string();
    assert!(error.contains("trading.DataFetch") && error.contains("store.Save"), "{error}");
    assert!(!error.contains("trading.Audit"), "{error}");
    // A child that lacks one of the services is none of this module's.
    let error = DeskClient::spawn(command("station")).await.expect_err("it has no trading").to_string();
    assert!(error.contains("place"), "{error}");
}

/// Not a test of its own: what the other tests start.
#[test]
fn child_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let worker = match role.as_str() {
        "moody" => Worker::new(Moody::default()),
        "old" => Worker::new(old::Plain),
        "bounded" => Worker::new(Bounded),
        "strict" => Worker::builder().service(Bounded).check_sent(true).build(),
        "caller" => Worker::new(Caller),
        "desk" => module::Desk::worker(Broker, Sun),
        "station" => module::Station::worker(Sun),
        other => panic!("no worker {other}"),
    };
    runtime.block_on(worker.serve()).expect("served");
}

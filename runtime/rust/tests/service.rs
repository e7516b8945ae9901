//! Services as users write them: a trait, an `impl`, and a client in another process.
//!
//! The child processes are this very program, told by their environment which worker to be.

#[path = "service/child.rs"]
mod child;
#[path = "service/desk.rs"]
mod desk;

use std::sync::mpsc;
use std::time::Duration;

use procwire::{Bytes, Code, Error};

use self::child::spawn;
use self::desk::*;

#[tokio::test]
async fn a_result_comes_back_with_what_was_sent() {
    let desk: TradingClient = spawn("desk").await;
    let ack = desk.place(order("ABC")).await.expect("an answer");
    assert_eq!(ack, OrderAck { symbol: "ABC".into(), dry_run: false, depth: None });
}

#[tokio::test]
async fn optional_parameters_are_setters() {
    let desk: TradingClient = spawn("desk").await;
    let call = desk.place(order("ABC")).dry_run(true).depth(3).timeout(Duration::from_secs(20));
    let ack = call.await.expect("an answer");
    assert_eq!(ack, OrderAck { symbol: "ABC".into(), dry_run: true, depth: Some(3) });
}

#[tokio::test]
async fn a_declared_error_arrives_as_its_type() {
    let desk: TradingClient = spawn("desk").await;
    let error = desk.place(order("")).await.expect_err("an error");
    assert_eq!(error, Error::Declared(TradeError::UnknownSymbol(String::new())));
}

#[tokio::test]
async fn a_failure_of_the_handler_keeps_its_message() {
    let desk: TradingClient = spawn("desk").await;
    let error = desk.ping(true).await.expect_err("an error");
    let failure = error.failure().expect("a failure");
    assert_eq!(failure.code(), Code::Failed);
    assert!(failure.message().contains("asked to fail"), "{failure}");
}

#[tokio::test]
async fn a_stream_gives_its_items_and_its_error() {
    let desk: TradingClient = spawn("desk").await;
    let mut quotes = desk.quotes(vec!["A".into(), "B".into(), String::new()]).await.expect("a stream");
    assert_eq!(quotes.next().await.expect("an item").expect("a quote").symbol, "A");
    assert_eq!(quotes.next().await.expect("an item").expect("a quote").symbol, "B");
    let error = quotes.next().await.expect("an item").expect_err("the error");
    assert_eq!(error, Error::Declared(TradeError::UnknownSymbol(String::new())));
    assert!(quotes.next().await.is_none());
}

#[tokio::test]
async fn acks_and_calls_without_an_answer_reach_their_handlers() {
    let desk: TradingClient = spawn("desk").await;
    desk.warm(7).await.expect("an ack");
    assert_eq!(desk.warm_stats(8).await.expect("an ack"), 15);
    desk.log("one".into()).await.expect("handed over");
    assert_eq!(desk.logged().await.expect("an answer"), ["one"]);
}

#[tokio::test]
async fn raw_and_bare_payloads_are_the_value_itself() {
    let desk: TradingClient = spawn("desk").await;
    let sent = Bytes::from(vec![0xc1; 100_000]);
    assert_eq!(desk.upload(sent.clone()).await.expect("bytes"), sent);
    assert_eq!(desk.search(Query { text: "x".into() }).await.expect("an answer"), ["x"]);
    let mut parts = desk.parts(Bytes::from_static(b"abc")).await.expect("a stream");
    assert_eq!(parts.next().await.expect("an item").expect("bytes"), "a");
}

#[tokio::test]
async fn raw_bytes_go_without_an_answer_and_come_as_an_event() {
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let builder = TradingClient::builder().on_stderr(|_| {}).on_fed(move |data| {
        // The test may have ended.
        let _ = sender.send(data);
    });
    let desk = builder.spawn(child::command("desk")).await.expect("a worker");
    let mut fed = desk.events().fed();
    let data = Bytes::from_static(b"\xc1 no MsgPack");
    desk.feed(data.clone()).await.expect("handed over");
    desk.flush().await.expect("an ack");
    assert_eq!(heard.recv().await.expect("an event"), data);
    assert_eq!(fed.next().await.expect("an event"), data);
}

#[tokio::test]
async fn a_stream_borrows_from_the_worker_and_from_the_call() {
    let desk: TradingClient = spawn("desk").await;
    let mut history = desk.history().await.expect("a stream");
    for expected in ["history 0 0", "history 0 1"] {
        assert_eq!(history.next().await.expect("an item").expect("a text"), expected);
    }
    assert!(history.next().await.is_none());
}

#[tokio::test]
async fn types_that_only_serde_knows_travel_everywhere() {
    let desk: TradingClient = spawn("desk").await;
    let plain = Plain { name: "x".into(), values: vec![1, 2] };
    assert_eq!(desk.plain(plain.clone()).await.expect("an answer"), plain);
    let mut plains = desk.plains(plain.clone()).await.expect("a stream");
    assert_eq!(plains.next().await.expect("an item").expect("a value"), plain);
}

#[tokio::test]
async fn events_are_heard_before_during_and_after_calls() {
    let (sender, heard) = mpsc::channel();
    let builder = TradingClient::builder().on_progress(move |progress| {
        // The test may have ended.
        let _ = sender.send(progress);
    });
    let desk = builder.spawn(child::command("desk")).await.expect("a worker");
    let mut filled = desk.events().filled();
    desk.work(3).await.expect("an answer");
    for percent in 1..=3 {
        let expected = TradingProgress { job: "work".into(), percent, note: None };
        assert_eq!(heard.recv().expect("an event"), expected);
    }
    assert_eq!(filled.next().await.expect("an event").symbol, "filled");
}

#[tokio::test]
async fn a_handle_emits_outside_of_handlers() {
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let builder = TradingClient::builder().on_idle(move |()| {
        // The test may have ended.
        let _ = sender.send(());
    });
    let _desk = builder.spawn(child::command("herald")).await.expect("a worker");
    heard.recv().await.expect("an event");
}

#[tokio::test]
async fn one_worker_serves_several_services() {
    let desk: TradingClient = spawn("several").await;
    let audit = AuditClient::attach(&desk).expect("the worker serves it too");
    desk.log("seen".into()).await.expect("handed over");
    assert_eq!(audit.entries().await.expect("an answer"), ["seen"]);
    assert_eq!(desk.peer().pid(), audit.peer().pid());
}

#[tokio::test]
async fn a_generic_worker_serves() {
    let audit: AuditClient = spawn("generic").await;
    assert_eq!(audit.entries().await.expect("an answer"), ["stored"]);
}

#[tokio::test]
async fn a_trait_is_served_under_another_name_and_from_another_module() {
    let audit: AuditClient = spawn("renamed").await;
    assert_eq!(audit.entries().await.expect("an answer"), ["elsewhere"]);
}

#[tokio::test]
async fn names_of_the_runtime_get_an_underscore_in_the_client() {
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let builder = AwkwardClient::builder().on_stderr(|_| {}).on_event_(move |()| {
        // The test may have ended.
        let _ = sender.send(());
    });
    let odd = builder.spawn(child::command("odd")).await.expect("a worker");
    let service = |call| Service { call };
    let spawned = odd.spawn_(service(1)).timeout_(service(2)).timeout(Duration::from_secs(20));
    assert_eq!(spawned.await.expect("an answer"), service(2));
    let mut items = odd.events_(1, 2, 3, 4).await.expect("a stream");
    for expected in 1..=4 {
        assert_eq!(items.next().await.expect("an item").expect("a value"), expected);
    }
    assert_eq!(odd.service(1).wait_(2).await.expect("an answer"), 3);
    let mut emitted = odd.events().emit();
    assert_eq!(odd.r#type(1).r#loop(4).await.expect("an answer"), 5);
    assert_eq!(emitted.next().await.expect("an event"), AwkwardEmit_ { r#type: 1 });
    heard.recv().await.expect("an event");
}

#[tokio::test]
async fn a_client_of_another_service_is_refused_with_what_is_missing() {
    let error = AuditClient::spawn(child::command("desk")).await.expect_err("another service");
    assert!(error.to_string().contains("entries"), "{error}");
}

#[tokio::test]
async fn a_worker_shuts_down_in_order() {
    let desk: TradingClient = spawn("desk").await;
    desk.ping(false).await.expect("an answer");
    desk.shutdown().await.expect("an orderly end");
    assert!(desk.peer().exit().expect("an exit").success());
}

#[test]
fn the_same_client_waits_without_a_runtime() {
    let desk: TradingClient = procwire::blocking::spawn(child::command("desk")).expect("a worker");
    let ack = desk.place(order("ABC")).depth(2).wait().expect("an answer");
    assert_eq!(ack.depth, Some(2));
    desk.warm(1).wait().expect("an ack");
    let quotes = desk.quotes(vec!["A".into(), "B".into()]).wait().expect("a stream");
    let symbols: Vec<String> = quotes.into_iter().map_while(|quote| Some(quote.ok()?.symbol)).collect();
    assert_eq!(symbols, ["A", "B"]);
    procwire::blocking::shutdown(&desk).expect("an orderly end");
}

/// Not a test of its own: what the other tests start.
#[test]
fn child_process() {
    child::run();
}

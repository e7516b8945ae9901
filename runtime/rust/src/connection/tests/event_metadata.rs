//! What goes along with events, and what becomes of it where the parent takes none, or has not said so yet.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::support::{Choice, End, Script, child, pair_calling, pair_with, value};
use crate::client::Remote;
use crate::codec::Message as _;
use crate::connection::{Extensions, Hello, MetadataValue, Takes, Trace};
use crate::error::{Code, Error, NoError};
use crate::service::{EmitFuture, Emitter, ServiceDescriptor};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

static EVENTS: ServiceDescriptor =
    ServiceDescriptor { name: "Script", methods: &[], events: &[], callbacks: &[], reserved: &[] };

fn script() -> Script {
    Script::new().result("sync", |_, (): ()| async { Ok::<_, Error>(()) }).event("tick")
}

fn emitter(child: &End) -> Emitter {
    Emitter::of(Arc::clone(child.connection.shared()))
}

fn tick(emitter: &Emitter, number: u32) -> EmitFuture {
    emitter.emit(&EVENTS, 0, |writer| number.encode(writer))
}

/// A parent and a child that both know what is in force.
async fn settled(extensions: Option<Extensions>) -> (End, End, Remote) {
    let choice = || Choice { extensions, ..Choice::default() };
    let (parent, child, remote) = match extensions {
        Some(_) => pair_calling(script(), &Script::new().bound(), choice(), choice()),
        None => pair_with(script(), choice(), choice()),
    };
    remote.call::<(), NoError>(0, crate::codec::Writer::nil).await.unwrap();
    (parent, child, remote)
}

fn hello(extensions: Extensions) -> Vec<u8> {
    let takes = Takes { payload: None, window: None, tracebacks: false };
    Hello { extensions, takes, paths: std::collections::BTreeSet::new() }.frame()
}

#[tokio::test]
async fn keys_and_trace_arrive_in_subscriptions() {
    let (_parent, child, remote) = settled(Some(Extensions::META)).await;
    let (emitter, mut plain) = (emitter(&child), remote.events::<u32>(0));
    let mut ticks = remote.events::<u32>(0).with_context();
    tick(&emitter, 1).metadata("tenant", "acme").metadata("key", vec![0, 255]).trace(Trace::new(TRACE)).await.unwrap();
    tick(&emitter, 2).await.unwrap();
    tick(&emitter, 3).metadata("tenant", "other").send_now().unwrap();
    let (number, context) = ticks.next().await.unwrap();
    assert_eq!((number, context.metadata().text("tenant")), (1, Some("acme")));
    assert_eq!(context.metadata().get("key"), Some(&MetadataValue::from(vec![0, 255])));
    assert_eq!(context.trace(), Some(&Trace::new(TRACE)));
    let (number, context) = ticks.next().await.unwrap();
    assert_eq!((number, context.metadata().is_empty(), context.trace()), (2, true, None));
    let (number, context) = ticks.next().await.unwrap();
    assert_eq!((number, context.metadata().text("tenant")), (3, Some("other")));
    for expected in 1..=3 {
        assert_eq!(plain.next().await, Some(expected));
    }
    assert_eq!(ticks.events().dropped() + ticks.events().undecodable(), 0);
}

#[tokio::test]
async fn too_much_metadata_is_refused_and_the_next_event_arrives() {
    let (_parent, child, remote) = settled(Some(Extensions::META)).await;
    let mut ticks = remote.events::<u32>(0);
    let error = tick(&emitter(&child), 1).metadata("big", "x".repeat(9000)).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::InvalidArgument), "{error}");
    tick(&emitter(&child), 2).await.unwrap();
    assert_eq!(ticks.next().await, Some(2));
}

#[tokio::test]
async fn a_parent_that_takes_no_metadata_gets_no_keys_and_does_not_hear_of_a_trace() {
    let reasons = [
        (None, "the parent speaks the base protocol alone, as @procwire/core does, which takes no metadata"),
        (Some(Extensions::CREDIT), "this worker does not offer the extension `meta`"),
    ];
    for (extensions, reason) in reasons {
        let (_parent, child, remote) = settled(extensions).await;
        let (emitter, mut ticks) = (emitter(&child), remote.events::<u32>(0).with_context());
        let error = tick(&emitter, 1).metadata("tenant", "acme").await.unwrap_err();
        assert_eq!((error.code(), error.to_string().contains(reason)), (Some(Code::Unsupported), true), "{error}");
        let error = tick(&emitter, 2).metadata("tenant", "acme").send_now().unwrap_err();
        assert_eq!(error.code(), Some(Code::Unsupported), "{error}");
        tick(&emitter, 3).trace(Trace::new(TRACE)).await.unwrap();
        let (number, context) = ticks.next().await.unwrap();
        assert_eq!((number, context.trace()), (3, None));
    }
}

#[tokio::test]
async fn events_before_the_first_frame_keep_their_order() {
    let (end, mut hand) = child(script(), Choice { extensions: Some(Extensions::META), ..Choice::default() });
    let emitter = emitter(&end);
    tick(&emitter, 0).await.unwrap();
    assert_eq!(hand.frame().await, (2, 0x01, 0, value(&0_u32)), "what has no metadata does not wait");
    let now = tick(&emitter, 9).metadata("tenant", "acme").send_now().unwrap_err();
    assert_eq!(now.code(), Some(Code::Unavailable), "{now}");
    let error = tick(&emitter, 9).metadata("big", "x".repeat(9000)).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::InvalidArgument), "{error}");
    let sending = async {
        tokio::join!(
            biased;
            async { tick(&emitter, 1).metadata("tenant", "acme").await.unwrap() },
            async { tick(&emitter, 2).await.unwrap() },
            async { tick(&emitter, 3).send_now().unwrap() },
            async { tick(&emitter, 4).trace(Trace::new(TRACE)).await.unwrap() },
            async {
                assert_eq!(end.connection.counts().frames_written, 1, "they wait");
                tokio::io::AsyncWriteExt::write_all(&mut hand.stream, &hello(Extensions::META)).await.unwrap();
            },
        )
    };
    sending.await;
    hand.takes_metadata();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let (id, flags, request, payload) = hand.frame().await;
        assert_eq!((id, request), (2, 0));
        seen.push((flags, payload[payload.len() - 1]));
    }
    assert_eq!(seen, [(0x41, 1), (0x01, 2), (0x01, 3), (0x41, 4)]);
}

#[tokio::test]
async fn an_event_that_nobody_waits_for_any_more_holds_nothing_up() {
    let (end, mut hand) = child(script(), Choice { extensions: Some(Extensions::META), ..Choice::default() });
    let emitter = emitter(&end);
    {
        let mut first = std::pin::pin!(tick(&emitter, 1).metadata("tenant", "acme"));
        assert!(futures_util::FutureExt::now_or_never(first.as_mut()).is_none());
        tick(&emitter, 2).send_now().unwrap();
    }
    assert_eq!(hand.frame().await, (2, 0x01, 0, value(&2_u32)));
}

#[tokio::test(start_paused = true)]
async fn a_parent_that_says_nothing_is_taken_for_one_without_metadata() {
    let (end, mut hand) = child(script(), Choice { extensions: Some(Extensions::META), ..Choice::default() });
    let emitter = emitter(&end);
    let begun = tokio::time::Instant::now();
    let (first, second, third) = tokio::join!(
        biased;
        tick(&emitter, 1).metadata("tenant", "acme"),
        tick(&emitter, 2),
        tick(&emitter, 3).trace(Trace::new(TRACE)),
    );
    let error = first.unwrap_err();
    assert_eq!(error.code(), Some(Code::Unsupported), "{error}");
    assert!(error.to_string().contains("the parent said nothing within 1s"), "{error}");
    second.and(third).unwrap();
    assert_eq!(begun.elapsed().as_millis() / 100, Duration::from_secs(1).as_millis() / 100);
    for expected in [2_u32, 3] {
        assert_eq!(hand.frame().await, (2, 0x01, 0, value(&expected)));
    }
}

#[tokio::test]
async fn events_that_wait_fail_with_their_connection() {
    let (end, hand) = child(script(), Choice { extensions: Some(Extensions::META), ..Choice::default() });
    let emitter = emitter(&end);
    let (sent, ()) = tokio::join!(biased; tick(&emitter, 1).metadata("tenant", "acme"), async {
        drop(hand);
        drop(end.driver.await.unwrap());
    });
    let error = sent.unwrap_err();
    assert_eq!(error.code(), Some(Code::Unavailable), "{error}");
}

#[tokio::test]
async fn a_listener_is_told_what_came_beside() {
    use crate::connection::{Agreed, Connection, EventContext, Handling, Limits, Role, Settings};
    use crate::service::{Handlers, Services};

    let (one, other) = tokio::net::UnixStream::pair().unwrap();
    let settings = Settings {
        role: Role::Parent,
        services: Services::default(),
        handlers: Handlers::default(),
        offers: Extensions::META,
        agreed: Some(Agreed { extensions: Extensions::META, base: false, ..Agreed::nothing() }),
        limits: Limits::default(),
        handling: Handling::Here,
        spin: false,
    };
    assert_eq!(one.try_write(&hello(Extensions::META)).unwrap(), hello(Extensions::META).len());
    let (_connection, mut driver) = Connection::new(one, settings, &[]);
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let told = Mutex::new(told);
    driver.listen(
        2,
        Box::new(move |payload, context: &EventContext| {
            told.lock().unwrap().send((payload.clone(), context.clone())).is_ok()
        }),
    );
    let _driver = tokio::spawn(driver);
    let child = End::new(
        other,
        Role::Child,
        Some(script().bound()),
        Choice { extensions: Some(Extensions::META), ..Choice::default() },
    );
    tick(&emitter(&child), 1).metadata("tenant", "acme").await.unwrap();
    tick(&emitter(&child), 2).await.unwrap();
    let (payload, context) = heard.recv().await.unwrap();
    assert_eq!((payload, context.metadata().text("tenant")), (value(&1_u32), Some("acme")));
    let (payload, context) = heard.recv().await.unwrap();
    assert_eq!((payload, context), (value(&2_u32), EventContext::default()));
}

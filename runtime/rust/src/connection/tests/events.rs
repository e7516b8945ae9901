//! Events, before, during and after calls.

use futures_util::stream;

use super::support::{Choice, Script, pair, pair_with, parent, value};
use crate::codec::Writer;
use crate::error::{Code, Error, NoError};
use crate::service::{Emitter, Response, ServiceDescriptor};

fn script() -> Script {
    Script::new()
        .result("emit", |cx, count: u32| async move {
            for number in 0..count {
                cx.events().emit(&EVENTS, 0, |w| w.uint(number.into())).await?;
            }
            Ok::<_, Error>(count)
        })
        .stream("between", |cx, count: u32| {
            let emitter = cx.events();
            stream::unfold(0, move |number| {
                let emitter = emitter.clone();
                async move {
                    if number == count {
                        return None;
                    }
                    emitter.emit(&EVENTS, 0, |w| w.uint(number.into())).await.unwrap();
                    Some((Ok::<u32, Error>(number), number + 1))
                }
            })
        })
        .event("tick")
        .event("tock")
}

/// The service is known by its name, wherever its constant lies.
static EVENTS: ServiceDescriptor =
    ServiceDescriptor { name: "Script", methods: &[], events: &[], callbacks: &[], reserved: &[] };

#[tokio::test]
async fn events_come_in_their_order_and_before_the_answer_that_follows() {
    let (_parent, _child, remote) = pair(script());
    let mut ticks = remote.events::<u32>(0);
    let mut again = remote.events::<u32>(0);
    let other = remote.events::<u32>(1);
    assert_eq!(remote.call::<u32, NoError>(0, |w| w.uint(100)).await.unwrap(), 100);
    for expected in 0..100 {
        assert_eq!(ticks.next().await, Some(expected));
        assert_eq!(again.next().await, Some(expected));
    }
    assert_eq!(ticks.dropped() + other.dropped(), 0);
}

#[tokio::test]
async fn an_event_between_two_items_stays_between_them() {
    let (_end, mut hand) = super::support::child(script(), Choice::default());
    hand.send_value(2, 0, 1, &3_u32).await;
    for number in 0..3_u32 {
        assert_eq!(hand.frame().await, (3, 0x01, 0, value(&number)), "the event");
        assert_eq!(hand.frame().await, (2, 0x0b, 1, value(&number)), "the item");
    }
    assert_eq!(hand.frame().await.1, 0x1b);
}

#[tokio::test]
async fn a_subscription_that_lags_loses_the_oldest() {
    let choice = Choice::limits(|limits| limits.events = 10);
    let (parent, _child, remote) = pair_with(script(), choice, Choice::default());
    let mut ticks = remote.events::<u32>(0);
    remote.call::<u32, NoError>(0, |w| w.uint(25)).await.unwrap();
    assert_eq!(ticks.next().await, Some(15));
    assert_eq!(ticks.dropped(), 15);
    assert_eq!(parent.connection.counts().events_dropped, 15);
    for expected in 16..25 {
        assert_eq!(ticks.next().await, Some(expected));
    }
}

#[tokio::test]
async fn an_event_that_nobody_hears_is_dropped_and_counted() {
    let (parent, _child, remote) = pair(script());
    remote.call::<u32, NoError>(0, |w| w.uint(5)).await.unwrap();
    assert_eq!(parent.connection.counts().events_unheard, 5);
    drop(remote.events::<u32>(0));
    remote.call::<u32, NoError>(0, |w| w.uint(2)).await.unwrap();
    assert_eq!(parent.connection.counts().events_unheard, 7);
}

#[tokio::test]
async fn an_event_that_does_not_decode_is_dropped_and_counted() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let mut ticks = remote.events::<u32>(0);
    hand.send_value(3, 0x01, 0, &"text".to_owned()).await;
    hand.send_value(3, 0x01, 0, &7_u32).await;
    assert_eq!(ticks.next().await, Some(7));
    assert_eq!((ticks.undecodable(), end.connection.counts().events_undecodable), (1, 1));
}

#[tokio::test]
async fn a_subscription_ends_with_the_connection() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let mut ticks = remote.events::<u32>(0);
    hand.send_value(3, 0x01, 0, &7_u32).await;
    drop(hand);
    drop(end.driver.await.unwrap());
    assert_eq!(ticks.next().await, Some(7), "what came before is kept");
    assert_eq!(ticks.next().await, None);
}

#[tokio::test]
async fn an_emitter_works_from_its_connection_on() {
    let (_parent, child, remote) = pair(script());
    let early = Emitter::detached();
    let clone = early.clone();
    let error = early.emit(&EVENTS, 0, |w| w.uint(1)).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::Unavailable));
    let mut ticks = remote.events::<u32>(0);
    early.attach(&child.connection);
    clone.emit(&EVENTS, 0, |w| w.uint(2)).await.unwrap();
    clone.emit(&EVENTS, 0, |w| w.uint(3)).send_now().unwrap();
    assert_eq!((ticks.next().await, ticks.next().await), (Some(2), Some(3)));
}

#[tokio::test]
async fn an_event_of_a_service_that_is_not_served_is_unsupported() {
    static OTHER: ServiceDescriptor =
        ServiceDescriptor { name: "Other", methods: &[], events: &[], callbacks: &[], reserved: &[] };
    let (_parent, child, _remote) = pair(script());
    let emitter = Emitter::of(std::sync::Arc::clone(child.connection.shared()));
    let error = emitter.emit(&OTHER, 0, Writer::nil).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::Unsupported));
    assert_eq!(Response::Stream.as_str(), "stream");
}

//! Credit: a stream whose consumer stops holds one window, and stops nobody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};

use super::support::{Choice, Script, pair_calling};
use crate::codec::Writer;
use crate::error::{Error, NoError};
use crate::service::Context;

const ITEM: usize = 936;
/// What an item costs: payload, its MsgPack header and the rest.
const COST: usize = 1000 + 3;
const WINDOW: u32 = 100_000;

fn window(window: u32) -> Choice {
    Choice::limits(|limits| limits.window = window)
}

/// A stream without an end that counts what was asked of it.
fn endless(made: &Arc<AtomicUsize>) -> Script {
    let made = Arc::clone(made);
    Script::new()
        .stream("endless", move |_, (): ()| {
            let made = Arc::clone(&made);
            stream::repeat_with(move || {
                made.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Error>(bytes::Bytes::from(vec![7; ITEM]))
            })
        })
        .result("echo", |_, n: u32| async move { Ok::<_, Error>(n) })
}

fn nothing() -> crate::service::Bound {
    Script::new().bound()
}

#[tokio::test]
async fn stopped_streams_hold_a_window_each_and_stop_nobody() {
    const STREAMS: usize = 1000;
    let made: Arc<AtomicUsize> = Arc::default();
    let (_parent, child, remote) = pair_calling(endless(&made), &nothing(), window(WINDOW), Choice::default());
    let open =
        join_all((0..STREAMS).map(|_| async { remote.stream::<bytes::Bytes, NoError>(0, Writer::nil).await.unwrap() }))
            .await;
    for n in 0..200_u32 {
        let answer = remote.call::<u32, NoError>(1, |writer| writer.uint(n.into())).await;
        assert_eq!(answer, Ok(n));
    }
    // An item goes as long as half a window is free before it.
    let most = WINDOW as usize / 2 / COST + 2;
    let sent = made.load(Ordering::SeqCst);
    assert!(sent <= STREAMS * most, "{sent} items of {STREAMS} streams");
    drop(open);
    child.connection.shared().handlers_ended().await;
}

#[tokio::test]
async fn everything_arrives_once_and_in_order_through_a_small_window() {
    for (size, count) in [(1, 3000), (100, 300), (5000, 300), (300_000, 20)] {
        let script = Script::new().stream("count", move |_, (): ()| {
            stream::iter(0_u32..count).map(move |n| Ok::<_, Error>((n, bytes::Bytes::from(vec![7; size]))))
        });
        let (parent, child, remote) = pair_calling(script, &nothing(), window(4096), Choice::default());
        let mut items = remote.stream::<(u32, bytes::Bytes), NoError>(0, Writer::nil).await.unwrap();
        for n in 0..count {
            let (number, bytes) = items.next().await.unwrap().unwrap();
            assert_eq!((number, bytes.len()), (n, size));
        }
        assert!(items.next().await.is_none());
        assert_eq!(parent.connection.calls_live() + child.connection.handlers_live(), 0);
    }
}

#[tokio::test]
async fn a_stopped_stream_of_callbacks_stops_nobody_either() {
    let made: Arc<AtomicUsize> = Arc::default();
    let back = endless(&made).bound();
    let service = back.service();
    let script = Script::new().result("hold", move |cx: Context, (): ()| async move {
        let back = cx.callbacks().remote(service);
        let mut held = back.stream::<bytes::Bytes, NoError>(0, Writer::nil).await?;
        for n in 0..500_u32 {
            assert_eq!(back.call::<u32, NoError>(1, |writer| writer.uint(n.into())).await, Ok(n));
        }
        for _ in 0..1000 {
            assert_eq!(held.next().await.unwrap()?.len(), ITEM);
        }
        Ok::<u32, Error>(0)
    });
    let (parent, _child, remote) = pair_calling(script, &back, Choice::default(), window(WINDOW));
    assert_eq!(remote.call::<u32, NoError>(0, Writer::nil).await, Ok(0));
    let most = 1000 + WINDOW as usize / COST + 2;
    assert!(made.load(Ordering::SeqCst) <= most);
    parent.connection.shared().handlers_ended().await;
}

#[tokio::test]
async fn the_end_meets_credit_on_its_way() {
    // Each stream ends with half a window outstanding, so that its credit and its end pass each other.
    let script = Script::new().stream("short", |_, (): ()| {
        stream::iter(0..60_u32).map(|_| Ok::<_, Error>(bytes::Bytes::from(vec![7; ITEM])))
    });
    let (parent, child, remote) = pair_calling(script, &nothing(), window(WINDOW), Choice::default());
    for _ in 0..50 {
        let all = join_all((0..20).map(|_| async {
            let items = remote.stream::<bytes::Bytes, NoError>(0, Writer::nil).await.unwrap();
            items.count().await
        }));
        assert!(all.await.iter().all(|count| *count == 60));
    }
    assert!(!parent.driver.is_finished() && !child.driver.is_finished());
}

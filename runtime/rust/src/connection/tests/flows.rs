//! Streams from end to end.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use super::support::{Choice, Script, pair, pair_with};
use crate::error::{Error, NoError};

fn script() -> Script {
    Script::new()
        .stream("count", |_, count: u32| stream::iter((0..count).map(Ok::<u32, Error>)))
        .stream("slowly", |_, count: u32| {
            stream::iter(0..count).then(|number| async move {
                tokio::task::yield_now().await;
                Ok::<u32, Error>(number)
            })
        })
        .stream("fails", |_, count: u32| {
            stream::iter((0..count).map(Ok::<u32, Error>).chain([Err(Error::failed("failed at the end"))]))
        })
        .raw_stream("sizes", |_, _: Bytes| {
            stream::iter([0, 1, 4095, 4096, 32_767, 32_768, 65_536, 3_000_000, 5].map(|length| Ok(body(length))))
        })
        .result("echo", |_, number: u32| async move { Ok::<_, Error>(number) })
}

fn body(length: usize) -> Bytes {
    (0..251_u8).cycle().take(length).collect()
}

#[tokio::test]
async fn every_item_comes_once_and_in_order() {
    let (_parent, _child, remote) = pair(script());
    for (method, count) in [(0, 0_u32), (0, 1), (0, 100_000), (1, 1000)] {
        let mut items = remote.stream::<u32, NoError>(method, |w| w.uint(count.into())).await.unwrap();
        for expected in 0..count {
            assert_eq!(items.next().await.unwrap().unwrap(), expected);
        }
        assert!(items.next().await.is_none());
        assert!(items.next().await.is_none(), "the end stays the end");
    }
}

#[tokio::test]
async fn an_error_comes_after_the_items_before_it() {
    let (_parent, _child, remote) = pair(script());
    let mut items = remote.stream::<u32, NoError>(2, |w| w.uint(1000)).await.unwrap();
    for expected in 0..1000 {
        assert_eq!(items.next().await.unwrap().unwrap(), expected);
    }
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "failed: failed at the end");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn items_of_any_size_arrive_as_they_left() {
    let (_parent, _child, remote) = pair(script());
    let mut items = remote.stream_raw::<NoError>(3, Bytes::new()).await.unwrap();
    for length in [0, 1, 4095, 4096, 32_767, 32_768, 65_536, 3_000_000, 5] {
        assert_eq!(items.next().await.unwrap().unwrap(), body(length), "{length}");
    }
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn streams_and_calls_share_a_connection() {
    let (_parent, _child, remote) = pair(script());
    let count = |method: usize| {
        let remote = remote.clone();
        async move {
            let items = remote.stream::<u32, NoError>(method, |w| w.uint(20_000)).await.unwrap();
            items.map(|item| item.unwrap()).fold(0_u64, |sum, item| async move { sum + u64::from(item) }).await
        }
    };
    let calls = async {
        for number in 0..500_u32 {
            assert_eq!(remote.call::<u32, NoError>(4, |w| w.uint(number.into())).await.unwrap(), number);
        }
    };
    let (one, other, ()) = tokio::join!(count(0), count(1), calls);
    assert_eq!((one, other), (199_990_000, 199_990_000));
}

#[tokio::test]
async fn a_consumer_may_call_the_same_peer_between_items() {
    let (_parent, _child, remote) = pair(script());
    let mut items = remote.stream::<u32, NoError>(0, |w| w.uint(300_000)).await.unwrap();
    let mut seen = 0;
    while let Some(item) = items.next().await {
        let item = item.unwrap();
        assert_eq!(item, seen);
        seen += 1;
        if item % 1000 == 0 {
            assert_eq!(remote.call::<u32, NoError>(4, |w| w.uint(item.into())).await.unwrap(), item);
        }
    }
    assert_eq!(seen, 300_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_streams_and_aborts_from_many_tasks_do_not_mix_up() {
    for parallel in [false, true] {
        let child = Choice { parallel, ..Choice::default() };
        let (parent, child, remote) = pair_with(script(), Choice::default(), child);
        let tasks: Vec<_> = (0..16_u32)
            .map(|task| {
                let remote = remote.clone();
                tokio::spawn(async move {
                    for round in 0..40 {
                        let number = task * 1000 + round;
                        let answer = remote.call::<u32, NoError>(4, |w| w.uint(number.into())).await;
                        assert_eq!(answer.unwrap(), number);
                        let mut items =
                            remote.stream::<u32, NoError>(round as usize % 2, |w| w.uint(50)).await.unwrap();
                        // Every third stream is left in its middle.
                        let wanted = if round % 3 == 0 { 20 } else { 50 };
                        for expected in 0..wanted {
                            assert_eq!(items.next().await.unwrap().unwrap(), expected);
                        }
                        if wanted == 50 {
                            assert!(items.next().await.is_none());
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(parent.connection.calls_live(), 0);
        child.connection.drain();
        child.connection.drained().await;
    }
}

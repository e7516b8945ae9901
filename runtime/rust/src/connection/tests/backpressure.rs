//! Nothing is buffered without a bound, and nothing waits for ever.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::io::AsyncReadExt;

use super::support::{Choice, End, Hand, Script, child, frame, pair, parent, value};
use crate::connection::Connection;
use crate::error::{Code, Error, NoError};
use crate::frame::id;

/// Lets the driver work until nothing changes any more: every task is idle, so that the runtime would sleep.
async fn settle(mut figure: impl FnMut() -> usize) -> usize {
    let mut last = figure();
    let mut same = 0;
    while same < 200 {
        tokio::task::yield_now().await;
        let now = figure();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

#[tokio::test]
async fn both_sides_flood_and_neither_waits_for_the_other() {
    let script = Script::new().raw("echo", |_, bytes: Bytes| async move { Ok(bytes) });
    let (_parent, _child, remote) = pair(script);
    let body = Bytes::from(vec![7; 60_000]);
    let calls = (0..400).map(|_| remote.call_raw::<Bytes, NoError>(0, body.clone()).into_future());
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(answer.unwrap().len(), body.len());
    }
    let large = Bytes::from(vec![7; 3_000_000]);
    let calls = (0..20).map(|_| remote.call_raw::<Bytes, NoError>(0, large.clone()).into_future());
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(answer.unwrap().len(), large.len());
    }
}

#[tokio::test]
async fn a_stream_waits_when_nobody_reads_and_goes_on_afterwards() {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let script = Script::new()
        .raw_stream("flood", move |_, _: Bytes| {
            let count = Arc::clone(&count);
            stream::iter((0..4000).map(move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                Ok(Bytes::from(vec![7; 10_000]))
            }))
        })
        .result("echo", |_, number: u32| async move { Ok::<_, Error>(number) });
    let (end, mut hand) = child(script, Choice::default());
    hand.send(1, 0, 1, &[]).await;
    let queued = || end.connection.shared().queued();
    while queued() < 16 << 20 {
        tokio::task::yield_now().await;
    }
    let waiting = settle(queued).await;
    assert!(waiting < 17 << 20, "{waiting} bytes wait");
    assert!(made.load(Ordering::SeqCst) < 2000);
    // The reader goes on: a request is served although its answer must queue.
    hand.send_value(2, 0, 2, &5_u32).await;
    while end.connection.counts().frames_read < 2 {
        tokio::task::yield_now().await;
    }
    let (mut items, mut answers, mut ended) = (0, 0, 0);
    while items + answers + ended < 4002 {
        match hand.frame().await {
            (_, 0x0b, 1, _) => items += 1,
            (_, 0x03, 2, _) => answers += 1,
            (_, 0x1b, 1, _) => ended += 1,
            other => unreachable!("{other:?}"),
        }
    }
    assert_eq!((items, answers, ended), (4000, 1, 1));
}

#[tokio::test]
async fn reading_rests_while_unwritten_answers_are_too_many() {
    let script = Script::new().raw("grow", |_, _: Bytes| async { Ok(Bytes::from(vec![7; 100_000])) });
    let choice = Choice::limits(|limits| {
        limits.write_queue = 200_000;
        limits.unwritten_answers = 1_000_000;
    });
    let (end, hand) = child(script, choice);
    let Hand { mut stream, .. } = hand;
    let (mut reader, mut writer) = stream.split();
    let write = async {
        use tokio::io::AsyncWriteExt;
        for request in 1..=50_000 {
            writer.write_all(&frame(1, 0, request, &[7; 100])).await.unwrap();
        }
    };
    let rested = {
        let mut write = pin!(write);
        let mut cx = Context::from_waker(Waker::noop());
        let read = settle(|| {
            assert!(write.as_mut().poll(&mut cx).is_pending(), "the child cannot have taken everything");
            usize::try_from(end.connection.counts().frames_read).unwrap()
        })
        .await;
        let queued = end.connection.shared().queued();
        assert!(queued > 1_000_000, "{queued}");
        // One read brings at most 64 KiB of requests before the reader looks again.
        assert!(read < 2000, "{read}");
        read
    };
    assert!(rested > 0);
    let mut seen = 0;
    let mut buffer = vec![0; 1 << 20];
    while seen < rested * 100_011 {
        seen += reader.read(&mut buffer).await.unwrap();
    }
}

#[tokio::test]
async fn callers_and_emitters_wait_for_room() {
    let choice = || Choice::limits(|limits| limits.write_queue = 1_000_000);
    let (end, remote, mut hand) = parent(
        Script::new().raw("echo", |_, bytes: Bytes| async move { Ok(bytes) }).none("log", |_, _: String| async {}),
        choice(),
    );
    let body = Bytes::from(vec![7; 100_000]);
    let calls = (0..60).map(|_| remote.call_raw::<Bytes, NoError>(0, body.clone()).into_future());
    let mut calls = pin!(futures_util::future::join_all(calls));
    let mut cx = Context::from_waker(Waker::noop());
    let queued = settle(|| {
        assert!(calls.as_mut().poll(&mut cx).is_pending());
        end.connection.shared().queued()
    })
    .await;
    assert!((500_000..1_200_000).contains(&queued), "{queued}");
    let mut log = pin!(remote.call::<(), NoError>(1, |w| w.str("waits too")).into_future());
    assert!(log.as_mut().poll(&mut cx).is_pending());
    let answering = async {
        for _ in 0..61 {
            let (id, _, request, payload) = hand.frame().await;
            if request != 0 {
                hand.send(id, 0x03, request, &payload[..1]).await;
            }
        }
    };
    let (answers, logged, ()) = tokio::join!(calls, log, answering);
    logged.unwrap();
    assert!(answers.into_iter().all(|answer| answer.unwrap() == body[..1]));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_room_keeps_its_deadline() {
    let (end, remote, _hand) = parent(
        Script::new().raw("echo", |_, bytes: Bytes| async move { Ok(bytes) }),
        Choice::limits(|limits| limits.write_queue = 1_000_000),
    );
    let body = Bytes::from(vec![7; 2_000_000]);
    let first = remote.call_raw::<Bytes, NoError>(0, body.clone()).timeout(Duration::from_secs(60)).into_future();
    let second = remote.call_raw::<Bytes, NoError>(0, body).timeout(Duration::from_secs(1)).into_future();
    tokio::select! {
        biased;
        _ = first => unreachable!("nobody answers"),
        second = second => assert_eq!(second.unwrap_err().code(), Some(Code::DeadlineExceeded)),
    }
    assert_eq!(end.connection.calls_live(), 0);
}

async fn lag(hand: &mut Hand, items: usize) {
    for _ in 0..items {
        hand.send(1, 0x0b, 1, &[7; 10_000]).await;
    }
}

fn flows() -> Script {
    Script::new()
        .raw_stream("flow", |_, _: Bytes| stream::empty())
        .result("echo", |_, number: u32| async move { Ok::<_, Error>(number) })
}

fn frames_read(connection: &Connection) -> usize {
    usize::try_from(connection.counts().frames_read).unwrap()
}

#[tokio::test]
async fn reading_rests_for_a_lagging_stream_while_no_other_call_waits() {
    let (end, remote, hand) = parent(flows(), Choice::default());
    let mut items = remote.stream_raw::<NoError>(0, Bytes::new()).await.unwrap();
    let Hand { mut stream, .. } = hand;
    let write = async {
        use tokio::io::AsyncWriteExt;
        for _ in 0..1000 {
            stream.write_all(&frame(1, 0x0b, 1, &[7; 10_000])).await.unwrap();
        }
        stream.write_all(&frame(1, 0x1b, 1, &[])).await.unwrap();
        stream
    };
    let mut write = Box::pin(write);
    let read = {
        let mut cx = Context::from_waker(Waker::noop());
        settle(|| {
            assert!(write.as_mut().poll(&mut cx).is_pending());
            frames_read(&end.connection)
        })
        .await
    };
    assert!((100..130).contains(&read), "{read} of 1000 items were read");
    let consume = async {
        let mut count = 0;
        while let Some(item) = items.next().await {
            assert_eq!(item.unwrap().len(), 10_000);
            count += 1;
        }
        count
    };
    let (_stream, count) = tokio::join!(write, consume);
    assert_eq!(count, 1000);
}

#[tokio::test]
async fn a_lagging_stream_does_not_stop_another_call() {
    let (end, remote, mut hand) = parent(flows(), Choice::default());
    let mut items = remote.stream_raw::<NoError>(0, Bytes::new()).await.unwrap();
    hand.frame().await;
    let call = remote.call::<u32, NoError>(1, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        let (id, _, request, _) = hand.frame().await;
        lag(&mut hand, 1000).await;
        hand.send_value(id, 0x03, request, &1_u32).await;
    });
    assert_eq!(answer.unwrap(), 1);
    assert_eq!(frames_read(&end.connection), 1001);
    for _ in 0..1000 {
        items.next().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_call_that_starts_while_reading_rests_lets_it_go_on() {
    let (_end, remote, mut hand) = parent(flows(), Choice::default());
    let _items = remote.stream_raw::<NoError>(0, Bytes::new()).await.unwrap();
    hand.frame().await;
    lag(&mut hand, 110).await;
    let call = remote.call::<u32, NoError>(1, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        let (id, _, request, _) = hand.frame().await;
        hand.send_value(id, 0x03, request, &1_u32).await;
    });
    assert_eq!(answer.unwrap(), 1);
}

#[tokio::test]
async fn a_stream_that_lags_too_far_is_aborted() {
    let (_end, remote, mut hand) = parent(flows(), Choice::default());
    let mut items = remote.stream_raw::<NoError>(0, Bytes::new()).await.unwrap();
    hand.frame().await;
    let call = remote.call::<u32, NoError>(1, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        let (id, _, request, _) = hand.frame().await;
        lag(&mut hand, 6800).await;
        assert_eq!(hand.frame().await, (id::ABORT, 0, 1, Bytes::new()));
        hand.send_value(id, 0x03, request, &1_u32).await;
    });
    assert_eq!(answer.unwrap(), 1);
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.code(), Some(Code::ResourceExhausted));
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_thousand_streams_to_a_reader_of_single_bytes_stay_within_the_write_queue() {
    let script =
        Script::new().raw_stream("flood", |_, _: Bytes| stream::repeat_with(|| Ok(Bytes::from(vec![7; 1000]))));
    let (end, mut hand) = child(script, Choice::default());
    for request in 1..=1000 {
        hand.send(1, 0, request, &[]).await;
    }
    let mut byte = [0];
    for _ in 0..100 {
        hand.stream.read_exact(&mut byte).await.unwrap();
        tokio::task::yield_now().await;
    }
    let queued = || end.connection.shared().queued();
    let queued = settle(queued).await;
    // The last one may add a batch after it found that there is room.
    assert!(queued < (16 << 20) + (128 << 10), "{queued}");
}

#[tokio::test]
async fn an_answer_that_waits_keeps_its_handlers_place() {
    let script = Script::new().raw("grow", |_, _: Bytes| async { Ok(Bytes::from(vec![7; 400_000])) });
    let choice = Choice::limits(|limits| limits.write_queue = 1_000_000);
    let (end, mut hand) = child(script, choice);
    for request in 1..=20 {
        hand.send(1, 0, request, &[]).await;
    }
    let live = settle(|| end.connection.handlers_live()).await;
    assert!(live > 10, "{live} handlers wait for room");
    for request in 1..=20 {
        assert_eq!(hand.frame().await.2, request);
    }
    assert_eq!(settle(|| end.connection.handlers_live()).await, 0);
}

#[tokio::test]
async fn the_write_queue_is_empty_after_a_flush() {
    let (one, other) = tokio::net::UnixStream::pair().unwrap();
    let bound = flows().bound();
    let end = End::new(one, crate::connection::Role::Child, Some(bound), Choice::default());
    drop(other);
    end.connection.flush().await;
    drop(end.driver.await.unwrap());
    end.connection.flush().await;
    let _ = value(&1_u32);
}

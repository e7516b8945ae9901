//! Calls that are left before they end.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::{Notify, mpsc};

use super::support::{Choice, Script, child, pair, parent, value};
use crate::codec::Writer;
use crate::error::{Code, Error, NoError};
use crate::frame::id;

/// Tells when it is dropped.
struct OnDrop(mpsc::UnboundedSender<&'static str>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

/// Notifies when it is dropped.
struct Tell(Arc<Notify>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Counts down when it is dropped.
struct Count(Arc<AtomicUsize>);

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// 1 tells its token, 2 hears no token, 3 tells its token and answers.
fn script() -> (Script, mpsc::UnboundedReceiver<&'static str>) {
    let (tell, told) = mpsc::unbounded_channel();
    let (deaf, late) = (tell.clone(), tell.clone());
    let script = Script::new()
        .result("listens", move |cx, (): ()| {
            let tell = tell.clone();
            async move {
                tell.send("started").unwrap();
                cx.cancelled().await;
                tell.send("cancelled").unwrap();
                Err::<(), Error>(Error::failed("left"))
            }
        })
        .result("deaf", move |_, (): ()| {
            let guard = OnDrop(deaf.clone());
            async move {
                let _guard = guard;
                std::future::pending::<Result<(), Error>>().await
            }
        })
        .result("answers", move |cx, (): ()| {
            let late = late.clone();
            async move {
                cx.token().cancelled().await;
                late.send("answered").unwrap();
                Ok::<_, Error>(())
            }
        });
    (script, told)
}

#[tokio::test]
async fn a_dropped_call_is_aborted_and_its_handler_hears_of_it() {
    let (script, mut told) = script();
    let (parent, child, remote) = pair(script);
    let mut call = Box::pin(remote.call::<(), NoError>(0, Writer::nil).into_future());
    tokio::select! {
        _ = &mut call => unreachable!("it is not answered"),
        started = told.recv() => assert_eq!(started, Some("started")),
    }
    drop(call);
    assert_eq!(parent.connection.calls_live(), 0, "the caller forgets it at once");
    assert_eq!(told.recv().await, Some("cancelled"));
    child.connection.drain();
    child.connection.drained().await;
    assert_eq!(parent.connection.counts().late_frames, 0, "nothing is sent for it any more");
}

#[tokio::test]
async fn nothing_is_answered_after_an_abort() {
    let (script, mut told) = script();
    let (end, mut hand) = child(script, Choice::default());
    hand.send(3, 0, 1, &[0xc0]).await;
    hand.send(id::ABORT, 0, 1, &[]).await;
    assert_eq!(told.recv().await, Some("answered"));
    // The id is free again.
    hand.send(3, 0, 1, &[0xc1]).await;
    assert_eq!(hand.frame().await.1, 0x07);
    assert_eq!(end.connection.handlers_live(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hears_nothing_is_dropped_after_the_grace() {
    let (script, mut told) = script();
    let (end, mut hand) = child(script, Choice::default());
    hand.send(2, 0, 1, &[0xc0]).await;
    hand.send(id::ABORT, 0, 1, &[]).await;
    hand.send(2, 0, 2, &[0xc1]).await;
    hand.frame().await;
    assert_eq!(end.connection.handlers_live(), 1, "its place is taken until it has ended");
    let start = tokio::time::Instant::now();
    assert_eq!(told.recv().await, Some("dropped"));
    let waited = start.elapsed();
    assert!((Duration::from_millis(900)..Duration::from_millis(1100)).contains(&waited), "{waited:?}");
    end.connection.drain();
    end.connection.drained().await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_in_its_own_task_is_dropped_after_the_grace_too() {
    let (script, mut told) = script();
    let (end, mut hand) = child(script, Choice { parallel: true, ..Choice::default() });
    hand.send(2, 0, 1, &[0xc0]).await;
    hand.send(id::ABORT, 0, 1, &[]).await;
    assert_eq!(told.recv().await, Some("dropped"));
    end.connection.drain();
    end.connection.drained().await;
}

#[tokio::test]
async fn a_stream_that_is_left_is_aborted() {
    let dropped = Arc::new(Notify::new());
    let inner = Arc::clone(&dropped);
    let script = Script::new().stream("count", move |_, (): ()| {
        let tell = Tell(Arc::clone(&inner));
        stream::iter((0_u64..).map(move |number| {
            let _ = &tell;
            Ok::<_, Error>(number)
        }))
    });
    let (parent, child, remote) = pair(script);
    let mut items = remote.stream::<u64, NoError>(0, Writer::nil).await.unwrap();
    for expected in 0..10 {
        assert_eq!(items.next().await.unwrap().unwrap(), expected);
    }
    drop(items);
    dropped.notified().await;
    child.connection.drain();
    child.connection.drained().await;
    assert_eq!(parent.connection.calls_live(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_stream_lasts_until_its_end() {
    let (_end, remote, mut hand) =
        parent(Script::new().stream("s", |_, (): ()| stream::empty::<Result<u32, Error>>()), Choice::default());
    let mut items = remote.stream::<u32, NoError>(0, Writer::nil).timeout(Duration::from_millis(100)).await.unwrap();
    let (_, _, request, _) = hand.frame().await;
    hand.send_value(1, 0x0b, request, &1_u32).await;
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert_eq!(items.next().await.unwrap().unwrap_err().code(), Some(Code::DeadlineExceeded));
    assert!(items.next().await.is_none());
    assert_eq!(hand.frame().await, (id::ABORT, 0, request, Bytes::new()));
}

#[tokio::test]
async fn an_abort_after_the_answer_is_not_sent() {
    let (end, remote, mut hand) =
        parent(Script::new().result("r", |_, (): ()| async { Ok::<_, Error>(()) }), Choice::default());
    {
        let mut call = pin!(remote.call::<(), NoError>(0, Writer::nil).into_future());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(matches!(call.as_mut().poll(&mut cx), Poll::Pending));
        let (_, _, request, _) = hand.frame().await;
        hand.send(1, 0x03, request, &[0xc0]).await;
        hand.send(1, 0x03, 99, &[0xc0]).await;
        while end.connection.counts().late_frames == 0 {
            tokio::task::yield_now().await;
        }
    }
    let (answer, ()) = tokio::join!(remote.call::<(), NoError>(0, Writer::nil).into_future(), async {
        let (id, _, request, _) = hand.frame().await;
        assert_eq!((id, request), (1, 2), "no abort came before");
        hand.send(1, 0x03, request, &[0xc0]).await;
    });
    answer.unwrap();
}

#[tokio::test]
async fn open_and_cancel_keeps_within_the_limit_of_handlers() {
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let script = {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        Script::new()
            .result("hang", move |cx, (): ()| {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                let count = Count(Arc::clone(&running));
                async move {
                    cx.cancelled().await;
                    drop(count);
                    Ok::<_, Error>(())
                }
            })
            .result("echo", |_, number: u32| async move { Ok::<_, Error>(number) })
    };
    let (end, mut hand) = child(script, Choice::limits(|limits| limits.handlers = 8));
    for request in 1..=20_000 {
        hand.send(1, 0, request, &[0xc0]).await;
        hand.send(id::ABORT, 0, request, &[]).await;
    }
    hand.send_value(2, 0, 1, &5_u32).await;
    assert_eq!(hand.frame().await, (2, 0x03, 1, value(&5_u32)));
    assert!(most.load(Ordering::SeqCst) <= 8);
    end.connection.drain();
    end.connection.drained().await;
    assert_eq!(running.load(Ordering::SeqCst), 0);
}

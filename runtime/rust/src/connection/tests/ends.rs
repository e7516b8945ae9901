//! How a connection ends, and what becomes of what was under way.

use std::future::IntoFuture;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use super::support::{Choice, Script, child, frame, pair, parent, value};
use crate::codec::Writer;
use crate::connection::CloseReason;
use crate::error::{Code, Error, Failure, NoError, read_error};

fn script() -> Script {
    Script::new()
        .result("echo", |_, number: u32| async move { Ok::<_, Error>(number) })
        .stream("flow", |_, (): ()| stream::empty::<Result<u32, Error>>())
}

#[tokio::test]
async fn pending_calls_fail_at_once_when_the_peer_is_lost() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let mut items = remote.stream::<u32, NoError>(1, Writer::nil).await.unwrap();
    let call = remote.call::<u32, NoError>(0, |w| w.uint(1)).into_future();
    let (answer, (), ()) = tokio::join!(
        call,
        async {
            hand.frame().await;
            hand.send_value(2, 0x0b, 1, &7_u32).await;
            hand.frame().await;
            drop(hand);
        },
        async {
            let closed = end.driver.await.unwrap();
            assert!(matches!(closed.reason(), CloseReason::Ended));
        }
    );
    let error = answer.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unavailable: Script.echo: the connection to the child is over: the peer closed the connection"
    );
    assert_eq!(items.next().await.unwrap().unwrap(), 7, "what arrived is not lost");
    assert_eq!(items.next().await.unwrap().unwrap_err().code(), Some(Code::Unavailable));
    let late = remote.call::<u32, NoError>(0, |w| w.uint(1)).await.unwrap_err();
    assert_eq!(late.code(), Some(Code::Unavailable));
}

#[tokio::test]
async fn who_ends_a_connection_may_say_why_its_calls_fail() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let call = remote.call::<u32, NoError>(0, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        hand.frame().await;
        drop(hand);
        let closed = end.driver.await.unwrap();
        closed.fail_calls(&Failure::new(Code::Unavailable, "the child was killed by signal 9"));
    });
    assert_eq!(answer.unwrap_err().to_string(), "unavailable: Script.echo: the child was killed by signal 9");
}

#[tokio::test]
async fn calls_fail_when_the_driver_is_dropped() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let call = remote.call::<u32, NoError>(0, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        hand.frame().await;
        end.driver.abort();
    });
    assert_eq!(answer.unwrap_err().code(), Some(Code::Unavailable));
}

#[tokio::test]
async fn the_end_inside_a_frame_is_told_apart() {
    let (end, mut hand) = child(script(), Choice::default());
    hand.stream.write_all(&frame(1, 0, 1, &[0xc0])[..5]).await.unwrap();
    drop(hand);
    let closed = end.driver.await.unwrap();
    assert_eq!(closed.reason().to_string(), "the peer closed the connection inside a frame");
}

#[tokio::test]
async fn a_connection_can_be_closed_from_this_side() {
    let (parent, child, remote) = pair(script());
    remote.call::<u32, NoError>(0, |w| w.uint(1)).await.unwrap();
    parent.connection.close(Failure::new(Code::Cancelled, "enough"));
    let closed = parent.driver.await.unwrap();
    assert_eq!(closed.reason().to_string(), "enough");
    drop(closed);
    assert!(matches!(child.driver.await.unwrap().reason(), CloseReason::Ended));
    let error = remote.call::<u32, NoError>(0, |w| w.uint(1)).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::Unavailable));
}

#[tokio::test]
async fn a_draining_child_answers_what_lies_in_the_socket_and_refuses_the_rest() {
    let gate = Arc::new(Semaphore::new(0));
    let inner = Arc::clone(&gate);
    let script = Script::new().result("wait", move |_, number: u32| {
        let gate = Arc::clone(&inner);
        async move {
            gate.acquire().await.unwrap().forget();
            Ok::<_, Error>(number)
        }
    });
    let (end, mut hand) = child(script, Choice::default());
    for request in 1..=200_u32 {
        hand.send_value(1, 0, request, &request).await;
    }
    end.connection.drain();
    while end.connection.handlers_live() < 200 {
        tokio::task::yield_now().await;
    }
    hand.send_value(1, 0, 500, &1_u32).await;
    let (_, flags, request, payload) = hand.frame().await;
    assert_eq!((flags, request), (0x07, 500));
    assert_eq!(read_error::<NoError>(&payload).code(), Some(Code::Unavailable));
    gate.add_permits(200);
    let mut answered = Vec::new();
    for _ in 1..=200 {
        let (_, flags, request, payload) = hand.frame().await;
        assert_eq!((flags, payload), (0x03, value(&request)));
        answered.push(request);
    }
    answered.sort_unstable();
    assert!(answered.into_iter().eq(1..=200));
    end.connection.drained().await;
    end.connection.flush().await;
}

#[tokio::test]
async fn a_cancelled_handler_may_still_answer() {
    let script = Script::new().result("wait", |cx, (): ()| async move {
        cx.cancelled().await;
        Err::<(), Error>(Error::new(Code::Unavailable, "going"))
    });
    let (end, mut hand) = child(script, Choice::default());
    hand.send(1, 0, 1, &[0xc0]).await;
    while end.connection.handlers_live() == 0 {
        tokio::task::yield_now().await;
    }
    end.connection.cancel_handlers();
    assert_eq!(hand.frame().await.1, 0x07);
}

#[tokio::test]
async fn tokens_fire_when_the_parent_is_lost_and_handlers_may_finish() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let script = Script::new().none("work", move |cx, (): ()| {
        let tell = tell.clone();
        async move {
            cx.cancelled().await;
            tokio::task::yield_now().await;
            tell.send("cleaned up").unwrap();
        }
    });
    let (end, mut hand) = child(script, Choice::default());
    hand.send(1, 0, 0, &[0xc0]).await;
    while end.connection.handlers_live() == 0 {
        tokio::task::yield_now().await;
    }
    drop(hand);
    let mut closed = end.driver.await.unwrap();
    closed.settle().await;
    assert_eq!(told.recv().await, Some("cleaned up"));
    assert_eq!(end.connection.handlers_live(), 0);
}

#[tokio::test]
async fn a_parent_that_shuts_down_refuses_new_calls_and_lets_the_others_end() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let call = remote.call::<u32, NoError>(0, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        let (id, _, request, _) = hand.frame().await;
        end.connection.refuse_calls(Failure::new(Code::Unavailable, "shutting down"));
        let refused = remote.call::<u32, NoError>(0, |w| w.uint(2)).await.unwrap_err();
        assert_eq!(refused.to_string(), "unavailable: shutting down");
        hand.send_value(id, 0x03, request, &1_u32).await;
    });
    assert_eq!(answer.unwrap(), 1);
    end.connection.calls_ended().await;
    end.connection.flush().await;
}

#[tokio::test]
async fn what_the_peer_sent_before_it_closed_is_taken() {
    let (end, remote, mut hand) = parent(script(), Choice::default());
    let call = remote.call::<u32, NoError>(0, |w| w.uint(1)).into_future();
    let (answer, ()) = tokio::join!(call, async {
        let (id, _, request, _) = hand.frame().await;
        let large = Bytes::from(vec![0x07; 100_000]);
        hand.send(77, 0x01, 0, &large).await;
        hand.send_value(id, 0x03, request, &9_u32).await;
        drop(hand);
    });
    assert_eq!(answer.unwrap(), 9);
    drop(end.driver.await.unwrap());
}

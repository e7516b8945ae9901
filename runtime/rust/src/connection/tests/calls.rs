//! Calls between two ends of ours.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Barrier, Semaphore};

use super::support::{Choice, Script, pair, pair_with, parent};
use crate::codec::{DecodeError, Message, Reader, Reason, Value, Writer};
use crate::error::{Code, Declared, Error, Failure, NoError};

fn echo() -> Script {
    Script::new().result("echo", |_, text: String| async move { Ok::<_, Error>(text) })
}

#[tokio::test]
async fn a_call_is_answered() {
    let (_parent, _child, remote) = pair(echo());
    assert_eq!(remote.call::<String, NoError>(0, |w| w.str("hi")).await.unwrap(), "hi");
}

#[tokio::test]
async fn a_call_that_nobody_awaits_is_not_sent() {
    let (parent, child, remote) = pair(echo());
    drop(remote.call::<String, NoError>(0, |w| w.str("never")));
    drop(remote.call::<String, NoError>(0, |w| w.str("never")).into_future());
    assert_eq!(remote.call::<String, NoError>(0, |w| w.str("hi")).await.unwrap(), "hi");
    assert_eq!(child.connection.counts().frames_read, 1);
    assert_eq!(parent.connection.calls_live(), 0);
}

#[tokio::test]
async fn a_thousand_calls_wait_at_once_and_each_gets_its_own_answer() {
    let barrier = Arc::new(Barrier::new(1000));
    let script = Script::new().result("meet", move |_, number: u32| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            Ok::<_, Error>(number)
        }
    });
    let (_parent, _child, remote) = pair(script);
    let calls = (0..1000_u64).map(|number| remote.call::<u64, NoError>(0, move |w| w.uint(number)).into_future());
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.into_iter().map(Result::unwrap).eq(0..1000));
}

#[tokio::test]
async fn answers_may_overtake() {
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let script = Script::new().result("slow", move |_, slow: bool| {
        let gate = Arc::clone(&opened);
        async move {
            if slow {
                gate.acquire().await.unwrap().forget();
            }
            Ok::<_, Error>(slow)
        }
    });
    let (_parent, _child, remote) = pair(script);
    let slow = remote.call::<bool, NoError>(0, |w| w.bool(true)).into_future();
    let fast = async {
        assert!(!remote.call::<bool, NoError>(0, |w| w.bool(false)).await.unwrap());
        gate.add_permits(1);
    };
    let (slow, ()) = tokio::join!(slow, fast);
    assert!(slow.unwrap());
}

#[tokio::test]
async fn large_bodies_arrive_as_they_left() {
    let script = Script::new()
        .raw("raw", |_, bytes: Bytes| async move { Ok(bytes) })
        .result("packed", |_, bytes: Bytes| async move { Ok::<_, Error>(bytes) });
    let (_parent, _child, remote) = pair(script);
    for length in [0, 1, 32 * 1024 - 1, 32 * 1024, 64 * 1024, 65 * 1024, 1 << 20, 10_000_000] {
        let body: Bytes = (0..251_u8).cycle().take(length).collect();
        assert_eq!(remote.call_raw::<Bytes, NoError>(0, body.clone()).await.unwrap(), body, "{length}");
        assert_eq!(remote.call::<Bytes, NoError>(1, |w| w.bytes(&body)).await.unwrap(), body, "{length}");
    }
}

#[tokio::test]
async fn raw_unit_is_empty() {
    let (_end, mut hand) =
        super::support::child(Script::new().raw("clear", |_, _: Bytes| async { Ok(()) }), Choice::default());
    hand.send(1, 0, 9, b"anything").await;
    assert_eq!(hand.frame().await, (1, 0x03, 9, Bytes::new()));
}

#[derive(Clone, Debug, PartialEq)]
struct TradeError(u32);

impl Message for TradeError {
    fn encode(&self, w: &mut Writer) {
        w.uint(self.0.into());
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match r.u32()? {
            0 => Err(DecodeError::new(Reason::Value, "no error is 0")),
            number => Ok(Self(number)),
        }
    }

    fn shape() -> &'static procwire_idl::shape::Shape {
        &procwire_idl::shape::Shape::U32
    }
}

impl std::fmt::Display for TradeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "trade error {}", self.0)
    }
}

impl std::error::Error for TradeError {}

impl Declared for TradeError {
    const NAME: &'static str = "TradeError";

    fn variant(&self) -> &'static str {
        "Closed"
    }
}

fn failing() -> Script {
    Script::new().result("fail", |_, how: u32| async move {
        let error: Error<TradeError> = match how {
            0 => TradeError(7).into(),
            1 => TradeError(0).into(),
            2 => Error::<TradeError>::failed("no luck"),
            3 => Failure::new(Code::Unavailable, "later").with_data(Value::from("tomorrow")).into(),
            _ => Error::<NoError>::new(Code::Unsupported, "not here").into(),
        };
        Err::<u32, _>(error)
    })
}

#[tokio::test]
async fn a_declared_error_arrives_typed() {
    let (_parent, _child, remote) = pair(failing());
    let error = remote.call::<u32, TradeError>(0, |w| w.uint(0)).await.unwrap_err();
    assert_eq!(error, Error::Declared(TradeError(7)));
}

#[tokio::test]
async fn a_declared_error_that_does_not_decode_is_failed() {
    let (_parent, _child, remote) = pair(failing());
    let error = remote.call::<u32, TradeError>(0, |w| w.uint(1)).await.unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!((failure.code(), failure.message()), (Code::Failed, "TradeError.Closed"));
    assert!(failure.data().is_some());
}

#[tokio::test]
async fn failures_arrive_with_code_message_and_data() {
    let (_parent, _child, remote) = pair(failing());
    let mut failures = Vec::new();
    for how in 2..5 {
        let error = remote.call::<u32, TradeError>(0, |w| w.uint(how)).await.unwrap_err();
        failures.push(error.failure().unwrap().clone());
    }
    assert_eq!((failures[0].code(), failures[0].message()), (Code::Failed, "no luck"));
    assert_eq!((failures[1].code(), failures[1].data()), (Code::Unavailable, Some(&Value::from("tomorrow"))));
    assert_eq!((failures[2].code(), failures[2].message()), (Code::Unsupported, "not here"));
}

/// A value that cannot be encoded.
struct Endless;

impl Message for Endless {
    fn encode(&self, w: &mut Writer) {
        for _ in 0..200 {
            let _ = w.array(1);
        }
    }

    fn decode(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self)
    }

    fn shape() -> &'static procwire_idl::shape::Shape {
        &procwire_idl::shape::Shape::Any
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_encoded_is_internal() {
    let script = Script::new()
        .result("endless", |_, (): ()| async { Ok::<_, Error>(Endless) })
        .stream("endlessly", |_, (): ()| futures_util::stream::iter([Ok::<_, Error>(Endless)]));
    let (_parent, _child, remote) = pair(script);
    let error = remote.call::<(), NoError>(0, Writer::nil).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::Internal));
    assert!(error.to_string().contains("Script.endless answer cannot be encoded"), "{error}");
    let mut items = remote.stream::<(), NoError>(1, Writer::nil).await.unwrap();
    assert_eq!(items.next().await.unwrap().unwrap_err().code(), Some(Code::Internal));
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_request_that_cannot_be_encoded_is_not_sent() {
    let (_parent, child, remote) = pair(echo());
    let error = remote.call::<String, NoError>(0, |w| Endless.encode(w)).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::InvalidArgument));
    assert_eq!(child.connection.counts().frames_read, 0);
}

#[tokio::test]
async fn a_payload_over_the_peers_limit_is_refused_by_its_sender() {
    let tight = || Choice::limits(|limits| limits.peer_payload = 1000);
    let script = Script::new()
        .raw("grow", |_, _: Bytes| async { Ok(Bytes::from(vec![0; 1001])) })
        .raw_stream("grows", |_, _: Bytes| {
            futures_util::stream::iter([Ok(Bytes::new()), Ok(Bytes::from(vec![0; 1001]))])
        });
    let (_parent, _child, remote) = pair_with(script, tight(), tight());
    let error = remote.call_raw::<Bytes, NoError>(0, Bytes::from(vec![0; 1001])).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::ResourceExhausted));
    assert_eq!(
        error.to_string(),
        "resource_exhausted: Script.grow request has 1001 bytes, above the 1000 that the peer takes"
    );
    let error = remote.call_raw::<Bytes, NoError>(0, Bytes::from(vec![0; 1000])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "resource_exhausted: Script.grow answer has 1001 bytes, above the 1000 that the peer takes"
    );
    let mut items = remote.stream_raw::<NoError>(1, Bytes::new()).await.unwrap();
    assert_eq!(items.next().await.unwrap().unwrap(), Bytes::new());
    assert_eq!(items.next().await.unwrap().unwrap_err().code(), Some(Code::ResourceExhausted));
}

#[tokio::test]
async fn a_none_call_is_done_when_it_is_handed_over() {
    let (_end, remote, mut hand) = parent(Script::new().none("log", |_, _: String| async {}), Choice::default());
    remote.call::<(), NoError>(0, |w| w.str("n")).await.unwrap();
    assert_eq!(hand.frame().await, (1, 0x00, 0, super::support::value(&"n".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_at_its_deadline() {
    let (_end, remote, mut hand) = parent(echo(), Choice::default());
    let start = tokio::time::Instant::now();
    let usual = remote.call::<String, NoError>(0, |w| w.str("x")).await.unwrap_err();
    assert_eq!(usual.code(), Some(Code::DeadlineExceeded));
    let waited = start.elapsed();
    assert!((Duration::from_secs(30)..Duration::from_millis(30_100)).contains(&waited), "{waited:?}");
    hand.frame().await;
    assert_eq!(hand.frame().await.0, crate::frame::id::ABORT);

    let start = tokio::time::Instant::now();
    let own = remote.call::<String, NoError>(0, |w| w.str("x")).timeout(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(own.code(), Some(Code::DeadlineExceeded));
    let waited = start.elapsed();
    assert!((Duration::from_millis(50)..Duration::from_millis(150)).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn many_deadlines_each_end_their_own_call() {
    let (end, remote, _hand) = parent(echo(), Choice::default());
    let calls = (0..200_u64).rev().map(|number| {
        let remote = remote.clone();
        async move {
            let start = tokio::time::Instant::now();
            let limit = Duration::from_millis(100 + number * 10);
            let call = remote.call::<String, NoError>(0, |w| w.str("x")).timeout(limit);
            assert_eq!(call.await.unwrap_err().code(), Some(Code::DeadlineExceeded));
            let late = start.elapsed().checked_sub(limit).unwrap();
            assert!(late < Duration::from_millis(100), "{late:?}");
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(end.connection.calls_live(), 0);
}

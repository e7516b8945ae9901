//! The child calls the parent: nesting, aborts, deadlines, metadata, and handlers that come and go.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use tokio::sync::{mpsc, oneshot};

use super::support::{Choice, Script, child_wanting, pair_calling, value};
use crate::client::Remote;
use crate::codec::{Message, Writer};
use crate::connection::{Extensions, Trace};
use crate::error::{Code, Error, NoError};
use crate::service::{Bound, Context, ServiceDescriptor};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn call(remote: &Remote, index: usize, argument: u32) -> Result<u32, Error> {
    remote.call::<u32, NoError>(index, |writer| argument.encode(writer)).await
}

/// A callback service and its descriptor, which the child's script needs before it exists.
fn back(script: Script) -> (Bound, &'static ServiceDescriptor) {
    let bound = script.bound();
    let service = bound.service();
    (bound, service)
}

fn handlers(count: usize) -> Choice {
    Choice::limits(|limits| limits.handlers = count)
}

#[tokio::test]
async fn calls_nest_in_both_directions_while_all_slots_are_taken() {
    let child: Arc<OnceLock<Remote>> = Arc::default();
    let known = Arc::clone(&child);
    let (bound, service) = back(Script::new().result("back.down", move |cx: Context, left: u32| {
        let child = cx.nested(known.get().unwrap());
        async move { call(&child, 0, left).await.map(|depth| depth + 1) }
    }));
    let script = Script::new().result("up", move |cx: Context, left: u32| async move {
        if left == 0 {
            return Ok::<_, Error>(0);
        }
        call(&cx.callbacks().remote(service), 0, left - 1).await.map(|depth| depth + 1)
    });
    let (_parent, _child, remote) = pair_calling(script, &bound, handlers(1), handlers(1));
    child.set(remote.clone()).unwrap();
    // Each step is a callback and a call.
    assert_eq!(call(&remote, 0, 8).await, Ok(16));
    let error = call(&remote, 0, 9).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::ResourceExhausted), "{error}");
    assert!(error.to_string().contains("nested 17 calls deep"), "{error}");
    // The one slot of either side waits for its own nested call, and others still have their turn.
    let many = join_all((0..50).map(|_| call(&remote, 0, 4))).await;
    assert!(many.iter().all(|answer| *answer == Ok(8)), "{many:?}");
}

#[tokio::test]
async fn what_serves_a_call_is_aborted_with_it() {
    let (began, mut beginnings) = mpsc::unbounded_channel();
    let (ended, mut ends) = mpsc::unbounded_channel();
    let (bound, service) = back(Script::new().result("back.hang", move |cx: Context, (): ()| {
        let (began, ended) = (began.clone(), ended.clone());
        async move {
            began.send(()).unwrap();
            cx.cancelled().await;
            ended.send(()).unwrap();
            Ok::<u32, Error>(0)
        }
    }));
    let (failed, mut failures) = mpsc::unbounded_channel();
    let script = Script::new().result("hang", move |cx: Context, (): ()| {
        let failed = failed.clone();
        async move {
            let outcome = cx.callbacks().remote(service).call::<u32, NoError>(0, Writer::nil).await;
            failed.send(outcome.unwrap_err()).unwrap();
            Ok::<u32, Error>(0)
        }
    });
    let (_parent, child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    {
        let call = remote.call::<u32, NoError>(0, Writer::nil).without_timeout();
        tokio::select! {
            outcome = call => panic!("{outcome:?}"),
            began = beginnings.recv() => began.unwrap(),
        }
    }
    let failure = failures.recv().await.unwrap();
    assert_eq!(failure.code(), Some(Code::Cancelled), "{failure}");
    ends.recv().await.unwrap();
    assert_eq!(child.connection.calls_live(), 0);
}

#[tokio::test]
async fn deadline_and_trace_go_along_and_user_keys_do_not() {
    type Seen = (Option<Duration>, Option<Trace>, Option<String>);
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let look = |cx: &Context| -> Seen {
        let left = cx.deadline().map(|deadline| deadline.saturating_duration_since(std::time::Instant::now()));
        (left, cx.trace().cloned(), cx.metadata().text("tenant").map(str::to_owned))
    };
    let there = Arc::clone(&seen);
    let (bound, service) = back(Script::new().result("back.look", move |cx: Context, (): ()| {
        there.lock().unwrap().push(look(&cx));
        async { Ok::<u32, Error>(7) }
    }));
    let here = Arc::clone(&seen);
    let script = Script::new().result("look", move |cx: Context, (): ()| {
        here.lock().unwrap().push(look(&cx));
        async move { cx.callbacks().remote(service).call::<u32, NoError>(0, Writer::nil).await }
    });
    let (_parent, _child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    let limit = Duration::from_secs(20);
    let trace = Trace { tracestate: Some("v=1".into()), ..Trace::new(TRACE) };
    let call = remote.call::<u32, NoError>(0, Writer::nil).timeout(limit).trace(trace.clone());
    assert_eq!(call.metadata("tenant", "acme").await, Ok(7));
    assert_eq!(remote.call::<u32, NoError>(0, Writer::nil).await, Ok(7));
    let seen = seen.lock().unwrap();
    let [first, nested, plain, plain_nested] = &seen[..] else { panic!("{seen:?}") };
    assert!(first.0.unwrap() <= limit && nested.0.unwrap() <= first.0.unwrap(), "{seen:?}");
    assert_eq!((&first.1, first.2.as_deref()), (&Some(trace.clone()), Some("acme")));
    assert_eq!((&nested.1, nested.2.as_deref()), (&Some(trace), None));
    assert_eq!((plain, plain_nested), (&(None, None, None), &(None, None, None)), "nobody gave a deadline");
}

#[tokio::test]
async fn a_nested_call_ends_with_the_deadline_of_the_outer_one() {
    let (bound, service) = back(Script::new().result("back.hang", |cx: Context, (): ()| async move {
        cx.cancelled().await;
        Ok::<u32, Error>(0)
    }));
    let (failed, failures) = oneshot::channel();
    let failed = Arc::new(Mutex::new(Some(failed)));
    let script = Script::new().result("hang", move |cx: Context, (): ()| {
        let failed = failed.lock().unwrap().take().unwrap();
        async move {
            let back = cx.callbacks().remote(service);
            let call = back.call::<u32, NoError>(0, Writer::nil);
            let _ = failed.send(call.timeout(Duration::from_secs(600)).await.unwrap_err().code());
            Ok::<u32, Error>(0)
        }
    });
    let (_parent, _child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    let call = remote.call::<u32, NoError>(0, Writer::nil).timeout(Duration::from_millis(30));
    assert_eq!(call.await.unwrap_err().code(), Some(Code::DeadlineExceeded));
    // Either its own deadline comes first or the abort of the outer call.
    let code = failures.await.unwrap().unwrap();
    assert!([Code::DeadlineExceeded, Code::Cancelled].contains(&code), "{code}");
}

#[tokio::test]
async fn all_kinds_of_answers_come_back() {
    let (note, mut heard) = mpsc::unbounded_channel();
    let (bound, service) = back(
        Script::new()
            .result("back.result", |_, n: u32| async move { Ok::<_, Error>(n + 1) })
            .ack("back.ack", |_, n: u32| async move { Ok::<_, Error>(n + 2) })
            .stream("back.stream", |_, n: u32| {
                let failure = Error::<NoError>::new(Code::Failed, "enough");
                stream::iter((0..n).map(Ok).chain([Err(failure)]))
            })
            .none("back.none", move |_, n: u32| {
                note.send(n).unwrap();
                async {}
            }),
    );
    let script = Script::new().result("all", move |cx: Context, (): ()| async move {
        let back = cx.callbacks().remote(service);
        assert_eq!(call(&back, 0, 1).await, Ok(2));
        assert_eq!(call(&back, 1, 1).await, Ok(3));
        let mut items = back.stream::<u32, NoError>(2, |writer| 3_u32.encode(writer)).await?;
        let mut taken = Vec::new();
        let error = loop {
            match items.next().await {
                Some(Ok(item)) => taken.push(item),
                Some(Err(error)) => break error,
                None => panic!("the error is missing"),
            }
        };
        assert_eq!((taken, error.to_string().as_str()), (vec![0, 1, 2], "failed: enough"));
        back.call::<(), NoError>(3, |writer| 9_u32.encode(writer)).await?;
        Ok::<u32, Error>(0)
    });
    let (_parent, _child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    assert_eq!(remote.call::<u32, NoError>(0, Writer::nil).await, Ok(0));
    assert_eq!(heard.recv().await, Some(9));
}

#[tokio::test]
async fn ten_thousand_callbacks_are_in_flight() {
    const MANY: u32 = 10_000;
    let waiting = Arc::new(tokio::sync::Barrier::new(MANY as usize));
    let (bound, service) = back(Script::new().result("back.wait", move |_, n: u32| {
        let waiting = Arc::clone(&waiting);
        async move {
            waiting.wait().await;
            Ok::<_, Error>(n)
        }
    }));
    let script = Script::new().result("all", move |cx: Context, (): ()| async move {
        let back = cx.callbacks().remote(service);
        let answers = join_all((0..MANY).map(|n| call(&back, 0, n))).await;
        Ok::<u32, Error>(answers.into_iter().map(|answer| answer.unwrap() / MANY + 1).sum())
    });
    let (_parent, _child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    assert_eq!(remote.call::<u32, NoError>(0, Writer::nil).without_timeout().await, Ok(MANY));
}

#[tokio::test]
async fn handlers_come_and_go_while_the_child_runs() {
    let (bound, service) = back(
        Script::new()
            .result("back.one", |_, n: u32| async move { Ok::<_, Error>(n) })
            .result("back.two", |_, n: u32| async move { Ok::<_, Error>(n) }),
    );
    let script = Script::new().result("ask", move |cx: Context, index: u32| async move {
        call(&cx.callbacks().remote(service), index as usize, 5).await
    });
    let (parent, _child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    let handlers = parent.connection.shared().handlers().clone();
    assert_eq!(call(&remote, 0, 0).await, Ok(5));
    assert!(handlers.remove("back.one"));
    assert!(!handlers.remove("back.one"));
    let error = call(&remote, 0, 0).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::NotFound));
    assert!(error.to_string().contains("no handler for the callback `back.one`; it has: back.two"), "{error}");
    assert_eq!(call(&remote, 0, 1).await, Ok(5));
    let again = Script::new().result("back.one", |_, n: u32| async move { Ok::<_, Error>(n + 1) });
    handlers.add_bound(&again.bound()).unwrap();
    assert_eq!(call(&remote, 0, 0).await, Ok(6));
    let wrong = Script::new().ack("back.one", |_, n: u32| async move { Ok::<_, Error>(n) });
    let error = handlers.add_bound(&wrong.bound()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid_argument: callback `back.one` is expected to answer with result, its handler here answers with ack"
    );
    assert_eq!(call(&remote, 0, 0).await, Ok(6));
}

#[tokio::test]
async fn what_is_not_in_force_fails_at_the_caller() {
    let (bound, service) = back(Script::new().result("back.one", |_, n: u32| async move { Ok::<_, Error>(n) }));
    let ask = move || {
        Script::new()
            .result("ask", move |cx: Context, (): ()| async move { call(&cx.callbacks().remote(service), 0, 1).await })
    };
    // The base protocol.
    let choice = Choice { callbacks: super::support::wanted(&[service]), ..Choice::default() };
    let (_parent, _child, remote) = super::support::pair_with(ask(), Choice::default(), choice);
    let error = remote.call::<u32, NoError>(0, Writer::nil).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsupported: back.one: the parent speaks the base protocol alone, as @procwire/core does, which answers no callbacks"
    );
    let error = remote.call::<u32, NoError>(0, Writer::nil).metadata("a", "b").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsupported: the worker speaks the base protocol alone, as @procwire/client does, which takes no metadata"
    );
    // A parent of ours that wants none.
    let parent = Choice { extensions: Some(Extensions::META | Extensions::CREDIT), ..Choice::default() };
    let (_parent, _child, remote) = pair_calling(ask(), &bound, parent, Choice::default());
    let error = remote.call::<u32, NoError>(0, Writer::nil).await.unwrap_err();
    assert_eq!(error.to_string(), "unsupported: back.one: the parent does not offer the extension `callbacks`");
    // A callback that nobody announced.
    let (other, _) = back(Script::new().result("back.other", |_, n: u32| async move { Ok::<_, Error>(n) }));
    let (_parent, _child, remote) = pair_calling(ask(), &other, Choice::default(), Choice::default());
    let error = remote.call::<u32, NoError>(0, Writer::nil).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::Unsupported));
    assert!(error.to_string().contains("did not announce the callback `back.one`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_parent_is_waited_for_a_second() {
    let script = || Script::new().result("back.one", |_, n: u32| async move { Ok::<_, Error>(n) });
    let (end, _hand) = child_wanting(Script::new(), vec![script()], Choice::default());
    let service = script().bound().service();
    let back = crate::service::Callbacks::outside(&end.connection).remote(service);
    let begun = tokio::time::Instant::now();
    let error = call(&back, 0, 1).await.unwrap_err();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(error.to_string(), "unsupported: back.one: the parent said nothing within 1s that would allow it");
}

#[tokio::test]
async fn a_call_made_before_the_first_frame_waits_for_it() {
    use tokio::io::AsyncWriteExt;

    let script = || Script::new().result("back.one", |_, n: u32| async move { Ok::<_, Error>(n) });
    let (end, mut hand) = child_wanting(Script::new(), vec![script()], Choice::default());
    let back = crate::service::Callbacks::outside(&end.connection).remote(script().bound().service());
    let asked = tokio::spawn(async move { call(&back, 0, 1).await });
    let hello = crate::connection::Hello {
        extensions: Extensions::META | Extensions::CALLBACKS,
        takes: crate::connection::Takes::default(),
        paths: ["back.one".to_owned()].into(),
    };
    hand.stream.write_all(&hello.frame()).await.unwrap();
    let (id, flags, request, payload) = hand.frame().await;
    assert_eq!((id, flags, payload), (1, 0x01, value(&1_u32)));
    hand.send_value(id, 0x02, request, &2_u32).await;
    assert_eq!(asked.await.unwrap(), Ok(2));
}

#[tokio::test]
async fn a_full_peer_deadlocks_neither_side() {
    // Both sides answer with more than every queue holds, at the same time.
    const SIZE: usize = 1 << 20;
    let (bound, service) = back(
        Script::new().result("back.much", |_, (): ()| async { Ok::<_, Error>(bytes::Bytes::from(vec![7; SIZE])) }),
    );
    let script = Script::new().result("much", move |cx: Context, (): ()| async move {
        let back = cx.callbacks().remote(service);
        let got = back.call::<bytes::Bytes, NoError>(0, Writer::nil).await?;
        Ok::<_, Error>(got)
    });
    let small = || Choice::limits(|limits| (limits.write_queue, limits.unwritten_answers) = (1 << 16, 1 << 17));
    let (_parent, _child, remote) = pair_calling(script, &bound, small(), small());
    let all = join_all((0..64).map(|_| async { remote.call::<bytes::Bytes, NoError>(0, Writer::nil).await })).await;
    assert!(all.iter().all(|got| got.as_ref().is_ok_and(|got| got.len() == SIZE)));
}

#[tokio::test]
async fn a_stream_of_callbacks_is_left_early() {
    let (bound, service) =
        back(Script::new().stream("back.endless", |_, (): ()| stream::iter(0_u32..).map(Ok::<u32, Error>)));
    let script = Script::new().result("some", move |cx: Context, (): ()| async move {
        let mut items = cx.callbacks().remote(service).stream::<u32, NoError>(0, Writer::nil).await?;
        let mut last = 0;
        for _ in 0..100_000 {
            last = items.next().await.unwrap()?;
        }
        Ok::<u32, Error>(last)
    });
    let (parent, _child, remote) = pair_calling(script, &bound, Choice::default(), Choice::default());
    assert_eq!(remote.call::<u32, NoError>(0, Writer::nil).await, Ok(99_999));
    parent.connection.shared().handlers_ended().await;
}

//! Which requests run, which wait, and what becomes of handlers that panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use procwire_idl::shape::Shape;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use super::support::{Choice, Script, child, frame, pair, pair_with, value};
use crate::codec::{DecodeError, EncodeError, Message, Reader, Writer};
use crate::error::{Code, Error, NoError, read_error};
use crate::service::ServiceDescriptor;

fn gated() -> (Script, Arc<Semaphore>, Arc<AtomicUsize>) {
    let gate = Arc::new(Semaphore::new(0));
    let started = Arc::new(AtomicUsize::new(0));
    let (inner, count) = (Arc::clone(&gate), Arc::clone(&started));
    let script = Script::new().raw("wait", move |_, bytes: Bytes| {
        count.fetch_add(1, Ordering::SeqCst);
        let gate = Arc::clone(&inner);
        async move {
            gate.acquire().await.unwrap().forget();
            Ok(bytes)
        }
    });
    (script, gate, started)
}

#[tokio::test]
async fn requests_above_the_limit_wait_first_in_first_out() {
    let (script, gate, started) = gated();
    let (end, mut hand) = child(script, Choice::limits(|limits| limits.handlers = 2));
    for request in 1..=10_u8 {
        hand.send(1, 0, request.into(), &[request]).await;
    }
    while end.connection.handlers_live() < 10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(started.load(Ordering::SeqCst), 2);
    gate.add_permits(10);
    for request in 1..=10_u8 {
        assert_eq!(hand.frame().await, (1, 0x03, request.into(), Bytes::copy_from_slice(&[request])));
    }
}

#[tokio::test]
async fn requests_that_find_no_room_to_wait_are_refused() {
    let by_count = Choice::limits(|limits| {
        limits.handlers = 1;
        limits.waiting_requests = 2;
    });
    let by_bytes = Choice::limits(|limits| {
        limits.handlers = 1;
        limits.waiting_bytes = 20;
    });
    for choice in [by_count, by_bytes] {
        let (script, gate, _) = gated();
        let (_end, mut hand) = child(script, choice);
        for request in 1..=5 {
            hand.send(1, 0, request, &[0; 10]).await;
        }
        for request in [4, 5] {
            let (_, flags, refused, payload) = hand.frame().await;
            assert_eq!((flags, refused), (0x07, request));
            assert_eq!(read_error::<NoError>(&payload).code(), Some(Code::ResourceExhausted));
        }
        gate.add_permits(3);
        for request in 1..=3 {
            assert_eq!(hand.frame().await.2, request);
        }
    }
}

#[tokio::test]
async fn a_waiting_request_can_be_aborted() {
    let (script, gate, started) = gated();
    let (end, mut hand) = child(script, Choice::limits(|limits| limits.handlers = 1));
    for request in 1..=3 {
        hand.send(1, 0, request, &[]).await;
    }
    hand.send(crate::frame::id::ABORT, 0, 2, &[]).await;
    while end.connection.counts().frames_read < 4 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(3);
    assert_eq!(hand.frame().await.2, 1);
    assert_eq!(hand.frame().await.2, 3);
    while end.connection.handlers_live() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(started.load(Ordering::SeqCst), 2, "its handler never started");
}

#[tokio::test]
async fn a_waiting_request_is_live() {
    let (script, _gate, _) = gated();
    let (end, mut hand) = child(script, Choice::limits(|limits| limits.handlers = 1));
    hand.send(1, 0, 1, &[]).await;
    hand.send(1, 0, 2, &[]).await;
    hand.send(1, 0, 2, &[]).await;
    let closed = end.driver.await.unwrap();
    assert!(closed.reason().to_string().contains("a request has the id 2, which a running one has"));
}

fn panicking() -> Script {
    Script::new()
        .result("panic", |_, how: u32| async move {
            if how > 0 {
                tokio::task::yield_now().await;
            }
            assert!(how > 1, "out of cheese");
            Ok::<_, Error>(())
        })
        .stream("streams", |_, (): ()| {
            futures_util::stream::iter(0..5).map(|number| {
                assert!(number < 3, "out of numbers");
                Ok::<u32, Error>(number)
            })
        })
}

use futures_util::StreamExt as _;

#[tokio::test]
async fn a_panic_is_internal_and_the_worker_lives_on() {
    for parallel in [false, true] {
        let (_parent, child, remote) =
            pair_with(panicking(), Choice::default(), Choice { parallel, ..Choice::default() });
        for how in 0..2 {
            let error = remote.call::<(), NoError>(0, |w| w.uint(how)).await.unwrap_err();
            assert_eq!(error.to_string(), "internal: the handler of Script.panic panicked: out of cheese");
        }
        let mut items = remote.stream::<u32, NoError>(1, Writer::nil).await.unwrap();
        let mut seen = Vec::new();
        let error = loop {
            match items.next().await.unwrap() {
                Ok(item) => seen.push(item),
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), Some(Code::Internal));
        assert!(seen.len() <= 3);
        remote.call::<(), NoError>(0, |w| w.uint(2)).await.unwrap();
        assert_eq!(child.connection.counts().panics, 3);
    }
}

/// The service is known by its name.
static EVENTS: ServiceDescriptor =
    ServiceDescriptor { name: "Script", methods: &[], events: &[], callbacks: &[], reserved: &[] };

/// An answer that says how it is to be encoded.
struct Answer(u32);

impl Message for Answer {
    fn encode(&self, w: &mut Writer) {
        w.str("some of it");
        match self.0 {
            1 => w.fail(EncodeError::new("there is no such thing")),
            2 => panic!("out of ink"),
            _ => {}
        }
    }

    fn decode(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        unreachable!("nobody reads it")
    }

    fn shape() -> &'static Shape {
        &Shape::Any
    }
}

#[tokio::test]
async fn an_answer_that_fails_harms_none_of_those_beside_it() {
    let script = Script::new().event("told").result("answer", |cx, how: u32| async move {
        if how == 3 {
            cx.events().emit(&EVENTS, 0, Writer::nil).await?;
        }
        Ok::<_, Error>(Answer(how))
    });
    let (end, mut hand) = child(script, Choice::default());
    let requests = [0, 1, 0, 2, 0, 3, 0].into_iter().zip(1..);
    let bytes: Vec<u8> = requests.flat_map(|(how, request)| frame(1, 0, request, &value(&how))).collect();
    hand.stream.write_all(&bytes).await.unwrap();
    let good = value(&"some of it".to_owned());
    for request in 1..=7 {
        if request == 6 {
            assert_eq!(hand.frame().await.0, 2, "the event was told before the answer, and after all others");
        }
        let (_, flags, answered, payload) = hand.frame().await;
        assert_eq!(answered, request, "they come in the order of the handlers' ends");
        let failure = match request {
            2 => "internal: Script.answer answer cannot be encoded: there is no such thing",
            4 => "internal: the handler of Script.answer panicked: out of ink",
            _ => {
                assert_eq!((flags, payload), (0x03, good.clone()));
                continue;
            }
        };
        assert_eq!((flags, read_error::<NoError>(&payload).to_string().as_str()), (0x07, failure));
    }
    assert_eq!(end.connection.counts().frames_written, 8);
}

#[tokio::test]
async fn handlers_start_in_the_order_of_their_requests() {
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let script = Script::new().result("note", move |_, number: u32| {
        seen.lock().unwrap().push(number);
        async move {
            if number.is_multiple_of(3) {
                tokio::task::yield_now().await;
            }
            Ok::<_, Error>(number)
        }
    });
    let (_parent, _child, remote) = pair(script);
    let calls = (0..3000_u64).map(|number| remote.call::<u32, NoError>(0, move |w| w.uint(number)).into_future());
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.into_iter().map(Result::unwrap).eq(0..3000));
    assert!(order.lock().unwrap().iter().copied().eq(0..3000));
}

use std::future::IntoFuture as _;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_handlers_run_beside_each_other() {
    let barrier = Arc::new(std::sync::Barrier::new(2));
    let script = Script::new().result("block", move |_, number: u32| {
        let barrier = Arc::clone(&barrier);
        async move {
            // Blocks its thread until the other is there too.
            tokio::task::block_in_place(|| barrier.wait());
            Ok::<_, Error>(number)
        }
    });
    let (_parent, _child, remote) =
        pair_with(script, Choice::default(), Choice { parallel: true, ..Choice::default() });
    let one = remote.call::<u32, NoError>(0, |w| w.uint(1)).into_future();
    let other = remote.call::<u32, NoError>(0, |w| w.uint(2)).into_future();
    let (one, other) = tokio::join!(one, other);
    assert_eq!((one.unwrap(), other.unwrap()), (1, 2));
}

#[tokio::test]
async fn ten_thousand_requests_at_once_are_all_answered() {
    let (end, mut hand) =
        child(Script::new().result("echo", |_, number: u32| async move { Ok::<_, Error>(number) }), Choice::default());
    let requests: Vec<u8> =
        (1..=10_000).flat_map(|request| super::support::frame(1, 0, request, &value(&request))).collect();
    let (mut reader, mut writer) = hand.stream.split();
    let write = async {
        use tokio::io::AsyncWriteExt;
        writer.write_all(&requests).await.unwrap();
    };
    let read = async {
        use tokio::io::AsyncReadExt;
        let mut decoder = crate::frame::Decoder::new(1024);
        let mut bytes = vec![0; 4096];
        for request in 1..=10_000_u32 {
            let frame = loop {
                if let Some(frame) = decoder.next_frame().unwrap() {
                    break frame;
                }
                let count = reader.read(&mut bytes).await.unwrap();
                decoder.push(&bytes[..count]);
            };
            assert_eq!((frame.header.request, frame.payload), (request, value(&request)));
        }
    };
    tokio::join!(write, read);
    assert_eq!(end.connection.counts().frames_read, 10_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answered_id_is_free_at_once() {
    let script = Script::new().result("later", |_, number: u32| async move {
        tokio::task::yield_now().await;
        Ok::<_, Error>(number)
    });
    let choice = Choice { parallel: true, ..Choice::limits(|limits| limits.write_queue = 1) };
    let (_end, mut hand) = child(script, choice);
    for number in 0..2000_u32 {
        hand.send_value(1, 0, 1, &number).await;
        assert_eq!(hand.frame().await, (1, 0x03, 1, value(&number)));
    }
}

//! The table "what comes, what happens": single faults from the vectors, and answers of the wrong kind.

use futures_util::stream;

use super::support::{Choice, Hand, Script, child, parent, value};
use crate::client::Remote;
use crate::codec::{Value, Writer, from_bytes};
use crate::connection::CloseReason;
use crate::constants::vector;
use crate::error::{Code, Error, NoError};
use crate::frame::{WireError, id};

/// 1 result, 2 stream, 3 ack, 4 none, 5 result that is not answered, and 6 an event.
fn script() -> Script {
    Script::new()
        .result("result", |_, (): ()| async { Ok::<_, Error>(()) })
        .stream("stream", |_, (): ()| stream::iter([Ok::<u32, Error>(1)]))
        .ack("ack", |_, (): ()| async { Ok::<_, Error>(()) })
        .none("none", |_, (): ()| async {})
        .result("hang", |cx, (): ()| async move {
            cx.cancelled().await;
            Ok::<_, Error>(())
        })
        .event("event")
}

fn small() -> Choice {
    Choice::limits(|limits| limits.payload = 1024)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

async fn write(hand: &mut Hand, case: &serde_json::Value) {
    use tokio::io::AsyncWriteExt;
    for frame in case["frames"].as_array().unwrap() {
        hand.stream.write_all(&unhex(frame.as_str().unwrap())).await.unwrap();
    }
}

async fn call(remote: &Remote, index: usize) -> Result<(), Error> {
    remote.call::<(), NoError>(index, Writer::nil).await
}

/// Makes a call and answers it by hand.
async fn still_works(remote: &Remote, hand: &mut Hand) {
    let (answer, ()) = tokio::join!(call(remote, 0), async {
        let (id, _, request, _) = hand.frame().await;
        hand.send(id, 0x03, request, &[0xc0]).await;
    });
    answer.unwrap();
}

#[tokio::test]
async fn single_faults_to_a_child_have_one_outcome() {
    for case in vector("frames.json")["connection"].as_array().unwrap() {
        if case["to"] != "child" {
            continue;
        }
        let name = case["name"].as_str().unwrap();
        let (end, mut hand) = child(script(), small());
        write(&mut hand, case).await;
        match case["outcome"].as_str().unwrap() {
            "closed" => {
                let closed = end.driver.await.unwrap();
                assert!(matches!(closed.reason(), CloseReason::Protocol(_)), "{name}: {}", closed.reason());
                drop(closed);
                while hand.next().await.is_some() {}
            }
            "error" => {
                let (_, flags, request, payload) = hand.frame().await;
                assert!([0x07, 0x0f].contains(&flags), "{name}: {flags:#x}");
                assert_eq!(request, 1, "{name}");
                let error = crate::error::read_error::<NoError>(&payload);
                assert_eq!(error.code().unwrap().as_str(), case["code"], "{name}: {error}");
            }
            "ignored" => {
                hand.send(1, 0x00, 1000, &[0xc0]).await;
                assert_eq!(hand.frame().await, (1, 0x03, 1000, value(&())), "{name}");
            }
            _ => {
                drop(hand);
                let closed = end.driver.await.unwrap();
                assert!(matches!(closed.reason(), CloseReason::Truncated), "{name}: {}", closed.reason());
            }
        }
    }
}

#[tokio::test]
async fn single_faults_to_a_parent_have_one_outcome() {
    for case in vector("frames.json")["connection"].as_array().unwrap() {
        if case["to"] != "parent" {
            continue;
        }
        let name = case["name"].as_str().unwrap();
        let (end, remote, mut hand) = parent(script(), small());
        write(&mut hand, case).await;
        if case["outcome"] == "closed" {
            let closed = end.driver.await.unwrap();
            assert!(matches!(closed.reason(), CloseReason::Protocol(_)), "{name}: {}", closed.reason());
        } else {
            still_works(&remote, &mut hand).await;
        }
    }
}

#[tokio::test]
async fn bad_bytes_are_reported_by_what_they_are() {
    let (end, mut hand) = child(script(), small());
    hand.send(0xfff1, 0, 0, &[]).await;
    let closed = end.driver.await.unwrap();
    assert!(matches!(closed.reason(), CloseReason::Protocol(WireError::ReservedId { id: 0xfff1 })));
    assert_eq!(
        closed.reason().to_string(),
        "the peer broke the protocol: a frame has the reserved id 0xfff1, which means nothing here"
    );
}

#[tokio::test]
async fn an_answer_of_the_wrong_kind_fails_the_call_and_is_aborted() {
    // Method, flags of the answer, whether it is wrong.
    let answers = [
        (0, 0x03, false),
        (0, 0x23, true),
        (0, 0x0b, true),
        (0, 0x1b, true),
        (2, 0x23, false),
        (2, 0x03, false),
        (2, 0x0b, true),
        (2, 0x1b, true),
    ];
    for (method, flags, wrong) in answers {
        let (_end, remote, mut hand) = parent(script(), small());
        let (answer, ()) = tokio::join!(call(&remote, method), async {
            let (id, _, request, _) = hand.frame().await;
            hand.send(id, flags, request, &[0xc0]).await;
            if wrong {
                assert_eq!(hand.frame().await, (id::ABORT, 0, request, value_less()));
            }
        });
        let code = answer.err().map(|error| error.code().unwrap());
        assert_eq!(code, wrong.then_some(Code::Internal), "{method} answered with {flags:#x}");
        still_works(&remote, &mut hand).await;
    }
}

fn value_less() -> bytes::Bytes {
    bytes::Bytes::new()
}

#[tokio::test]
async fn a_stream_refuses_what_is_no_item() {
    for flags in [0x03, 0x23] {
        let (_end, remote, mut hand) = parent(script(), small());
        let mut items = remote.stream::<u32, NoError>(1, Writer::nil).await.unwrap();
        let (id, _, request, _) = hand.frame().await;
        hand.send_value(id, 0x0b, request, &7_u32).await;
        assert_eq!(items.next().await.unwrap().unwrap(), 7);
        hand.send(id, flags, request, &[0xc0]).await;
        let error = items.next().await.unwrap().unwrap_err();
        assert_eq!(error.code(), Some(Code::Internal));
        assert!(items.next().await.is_none());
        assert_eq!(hand.frame().await, (id::ABORT, 0, request, value_less()));
    }
}

#[tokio::test]
async fn only_request_id_and_flags_of_an_answer_count() {
    let (_end, remote, mut hand) = parent(script(), small());
    let (answer, ()) = tokio::join!(call(&remote, 0), async {
        let (_, _, request, _) = hand.frame().await;
        hand.send(77, 0x02, request, &[0xc0]).await;
    });
    answer.unwrap();
}

#[tokio::test]
async fn what_comes_after_an_answer_is_ignored_and_counted() {
    let (end, remote, mut hand) = parent(script(), small());
    let (answer, request) = tokio::join!(call(&remote, 0), async {
        let (id, _, request, _) = hand.frame().await;
        hand.send(id, 0x03, request, &[0xc0]).await;
        hand.send(id, 0x03, request, &[0xc0]).await;
        hand.send(id, 0x07, request, &[0xc0]).await;
        request
    });
    answer.unwrap();
    assert_eq!(request, 1);
    still_works(&remote, &mut hand).await;
    assert_eq!(end.connection.counts().late_frames, 2);
}

#[tokio::test]
async fn items_after_the_end_are_ignored() {
    let (end, remote, mut hand) = parent(script(), small());
    let mut items = remote.stream::<u32, NoError>(1, Writer::nil).await.unwrap();
    let (id, _, request, _) = hand.frame().await;
    hand.send_value(id, 0x0b, request, &1_u32).await;
    // The end may carry a payload, which means nothing.
    hand.send(id, 0x1b, request, &[0xc0]).await;
    hand.send_value(id, 0x0b, request, &2_u32).await;
    hand.send(id, 0x0f, request, &[0xc0]).await;
    still_works(&remote, &mut hand).await;
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert!(items.next().await.is_none());
    assert_eq!(end.connection.counts().late_frames, 2);
}

#[tokio::test]
async fn errors_of_every_form_are_read() {
    let read = |payload: Vec<u8>| async move {
        let (_end, remote, mut hand) = parent(script(), small());
        let (answer, ()) = tokio::join!(call(&remote, 0), async {
            let (id, _, request, _) = hand.frame().await;
            hand.send(id, 0x07, request, &payload).await;
        });
        let Error::Failure(failure) = answer.unwrap_err();
        failure
    };
    let text = read(unhex("a76e6f206c75636b")).await;
    assert_eq!((text.code(), text.message()), (Code::Failed, "no luck"));
    assert_eq!(text.data(), Some(&Value::from("no luck")));

    let foreign = read(unhex("82a76d657373616765a76e6f206c75636ba4636f646507")).await;
    assert_eq!((foreign.code(), foreign.message()), (Code::Failed, "no luck"));
    assert!(foreign.data().is_some());

    let number = read(vec![0x07]).await;
    assert_eq!(number.code(), Code::Failed);
    assert_eq!(number.data(), Some(&from_bytes::<Value>(&vec![0x07].into()).unwrap()));

    let broken = read(vec![0xc1]).await;
    assert_eq!((broken.code(), broken.data()), (Code::Failed, None));

    for code in Code::ALL {
        let ours = read(error_map(code.as_str(), "why")).await;
        assert_eq!((ours.code(), ours.message(), ours.data()), (code, "why", None));
    }
    let unknown = read(error_map("no_such_code", "why")).await;
    assert_eq!((unknown.code(), unknown.message()), (Code::Failed, "why"));
    assert!(unknown.data().is_some(), "the whole value is kept");

    let undeclared = read(error_map("declared", "TradeError.Closed")).await;
    assert_eq!((undeclared.code(), undeclared.message()), (Code::Failed, "TradeError.Closed"));
}

fn error_map(code: &str, message: &str) -> Vec<u8> {
    let mut writer = Writer::new();
    assert!(writer.map(2));
    for (key, value) in [("message", message), ("code", code)] {
        writer.str(key);
        writer.str(value);
    }
    writer.leave();
    writer.finish().unwrap().into_bytes().to_vec()
}

#[tokio::test]
async fn an_answer_that_does_not_decode_fails_that_call_alone() {
    let (_end, remote, mut hand) = parent(script(), small());
    let mut items = remote.stream::<u32, NoError>(1, Writer::nil).await.unwrap();
    let (_, _, stream, _) = hand.frame().await;
    let (answer, ()) = tokio::join!(remote.call::<u32, NoError>(0, Writer::nil).into_future(), async {
        let (id, _, request, _) = hand.frame().await;
        hand.send_value(id, 0x03, request, &"text".to_owned()).await;
    });
    let error = answer.unwrap_err();
    assert_eq!(error.code(), Some(Code::Internal));
    assert_eq!(error.to_string(), "internal: Script.result result: expected u32, got string");
    hand.send_value(2, 0x0b, stream, &"text".to_owned()).await;
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "internal: Script.stream item: expected u32, got string");
    assert!(items.next().await.is_none());
    assert_eq!(hand.frame().await.0, id::ABORT, "nobody reads the rest of it");
    still_works(&remote, &mut hand).await;
}

#[tokio::test]
async fn an_empty_ack_is_nil() {
    let (_end, remote, mut hand) = parent(script(), small());
    for payload in [&[][..], &[0xc0], &[0x05]] {
        let (answer, ()) = tokio::join!(call(&remote, 2), async {
            let (id, _, request, _) = hand.frame().await;
            hand.send(id, 0x23, request, payload).await;
        });
        answer.unwrap();
    }
    let (answer, ()) = tokio::join!(call(&remote, 0), async {
        let (id, _, request, _) = hand.frame().await;
        hand.send(id, 0x03, request, &[]).await;
    });
    assert_eq!(answer.unwrap_err().code(), Some(Code::Internal), "a result is never empty");
}

#[tokio::test]
async fn a_child_serves_requests_whatever_their_direction_flag() {
    let (_end, mut hand) = child(script(), small());
    hand.send(1, 0x01, 5, &[0xc0]).await;
    assert_eq!(hand.frame().await, (1, 0x03, 5, value(&())));
    hand.send(3, 0x00, 6, &[0xc0]).await;
    assert_eq!(hand.frame().await, (3, 0x23, 6, value(&())));
    hand.send(2, 0x00, u32::MAX, &[0xc0]).await;
    assert_eq!(hand.frame().await, (2, 0x0b, u32::MAX, value(&1_u32)));
    assert_eq!(hand.frame().await, (2, 0x1b, u32::MAX, value_less()));
}

#[tokio::test]
async fn dropped_requests_are_counted() {
    let (end, mut hand) = child(script(), small());
    hand.send(1, 0x00, 0, &[0xc0]).await;
    hand.send(4, 0x00, 0, &[0xc1]).await;
    hand.send(1, 0x00, 1, &[0xc0]).await;
    hand.frame().await;
    let counts = end.connection.counts();
    assert_eq!((counts.requests_without_id, counts.requests_dropped, counts.frames_read), (1, 1, 3));
}

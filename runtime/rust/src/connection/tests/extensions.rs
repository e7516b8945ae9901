//! The vectors of the extensions: golden frames, and what a side does when frames come.

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::Value;

use super::support::{Choice, End, Hand, Script, child_wanting, parent_answering};
use crate::client::{Remote, Streaming};
use crate::codec::Writer;
use crate::connection::{CloseReason, Extensions, Hello, Meta, Takes, meta};
use crate::constants::vector;
use crate::error::{Error, NoError, read_error};
use crate::frame::{Decoder, Flags, Header};
use crate::service::Response;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// 1 result, 2 stream, 3 ack, 4 none, 5 hang, 6 drip, and 7 an event.
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
        .stream("drip", |_, (): ()| stream::iter([Ok::<(), Error>(())]).chain(stream::pending()))
        .event("event")
}

/// The callbacks from 8 on.
fn callbacks() -> Script {
    Script::new()
        .result("back.result", |_, (): ()| async { Ok::<_, Error>(()) })
        .stream("back.stream", |_, (): ()| stream::iter([Ok::<u32, Error>(1)]))
        .ack("back.ack", |_, (): ()| async { Ok::<_, Error>(()) })
        .none("back.none", |_, (): ()| async {})
        .result("back.hang", |cx, (): ()| async move {
            cx.cancelled().await;
            Ok::<_, Error>(())
        })
}

fn lost() -> Script {
    Script::new()
        .result("back.lost", |_, (): ()| async { Ok::<_, Error>(()) })
        .stream("back.lostStream", |_, (): ()| stream::iter([Ok::<u32, Error>(1)]))
        .none("back.lostNone", |_, (): ()| async {})
}

/// Plays the steps of a case, and gives the streams that are open.
async fn play(case: &Value, remote: Option<&Remote>, hand: &mut Hand) -> Vec<Streaming<Vec<u8>, NoError>> {
    use tokio::io::AsyncWriteExt;

    let name = case["name"].as_str().unwrap();
    let mut open = Vec::new();
    for step in case["script"].as_array().unwrap() {
        let step = step.as_str().unwrap();
        if let Some(bytes) = step.strip_prefix('>') {
            // A side that closed already takes no more.
            let _ = hand.stream.write_all(&unhex(bytes)).await;
        } else if let Some(bytes) = step.strip_prefix('<') {
            let frame = hand.next().await.unwrap_or_else(|| panic!("{name}: closed instead of {bytes}"));
            assert_eq!([&frame.header.encode()[..], &frame.payload].concat(), unhex(bytes), "{name}");
        } else if let Some(error) = step.strip_prefix('!') {
            let parts: Vec<&str> = error.split(' ').collect();
            let (_, flags, request, payload) = hand.frame().await;
            let error = read_error::<NoError>(&payload);
            assert_eq!(error.code().unwrap().as_str(), parts[0], "{name}: {error}");
            assert_eq!((request.to_string(), flags.to_string()), (parts[1].into(), parts[2].into()), "{name}");
        } else {
            assert_eq!(step, "open 2", "{name}");
            open.push(remote.unwrap().stream::<Vec<u8>, NoError>(1, Writer::nil).await.unwrap());
        }
    }
    if case["outcome"] == "goes on" {
        match remote {
            None => {
                hand.send(1, 0x00, 1000, &[0xc0]).await;
                assert_eq!(hand.frame().await, (1, 0x03, 1000, vec![0xc0].into()), "{name}");
            }
            Some(remote) => {
                let call = remote.call::<(), NoError>(0, Writer::nil);
                let (answer, ()) = tokio::join!(call, async {
                    let (id, flags, request, _) = hand.frame().await;
                    assert_eq!((id, flags), (1, 0), "{name}");
                    hand.send(id, 0x03, request, &[0xc0]).await;
                });
                answer.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
    }
    open
}

/// Names the case that hangs.
async fn within(case: &Value, played: impl Future<Output = ()>) {
    let limit = std::time::Duration::from_secs(20);
    tokio::time::timeout(limit, played).await.unwrap_or_else(|_| panic!("{} hangs", case["name"]));
}

async fn ends(end: End, hand: &mut Hand, case: &Value) {
    let name = &case["name"];
    if case["outcome"] == "closed" {
        let closed = end.driver.await.unwrap();
        assert!(matches!(closed.reason(), CloseReason::Protocol(_)), "{name}: {}", closed.reason());
        drop(closed);
        while hand.next().await.is_some() {}
    } else {
        assert_eq!(case["outcome"], "goes on", "{name}");
        assert!(!end.driver.is_finished(), "{name}");
    }
}

fn cases(to: &str) -> Vec<Value> {
    let vector = vector("extensions.json");
    let cases = vector["connection"].as_array().unwrap();
    assert!(cases.len() >= 150, "{}", cases.len());
    cases.iter().filter(|case| case["to"] == to).cloned().collect()
}

#[tokio::test]
async fn frames_to_a_child_have_one_outcome() {
    for case in cases("child") {
        let choice = Choice { extensions: Some(Extensions::ALL.without(Extensions::FD)), ..Choice::default() };
        let (end, mut hand) = child_wanting(script(), vec![callbacks(), lost()], choice);
        within(&case, async {
            let _open = play(&case, None, &mut hand).await;
            ends(end, &mut hand, &case).await;
        })
        .await;
    }
}

#[tokio::test]
async fn frames_to_a_parent_have_one_outcome() {
    for case in cases("parent") {
        let names: Vec<_> = case["ext"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let mut choice = Choice::limits(|limits| limits.window = case["window"].as_u64().unwrap().try_into().unwrap());
        choice.extensions = (!names.is_empty()).then(|| Extensions::named(names));
        let (end, remote, mut hand) = parent_answering(script(), callbacks(), lost(), choice);
        within(&case, async {
            let _open = play(&case, Some(&remote), &mut hand).await;
            ends(end, &mut hand, &case).await;
        })
        .await;
    }
}

#[test]
fn golden_frames_are_read_and_written() {
    for case in vector("extensions.json")["frames"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let bytes = unhex(case["frame"].as_str().unwrap());
        let mut decoder = Decoder::new(u32::MAX);
        decoder.allow_metadata();
        decoder.push(&bytes);
        let frame = decoder.next_frame().unwrap().unwrap();
        let written = match case["kind"].as_str().unwrap() {
            "hello" => {
                let hello = Hello::decode(frame.header, &frame.payload).unwrap();
                let texts = |key: &str| -> BTreeSet<String> {
                    case[key].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
                };
                let names: BTreeSet<String> = hello.extensions.names().map(str::to_owned).collect();
                assert_eq!((names, &hello.paths), (texts("ext"), &texts("callbacks")), "{name}");
                let limit = |key: &str| case["limits"][key].as_u64().map(|limit| u32::try_from(limit).unwrap());
                let takes = Takes { payload: limit("payload"), window: limit("window"), tracebacks: false };
                assert_eq!(hello.takes, takes, "{name}");
                hello.frame()
            }
            "meta" => {
                let memory = frame.payload.clone();
                let (beside, rest) = meta::split(frame.header, &memory, 0..memory.len()).unwrap();
                let meta = Meta::decode(&memory[beside]).unwrap();
                let said = &case["meta"];
                assert_eq!(meta.trace.traceparent.as_deref(), said["tp"].as_str(), "{name}");
                assert_eq!(meta.trace.tracestate.as_deref(), said["ts"].as_str(), "{name}");
                assert_eq!(meta.trace.baggage.as_deref(), said["bg"].as_str(), "{name}");
                let left = meta.left.map(|left| u64::try_from(left.as_millis()).unwrap());
                assert_eq!(left, said["dl"].as_u64(), "{name}");
                assert_eq!(u64::from(meta.nesting), said["nd"].as_u64().unwrap_or(0), "{name}");
                assert_eq!(meta.user.iter().count(), said["u"].as_object().map_or(0, serde_json::Map::len), "{name}");
                assert_eq!(memory[rest.clone()], unhex(case["payload"].as_str().unwrap()), "{name}");
                let before = meta.encode().unwrap().unwrap_or_default();
                [&frame.header.encode()[..], &before, &memory[rest]].concat()
            }
            _ => {
                assert_eq!(case["request"].as_u64().unwrap_or(0), u64::from(frame.header.request), "{name}");
                [&frame.header.encode()[..], &frame.payload].concat()
            }
        };
        if case.get("readOnly").is_none() {
            assert_eq!(written, bytes, "{name}");
        }
    }
}

#[test]
fn kinds_of_callbacks_have_the_flags_of_the_table() {
    let kind = |name: &str| {
        let vector = vector("extensions.json");
        let frame = vector["frames"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone();
        let bytes = unhex(frame["frame"].as_str().unwrap());
        Header::decode(bytes.first_chunk().unwrap()).unwrap().flags
    };
    assert_eq!(kind("callback"), Flags::TO_PARENT);
    assert_eq!(kind("callback result"), Flags::RESULT_ANSWER);
    assert_eq!(kind("callback ack"), Flags::ACK_ANSWER);
    assert_eq!(kind("callback item"), Flags::ITEM);
    assert_eq!(kind("callback end"), Flags::END);
    assert_eq!(kind("callback error"), Flags::ERROR_ANSWER);
    assert_eq!(kind("callback stream error"), Flags::STREAM_ERROR);
    assert_eq!(Response::Result.as_str(), "result");
}

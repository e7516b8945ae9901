//! What is served and called: methods whose handlers do what their requests say.

use std::cell::RefCell;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};

use super::super::support::Script;
use crate::client::Remote;
use crate::codec::{Message as _, Value, Writer};
use crate::error::{Code, Error, NoError};
use crate::service::{Bound, Context};

/// What a child serves: methods 1 to 6, events 7 and 8.
pub(super) static SERVICE: LazyLock<Bound> = LazyLock::new(|| {
    Script::new()
        .result("result", |cx, argument: Value| answer(cx, number(&argument)))
        .ack("ack", |cx, argument: Value| answer(cx, number(&argument)))
        .none("none", |cx, argument: Value| answer(cx, number(&argument)).map(drop))
        .stream("stream", |cx, argument: Value| items(cx, number(&argument)).map(|item| item.map(Value::Bytes)))
        .raw("raw", |cx, argument: Bytes| answer(cx, first(&argument)).map(|answer| answer.map(|_| argument)))
        .raw_stream("raw_stream", |cx, argument: Bytes| items(cx, first(&argument)))
        .event("tick")
        .event("tock")
        .bound()
});

/// Callbacks 9 to 12, which the parent answers.
pub(super) static ANSWERED: LazyLock<Bound> = LazyLock::new(|| {
    Script::new()
        .result("back.result", |cx, argument: Value| answer(cx, number(&argument)))
        .ack("back.ack", |cx, argument: Value| answer(cx, number(&argument)))
        .none("back.none", |cx, argument: Value| answer(cx, number(&argument)).map(drop))
        .stream("back.stream", |cx, argument: Value| items(cx, number(&argument)).map(|item| item.map(Value::Bytes)))
        .bound()
});

/// Callbacks 13 and 14, for which the parent has no handler.
pub(super) static LOST: LazyLock<Bound> = LazyLock::new(|| {
    Script::new()
        .result("lost.result", |cx, argument: Value| answer(cx, number(&argument)))
        .stream("lost.stream", |cx, argument: Value| items(cx, number(&argument)).map(|item| item.map(Value::Bytes)))
        .bound()
});

thread_local! {
    /// What handlers of this run call in turn.
    pub(super) static BACK: RefCell<Option<Remote>> = const { RefCell::new(None) };
}

/// What `$health` and methods alike take: anything, of which a number says what happens.
fn number(argument: &Value) -> u8 {
    match argument {
        Value::Int(number) => u8::try_from(*number & 0xff).unwrap_or(0),
        Value::Bytes(bytes) => first(bytes),
        _ => 0,
    }
}

fn first(bytes: &Bytes) -> u8 {
    bytes.first().copied().unwrap_or(0)
}

fn failed() -> Error {
    Error::new(Code::Failed, "as it was told")
}

/// A method with one answer.
async fn answer(cx: Context, what: u8) -> Result<Value, Error> {
    match what % 10 {
        0 => {}
        1 => tokio::task::yield_now().await,
        2 => return Err(failed()),
        3 => cx.cancelled().await,
        4 => std::future::pending().await,
        // Without the hook of panics, at which a fuzzer stops.
        5 => std::panic::resume_unwind(Box::new("as it was told")),
        6 => tokio::time::sleep(Duration::from_millis(u64::from(what))).await,
        7 => drop(cx.events().emit(SERVICE.service(), 0, Writer::nil).await),
        8 => {
            let back = BACK.with_borrow(|back| back.as_ref().map(|back| cx.nested(back)));
            if let Some(back) = back {
                back.call::<Value, NoError>(0, |writer| Value::Int(i128::from(what / 10)).encode(writer)).await?;
            }
        }
        _ => return Ok(Value::Bytes(Bytes::from(vec![what; 50 << (what / 24)]))),
    }
    Ok(Value::Nil)
}

/// A method with up to 25 items, and an end of some kind.
fn items(cx: Context, what: u8) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    let count = what / 10;
    stream::unfold((0, cx), move |(sent, cx)| async move {
        let size = if what.is_multiple_of(2) { 10 } else { 700 };
        if sent < count {
            if what % 10 == 7 {
                tokio::task::yield_now().await;
            }
            return Some((Ok(Bytes::from(vec![sent; size])), (sent + 1, cx)));
        }
        match what % 10 {
            2 if sent == count => return Some((Err(failed()), (sent + 1, cx))),
            3 => cx.cancelled().await,
            4 => std::future::pending().await,
            5 => std::panic::resume_unwind(Box::new("as it was told")),
            6 => {
                // It never ends, and time must be able to pass.
                tokio::time::sleep(Duration::from_millis(100)).await;
                return Some((Ok(Bytes::from(vec![sent; size])), (sent, cx)));
            }
            _ => {}
        }
        None
    })
}

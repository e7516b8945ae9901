//! The service as the scenarios call it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use procwire::{Bytes, Code, Context, Error, Failure, Value};
use tokio::sync::oneshot;

use crate::{Blob, Everything, Interop, InteropEmit, Item, Moment, Odd, Sum, Text, Touched, Trouble};

/// Serves `interop.ipc`.
#[derive(Debug, Default)]
pub struct Desk {
    gates: Mutex<HashMap<String, Vec<oneshot::Sender<()>>>>,
}

impl Desk {
    fn enter(&self, gate: &str) -> oneshot::Receiver<()> {
        let (open, opened) = oneshot::channel();
        self.gates().entry(gate.to_owned()).or_default().push(open);
        opened
    }

    fn gates(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<oneshot::Sender<()>>>> {
        self.gates.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[procwire::service]
impl Interop for Desk {
    async fn echo(&self, value: Everything) -> Result<Everything, Error> {
        Ok(value)
    }

    async fn odd(&self, value: Odd) -> Result<Odd, Error> {
        Ok(value)
    }

    async fn add(&self, a: i32, b: i32) -> Result<Sum, Error> {
        let sum = a.checked_add(b).ok_or_else(|| Error::failed("the sum is out of range"))?;
        Ok(Sum { sum })
    }

    async fn greet(&self, name: String, greeting: String, mark: Option<String>) -> Result<Text, Error> {
        Ok(Text { text: format!("{greeting} {name}{}", mark.unwrap_or_default()) })
    }

    async fn blob(&self, data: Bytes) -> Result<Blob, Error> {
        let length = u32::try_from(data.len()).map_err(Error::failed)?;
        Ok(Blob { data, length })
    }

    async fn moment(&self, at: std::time::SystemTime) -> Result<Moment, Error> {
        Ok(Moment { at })
    }

    async fn mirror(&self, bytes: Bytes) -> Result<Bytes, Error> {
        Ok(bytes)
    }

    async fn fail(&self, how: String) -> Result<Sum, Error<Trouble>> {
        Err(trouble(&how))
    }

    async fn wait(&self, gate: String, cx: &Context) -> Result<Text, Error> {
        let opened = self.enter(&gate);
        cx.events().waiting(gate.clone()).await?;
        tokio::select! {
            _ = opened => Ok(Text { text: gate }),
            () = cx.cancelled() => {
                cx.events().aborted(gate).await?;
                Err(Error::failed("aborted"))
            }
        }
    }

    async fn open(&self, gate: String) -> Result<Sum, Error> {
        let waiting = self.gates().remove(&gate).unwrap_or_default();
        let went_on = waiting.into_iter().filter_map(|open| open.send(()).ok()).count();
        Ok(Sum { sum: i32::try_from(went_on).map_err(Error::failed)? })
    }

    async fn sleep(&self, ms: u32, blocking: bool, cx: &Context) -> Result<Text, Error> {
        let time = Duration::from_millis(ms.into());
        if blocking {
            cx.events().waiting("sleep".to_owned()).await?;
            // The event has to leave before the thread is held.
            tokio::time::sleep(Duration::from_millis(20)).await;
            std::thread::sleep(time);
        } else {
            tokio::time::sleep(time).await;
        }
        Ok(Text { text: "slept".to_owned() })
    }

    fn count(&self, n: u32, fail: Option<String>) -> impl Stream<Item = Result<Item, Error<Trouble>>> {
        let end = fail.map(|how| Err(trouble(&how)));
        stream::iter((0..n).map(|i| Ok(item(i)))).chain(stream::iter(end))
    }

    fn forever(&self, gate: String, cx: &Context) -> impl Stream<Item = Result<Item, Error>> {
        let (events, token) = (cx.events(), cx.token());
        // The abort ends the stream, so somebody else has to tell of it.
        tokio::spawn(async move {
            token.cancelled().await;
            events.aborted(gate).await.ok();
        });
        stream::iter(0..).then(async |i| {
            tokio::task::yield_now().await;
            Ok(item(i))
        })
    }

    async fn poke(&self, _text: String) -> Result<(), Error> {
        Ok(())
    }

    async fn touch(&self, text: String) -> Result<Touched, Error> {
        Ok(Touched { accepted: true, text })
    }

    async fn note(&self, text: String, cx: &Context) {
        cx.events().noted(text).await.ok();
    }

    async fn emit(&self, during: u32, after: u32, cx: &Context) -> Result<(), Error> {
        for seq in 0..during {
            cx.events().tick(seq, "during".to_owned()).await?;
        }
        let events = cx.events();
        tokio::spawn(async move {
            for seq in 0..after {
                events.tick(seq, "after".to_owned()).await.ok();
            }
        });
        Ok(())
    }

    async fn print(&self, lines: u32) -> Result<(), Error> {
        let line = "x".repeat(1000);
        for _ in 0..lines {
            println!("{line}");
        }
        Ok(())
    }

    async fn pid(&self) -> Result<u32, Error> {
        Ok(std::process::id())
    }
}

fn item(i: u32) -> Item {
    Item { i, pad: Bytes::from_static(b"a") }
}

fn trouble(how: &str) -> Error<Trouble> {
    match how {
        "text" => Error::failed("no luck"),
        "map" => Failure::new(Code::Failed, "no luck").with_data(seven()).into(),
        "declared" => Trouble::OutOfLuck { tries: 3 }.into(),
        _ => panic!("the handler broke"),
    }
}

/// `{code: 7}`.
fn seven() -> Value {
    Value::Map(vec![(Value::String("code".to_owned()), Value::Int(7))])
}

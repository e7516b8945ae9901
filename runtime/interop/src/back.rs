//! `back.ipc` in Rust: a worker that calls its parent, and what such a parent answers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use procwire::stub_v1::Client;
use procwire::{Context, Error, Extensions, MetadataValue, Worker};
use tokio::sync::mpsc;

use crate::scenario::say;

procwire::include_ipc!("back.ipc");

/// Serves `back.ipc`.
#[derive(Debug)]
pub struct BackDesk;

/// A worker that serves it.
#[must_use]
pub fn worker() -> Worker {
    Worker::builder().service(BackDesk).callbacks(TradingCallbacksClient::SERVICE).build()
}

/// What two runtimes of ours can agree on, by its names on the wire.
pub const EXTENSIONS: [(&str, Extensions); 4] = [
    ("fd", Extensions::FD),
    ("meta", Extensions::META),
    ("callbacks", Extensions::CALLBACKS),
    ("credit", Extensions::CREDIT),
];

/// The set of the extensions with these names.
#[must_use]
pub fn extensions(names: &[&str]) -> Extensions {
    let set = EXTENSIONS.into_iter().filter(|(name, _)| names.contains(name));
    set.fold(Extensions::NONE, |all, (_, one)| all | one)
}

fn trading(cx: &Context) -> TradingCallbacksClient {
    TradingCallbacksClient::from_remote(cx.callbacks().remote(TradingCallbacksClient::SERVICE))
}

/// What a context says.
fn said(cx: &Context) -> Said {
    let key = |(key, value): (&str, &MetadataValue)| {
        let value = match value {
            MetadataValue::Text(text) => text.clone(),
            MetadataValue::Bytes(_) => "bytes".to_owned(),
        };
        (key.to_owned(), value)
    };
    let left = cx.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
    Said {
        keys: cx.metadata().iter().map(key).collect(),
        traceparent: cx.trace().and_then(|trace| trace.traceparent.clone()),
        timed: left.is_some_and(|left| !left.is_zero() && left <= Duration::from_secs(60)),
    }
}

#[procwire::service]
impl Back for BackDesk {
    async fn total(&self, symbol: String, count: u32, cx: &Context) -> Result<u32, Error> {
        let mut candles = trading(cx).data_fetch(symbol, count).await.map_err(Error::failed)?;
        let mut sum = 0;
        while let Some(candle) = candles.next().await {
            sum += candle.map_err(Error::failed)?.close;
        }
        Ok(sum)
    }

    fn pass_on(&self, symbol: String, count: u32, cx: &Context) -> impl Stream<Item = Result<Candle, Error<Refused>>> {
        let trading = trading(cx);
        stream::once(async move { trading.data_fetch(symbol, count).await }).try_flatten()
    }

    async fn position(&self, account: String, cx: &Context) -> Result<u32, Error<BackPositionError>> {
        match trading(cx).position(account).await {
            Ok(position) => Ok(position),
            Err(Error::Declared(TradingCallbacksPositionError::Refused(refused))) => {
                Err(Error::Declared(BackPositionError::Refused(refused)))
            }
            Err(Error::Declared(TradingCallbacksPositionError::Busy(busy))) => {
                Err(Error::Declared(BackPositionError::Busy(busy)))
            }
            Err(Error::Failure(failure)) => Err(failure.into()),
        }
    }

    async fn tell(&self, text: String, cx: &Context) -> Result<(), Error> {
        let trading = trading(cx);
        trading.warm(text.clone()).await?;
        trading.audit(text).await
    }

    async fn depth(&self, more: u32, cx: &Context) -> Result<u32, Error> {
        if more == 0 {
            return Ok(0);
        }
        Ok(1 + trading(cx).depth(more - 1).await?)
    }

    async fn hold(&self, name: String, cx: &Context) -> Result<(), Error> {
        let held = trading(cx).hold(name.clone()).await;
        if let Err(Error::Failure(failure)) = &held {
            cx.events().seen(format!("{name}: {}", failure.code())).await?;
        }
        held
    }

    async fn broken(&self, here: bool, cx: &Context) -> Result<String, Error> {
        if here {
            return Err(Error::failed(std::io::Error::other("it broke")));
        }
        match trading(cx).broken().await {
            Err(Error::Failure(failure)) => Ok(format!("{} {}", failure.message(), failure.traceback().is_some())),
            other => Err(Error::failed(format!("{other:?}"))),
        }
    }

    fn fill(&self, count: u32, cx: &Context) -> impl Stream<Item = Result<u32, Error>> {
        let events = cx.events();
        // What follows the last item is asked for once that has left.
        let told = stream::once(async move { events.seen("filled".to_owned()).await.err() });
        stream::iter((0..count).map(Ok)).chain(told.filter_map(async |error| error.map(Err)))
    }

    async fn context(&self, cx: &Context) -> Result<Vec<Said>, Error> {
        let seen = cx.events().seen("context".to_owned()).trace(cx.trace().cloned().unwrap_or_default());
        cx.metadata().iter().fold(seen, |seen, (key, value)| seen.metadata(key, value.clone())).await?;
        Ok(vec![said(cx), trading(cx).context().await?])
    }
}

/// What a parent answers.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// What each account has, where it is the same for all.
    pub position: Option<u32>,
    /// What ends the depth, where it does not go down.
    pub depth: Option<u32>,
    /// How often it was asked for a position.
    pub asked: Arc<AtomicU32>,
    /// The worker, for calls from within.
    pub back: Arc<OnceLock<BackClient>>,
    /// How much more there was each time.
    pub left: Arc<Mutex<Vec<u32>>>,
    /// Hears what handlers have to tell.
    pub told: Option<mpsc::UnboundedSender<String>>,
}

impl Answers {
    fn tell(&self, text: String) {
        if let Some(told) = &self.told {
            told.send(text).ok();
        }
    }
}

#[procwire::service]
impl TradingCallbacks for Answers {
    fn data_fetch(&self, symbol: String, count: u32) -> impl Stream<Item = Result<Candle, Error<Refused>>> {
        let refused = (symbol == "refused").then(|| Err(Refused::Denied { why: symbol }.into()));
        stream::iter((1..=count).map(|at| Ok(Candle { at, close: 10 * at }))).chain(stream::iter(refused))
    }

    async fn position(&self, account: String) -> Result<u32, Error<TradingCallbacksPositionError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match (self.position, account.as_str()) {
            (Some(position), _) => Ok(position),
            (None, "refused") => {
                Err(Error::Declared(TradingCallbacksPositionError::Refused(Refused::Denied { why: account })))
            }
            (None, "busy") => Err(Error::Declared(TradingCallbacksPositionError::Busy(Busy::Later { left: 3 }))),
            (None, account) => u32::try_from(account.len()).map_err(Error::failed),
        }
    }

    async fn warm(&self, text: String) -> Result<(), Error> {
        say(format!("warm: {text}"));
        Ok(())
    }

    async fn audit(&self, text: String) {
        self.tell(text);
    }

    async fn depth(&self, more: u32, cx: &Context) -> Result<u32, Error> {
        if let Some(depth) = self.depth {
            return Ok(depth);
        }
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(more);
        let back = self.back.get().filter(|_| more > 0);
        let Some(back) = back else { return Ok(0) };
        Ok(1 + BackClient::from_remote(cx.nested(back.remote())).depth(more - 1).await?)
    }

    async fn hold(&self, name: String, cx: &Context) -> Result<(), Error> {
        self.tell(format!("begins: {name}"));
        cx.cancelled().await;
        self.tell(format!("ends: {name}"));
        Ok(())
    }

    async fn context(&self, cx: &Context) -> Result<Said, Error> {
        Ok(said(cx))
    }

    async fn broken(&self) -> Result<(), Error> {
        Err(Error::failed(std::io::Error::other("it broke")))
    }
}

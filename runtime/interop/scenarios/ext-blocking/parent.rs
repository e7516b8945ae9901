//! A parent without a runtime answers callbacks: plain functions in threads, which may block and call the worker, to the
//! depth that is stated.

use std::collections::BTreeSet;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use futures_util::stream::{self, Stream};
use procwire::stub_v1::Client;
use procwire::{Context, Error, blocking};
use procwire_interop::back::{
    BackClient, BackPositionError, Busy, Candle, Refused, Said, TradingCallbacks, TradingCallbacksPositionError,
};
use procwire_interop::scenario::{Outcome, check, command, failure, say, show, worker};

#[derive(Clone)]
struct Answers {
    back: Arc<OnceLock<BackClient>>,
    left: Arc<Mutex<Vec<u32>>>,
    audited: Sender<String>,
}

#[procwire::service]
impl TradingCallbacks for Answers {
    fn data_fetch(&self, symbol: String, count: u32) -> impl Stream<Item = Result<Candle, Error<Refused>>> {
        let candles = (1..=count).map(|at| Ok(Candle { at, close: 10 * at }));
        let refused = (symbol == "refused").then(|| Err(Refused::Denied { why: symbol }.into()));
        stream::iter(candles.chain(refused))
    }

    async fn position(&self, account: String) -> Result<u32, Error<TradingCallbacksPositionError>> {
        match account.as_str() {
            "refused" => Err(Error::Declared(TradingCallbacksPositionError::Refused(Refused::Denied { why: account }))),
            "busy" => Err(Error::Declared(TradingCallbacksPositionError::Busy(Busy::Later { left: 3 }))),
            account => u32::try_from(account.len()).map_err(Error::failed),
        }
    }

    async fn warm(&self, text: String) -> Result<(), Error> {
        say(format!("warm: {text}"));
        Ok(())
    }

    async fn audit(&self, text: String) {
        self.audited.send(text).ok();
    }

    async fn depth(&self, more: u32, cx: &Context) -> Result<u32, Error> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(more);
        let back = self.back.get().filter(|_| more > 0);
        let Some(back) = back else { return Ok(0) };
        Ok(1 + BackClient::from_remote(cx.nested(back.remote())).depth(more - 1).wait()?)
    }

    async fn hold(&self, _: String, cx: &Context) -> Result<(), Error> {
        cx.cancelled().await;
        Ok(())
    }

    async fn context(&self) -> Result<Said, Error> {
        Ok(Said { keys: [].into(), traceparent: None, timed: false })
    }

    async fn broken(&self) -> Result<(), Error> {
        Err(Error::failed("it broke"))
    }
}

pub async fn run() -> Outcome {
    // The runtime of this program is of no use to that thread.
    let thread = tokio::task::spawn_blocking(|| parent().map_err(|error| error.to_string()));
    Ok(thread.await.map_err(|_| "the parent panicked")??)
}

fn parent() -> Outcome {
    let (audited, audits) = channel();
    let answers = Answers { back: Arc::default(), left: Arc::default(), audited };
    let back = BackClient::builder().callbacks(answers.clone()).spawn_blocking(command(&worker()))?;
    answers.back.set(back.clone()).map_err(|_| "it was set")?;
    say(back.total("A".to_owned(), 4).wait()?);
    for candle in back.pass_on("refused".to_owned(), 2).wait()? {
        match candle {
            Ok(candle) => say(show(&candle)),
            Err(Error::Declared(refused)) => say(format!("refused: {}", show(&refused))),
            Err(error) => return Err(error.into()),
        }
    }
    say(back.position("four".to_owned()).wait()?);
    for account in ["refused", "busy"] {
        match back.position(account.to_owned()).wait() {
            Err(Error::Declared(BackPositionError::Refused(refused))) => say(format!("refused: {}", show(&refused))),
            Err(Error::Declared(BackPositionError::Busy(busy))) => say(format!("busy: {}", show(&busy))),
            other => return Err(format!("this should have failed: {other:?}").into()),
        }
    }
    back.tell("told".to_owned()).wait()?;
    say(format!("audit: {}", audits.recv()?));
    say(back.depth(16).wait()?);
    let left: Vec<String> = {
        let left = answers.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.iter().map(u32::to_string).collect()
    };
    say(left.join(","));
    say(failure(back.depth(17).wait())?.code());
    let depths = thread::scope(|scope| {
        let threads: Vec<_> = (0..50).map(|_| scope.spawn(|| back.depth(9).wait())).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| Error::failed("it panicked"))?).collect()
    });
    let depths: Result<BTreeSet<u32>, Error> = depths;
    say(depths?.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
    check(back.remote().peer().callbacks().remove("trading.Position"), "there was no handler")?;
    let gone = failure(back.position("four".to_owned()).wait())?;
    say(format!("{} {}", gone.code(), gone.message().contains("trading.DataFetch")));
    blocking::shutdown(&back)?;
    Ok(())
}

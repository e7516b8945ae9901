//! A worker calls its parent: each kind of answer, declared errors on the other side, and items before an error.

use futures_util::future::try_join_all;
use procwire::Error;
use procwire_interop::back::{Answers, BackClient, BackPositionError};
use procwire_interop::scenario::{Outcome, command, say, show, worker};
use tokio::sync::mpsc;

pub async fn run() -> Outcome {
    let (told, mut audited) = mpsc::unbounded_channel();
    let answers = Answers { told: Some(told), ..Answers::default() };
    let back = BackClient::builder().callbacks(answers).spawn(command(&worker())).await?;
    say(back.total("A".to_owned(), 4).await?);
    let mut candles = back.pass_on("A".to_owned(), 3).await?;
    while let Some(candle) = candles.next().await {
        say(show(&candle?));
    }
    say(back.position("four".to_owned()).await?);
    back.tell("told".to_owned()).await?;
    say(format!("audit: {}", audited.recv().await.ok_or("nothing was told")?));
    let mut candles = back.pass_on("refused".to_owned(), 2).await?;
    let denied = loop {
        match candles.next().await {
            Some(Ok(candle)) => say(show(&candle)),
            Some(Err(error)) => break error,
            None => return Err("the stream ended without its error".into()),
        }
    };
    let Error::Declared(denied) = denied else { return Err(denied.into()) };
    say(format!("refused: {}", show(&denied)));
    match back.position("refused".to_owned()).await {
        Err(Error::Declared(BackPositionError::Refused(refused))) => say(format!("refused: {}", show(&refused))),
        other => return Err(format!("this should have been refused: {other:?}").into()),
    }
    match back.position("busy".to_owned()).await {
        Err(error) if error.is_retryable() => match error {
            Error::Declared(BackPositionError::Busy(busy)) => say(format!("busy: {}", show(&busy))),
            other => return Err(other.into()),
        },
        other => return Err(format!("this should have been busy: {other:?}").into()),
    }
    let calls = (0..1000).map(|length| {
        let back = back.clone();
        async move { back.position("x".repeat(length)).await }
    });
    say(try_join_all(calls).await?.into_iter().sum::<u32>());
    back.shutdown().await?;
    Ok(())
}

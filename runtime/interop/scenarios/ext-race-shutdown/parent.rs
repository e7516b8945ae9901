//! Shutdown against requests and callbacks in flight: each call ends once, rightly or `unavailable`, and so does the worker.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use procwire::stub_v1::Client as _;
use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, check, command, failure, gone, say, worker};
use tokio::sync::mpsc;

pub async fn run() -> Outcome {
    // Before anything was read, and when some were answered.
    for first in [0, 0, 1, 10] {
        let back = BackClient::builder().callbacks(Answers::default()).spawn(command(&worker())).await?;
        let pid = back.remote().peer().pid();
        let mut calls: FuturesUnordered<_> = (0..30)
            .map(|_| {
                let back = back.clone();
                tokio::spawn(async move { back.total("A".to_owned(), 50).await })
            })
            .collect();
        let mut ended = 0;
        while ended < first {
            check(calls.next().await.ok_or("no call is left")??? == 12_750, "another sum")?;
            ended += 1;
        }
        // Without it the calls would not even have begun.
        tokio::task::yield_now().await;
        let (shut, ()) = tokio::join!(back.shutdown(), async {
            while let Some(Ok(outcome)) = calls.next().await {
                assert!(outcome.is_err() || outcome == Ok(12_750), "{outcome:?}");
                ended += 1;
            }
        });
        shut?;
        check(gone(pid), "the worker is still there")?;
        say(format!("{ended} calls ended, the worker too"));
    }
    let (told, mut heard) = mpsc::unbounded_channel();
    let answers = Answers { told: Some(told), ..Answers::default() };
    let builder = BackClient::builder().callbacks(answers).shutdown_grace(Duration::from_millis(200));
    let back = builder.spawn(command(&worker())).await?;
    let held = tokio::spawn({
        let back = back.clone();
        async move { back.hold("held".to_owned()).await }
    });
    say(heard.recv().await.ok_or("nothing began")?);
    // Whether a worker whose handler has to be stopped ends in order is its own affair.
    let _ = back.shutdown().await;
    failure(held.await?)?;
    say("the call failed");
    say(heard.recv().await.ok_or("nothing ended")?);
    Ok(())
}

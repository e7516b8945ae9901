//! Deadline against retry: a call that is sent again and again ends with its deadline, and is not sent once more.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use procwire::{Code, Error};
use procwire_interop::back::{Answers, BackClient, BackPositionError};
use procwire_interop::scenario::{Outcome, check, command, say, worker};

pub async fn run() -> Outcome {
    let answers = Answers::default();
    let back = BackClient::builder().callbacks(answers.clone()).spawn(command(&worker())).await?;
    let (mut made, mut step) = (0, Duration::from_millis(1));
    // On a busy machine a short time is over before the first answer.
    while answers.asked.load(Ordering::SeqCst) <= made {
        let calls = (1..=40).map(|n| {
            let back = back.clone();
            async move { back.position("busy".to_owned()).retries(10_000).timeout(step * n).await }
        });
        for outcome in join_all(calls).await {
            let right = match &outcome {
                Err(Error::Declared(BackPositionError::Busy(_))) => true,
                Err(Error::Failure(failure)) => failure.code() == Code::DeadlineExceeded,
                _ => false,
            };
            check(right, format!("{outcome:?}"))?;
            made += 1;
        }
        step *= 4;
    }
    say("every call ended, busy or late");
    // What was under way comes before this.
    back.position("four".to_owned()).await?;
    let asked = answers.asked.load(Ordering::SeqCst);
    for _ in 0..20 {
        back.position("four".to_owned()).await?;
    }
    check(answers.asked.load(Ordering::SeqCst) == asked + 20, "one was sent after its end")?;
    say("none is sent after its end");
    back.shutdown().await?;
    Ok(())
}

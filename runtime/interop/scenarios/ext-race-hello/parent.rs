//! Hello against the first request: calls that are made at once, and the callbacks that they make, find everything in force.

use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, check, command, say, worker};

pub async fn run() -> Outcome {
    let mut seen = None;
    for _ in 0..5 {
        let answers = Answers::default();
        let back = BackClient::builder().callbacks(answers.clone()).spawn(command(&worker())).await?;
        answers.back.set(back.clone()).map_err(|_| "it was set")?;
        let (position, total, depth) = tokio::try_join!(
            async { back.position("four".to_owned()).await.map_err(|error| error.to_string()) },
            async { back.total("A".to_owned(), 3).await.map_err(|error| error.to_string()) },
            async { back.depth(8).await.map_err(|error| error.to_string()) }
        )?;
        let all = format!("{position} {total} {depth}");
        check(seen.get_or_insert_with(|| all.clone()) == &all, "another answer")?;
        back.shutdown().await?;
    }
    say(format!("5 times: {}", seen.unwrap_or_default()));
    Ok(())
}

//! 10,000 calls whose handlers return at once.

use futures_util::future::try_join_all;
use procwire_interop::scenario::{Outcome, check, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let answers = try_join_all((0..10_000).map(|i| desk.greet(i.to_string()).into_future())).await?;
    for (i, answer) in answers.iter().enumerate() {
        check(answer.text == format!("hello {i}"), format!("call {i} got {}", answer.text))?;
    }
    say(format!("{} answers", answers.len()));
    desk.shutdown().await?;
    Ok(())
}

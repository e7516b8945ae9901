//! Answers that come a byte at a time are read.

use futures_util::future::try_join_all;
use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let sums = try_join_all((1..=3).map(|i| desk.add(i, i).into_future())).await?;
    say(format!("[{}]", sums.iter().map(show).collect::<Vec<_>>().join(",")));
    desk.shutdown().await?;
    Ok(())
}

//! 1,000 calls at once each get their own answer.

use futures_util::future::try_join_all;
use procwire_interop::scenario::{Outcome, check, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let sums = try_join_all((0..1000).map(|i| desk.add(i, 1_000_000).into_future())).await?;
    for (i, sum) in (0..).zip(&sums) {
        check(sum.sum == i + 1_000_000, format!("call {i} got {}", sum.sum))?;
    }
    say(format!("{} answers", sums.len()));
    desk.shutdown().await?;
    Ok(())
}

//! Ten workers at once, each with its own connection.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, say, spawn};

pub async fn run() -> Outcome {
    let desks = try_join_all((0..10).map(|_| spawn())).await?;
    let sums = try_join_all(desks.iter().zip(0..).map(|(desk, i)| desk.add(i, 1).into_future())).await?;
    say(format!("{:?}", sums.iter().map(|sum| sum.sum).collect::<Vec<_>>()).replace(' ', ""));
    let pids = try_join_all(desks.iter().map(|desk| desk.pid().into_future())).await?;
    say(format!("{} processes", pids.iter().collect::<HashSet<_>>().len()));
    try_join_all(desks.iter().map(InteropClient::shutdown)).await?;
    Ok(())
}

//! Answers overtake each other where a later call is done earlier.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use procwire_interop::scenario::{Outcome, say, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut waiting = desk.events().waiting();
    let mut calls: FuturesUnordered<_> = ["a", "b", "c"]
        .map(|gate| start(&desk, |desk| async move { desk.wait(gate.to_owned()).await }))
        .into_iter()
        .collect();
    for _ in 0..3 {
        waiting.next().await;
    }
    let mut order = Vec::new();
    for gate in ["c", "a", "b"] {
        desk.open(gate.to_owned()).await?;
        order.push(calls.next().await.ok_or("no call is left")???.text);
    }
    say(format!("{order:?}").replace(' ', ""));
    desk.shutdown().await?;
    Ok(())
}

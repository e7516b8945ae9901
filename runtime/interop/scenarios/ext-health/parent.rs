//! A worker tells how many handlers run, is ready until it is shut down, and answers nothing once that has begun.

use procwire::Health;
use procwire::stub_v1::Client as _;
use procwire_interop::scenario::{Outcome, failure, say, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut waiting = desk.events().waiting();
    let peer = desk.remote().peer();
    tell(&peer.health().await?);
    let calls = ["a", "b", "c"].map(|gate| start(&desk, |desk| async move { desk.wait(gate.to_owned()).await }));
    for _ in &calls {
        waiting.next().await.ok_or("it does not wait")?;
    }
    tell(&peer.health().await?);
    for (gate, call) in ["a", "b", "c"].into_iter().zip(calls) {
        desk.open(gate.to_owned()).await?;
        call.await??;
    }
    // A handler may end a moment after its answer.
    let mut health = peer.health().await?;
    while health.running > 0 {
        health = peer.health().await?;
    }
    tell(&health);
    desk.shutdown().await?;
    say(format!("after the shutdown: {}", failure(peer.health().await)?.code()));
    Ok(())
}

fn tell(health: &Health) {
    let ready = if health.ready { "ready" } else { "not ready" };
    say(format!("{ready}, {} running, {} waiting", health.running, health.waiting));
}

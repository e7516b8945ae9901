//! What the worker prints before its start, without a newline, does not spoil the handshake.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

//! When the parent is killed, its worker ends too, also while a handler blocks the thread.

use std::time::Duration;

use procwire_interop::scenario::{Outcome, say, signal, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    desk.add(2, 3).await?;
    let _call = start(&desk, |desk| async move { desk.sleep(60_000).blocking(true).await });
    say("working");
    // The request has to leave before the end.
    tokio::time::sleep(Duration::from_millis(100)).await;
    signal(std::process::id(), "KILL")?;
    std::future::pending::<()>().await;
    Ok(())
}

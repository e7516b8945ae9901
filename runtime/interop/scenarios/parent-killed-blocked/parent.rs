//! When the parent is killed, its worker ends too, also while a handler blocks the thread.

use procwire_interop::scenario::{Outcome, say, signal, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    desk.add(2, 3).await?;
    let mut waiting = desk.events().waiting();
    let _call = start(&desk, |desk| async move { desk.sleep(60_000).blocking(true).await });
    waiting.next().await;
    say("working");
    signal(std::process::id(), "KILL")?;
    std::future::pending::<()>().await;
    Ok(())
}

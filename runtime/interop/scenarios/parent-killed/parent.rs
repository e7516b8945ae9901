//! When the parent is killed, its worker ends too, whatever it does.

use procwire_interop::scenario::{Outcome, say, signal, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut waiting = desk.events().waiting();
    let _call = start(&desk, |desk| async move { desk.wait("never".to_owned()).await });
    waiting.next().await;
    let mut items = desk.forever("s".to_owned()).await?;
    items.next().await.ok_or("the stream ended")??;
    say("working");
    signal(std::process::id(), "KILL")?;
    std::future::pending::<()>().await;
    Ok(())
}

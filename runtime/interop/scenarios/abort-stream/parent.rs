//! An aborted stream ends for the caller, and the handler is told.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut aborted = desk.events().aborted();
    let mut items = desk.forever("s".to_owned()).await?;
    for _ in 0..10 {
        items.next().await.ok_or("the stream ended")??;
    }
    drop(items);
    say("ten items and more");
    say(format!("aborted {}", show(&aborted.next().await)));
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

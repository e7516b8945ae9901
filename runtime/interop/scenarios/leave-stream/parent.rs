//! A stream that is left early harms nothing that comes after it.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut items = desk.count(1000).await?;
    for _ in 0..3 {
        say(show(&items.next().await.ok_or("the stream ended")??));
    }
    drop(items);
    say("left");
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

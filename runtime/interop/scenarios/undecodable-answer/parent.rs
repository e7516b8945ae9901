//! An answer that does not decode fails its call, and the connection stays.

use procwire_interop::scenario::{Outcome, failure, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    failure(desk.add(1, 1).await)?;
    say("the call failed");
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

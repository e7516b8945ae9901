//! A handler that breaks fails its call, and the worker lives on.

use procwire_interop::scenario::{Outcome, failure, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    failure(desk.fail("panic".to_owned()).await)?;
    say("the call failed");
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

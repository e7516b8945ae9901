//! A header that claims more than the limit ends the calls, and the worker is ended.

use procwire_interop::scenario::{Outcome, failure, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    failure(desk.add(1, 1).await)?;
    say("the call failed");
    desk.shutdown().await.ok();
    say("the worker ended");
    Ok(())
}

//! An idle worker ends by itself when it is told to.

use procwire_interop::scenario::{Outcome, check, gone, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    desk.add(2, 3).await?;
    let pid = desk.pid().await?;
    // Fails where the worker had to be killed.
    desk.shutdown().await?;
    check(gone(pid), "the worker is still there")?;
    say("status 0, signal none");
    Ok(())
}

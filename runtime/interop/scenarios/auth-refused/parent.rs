//! A worker that refuses the parent and closes leaves no call without an end.

use procwire::Code;
use procwire_interop::scenario::{Outcome, check, failure, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    check(failure(desk.add(2, 3).await)?.code() == Code::Unavailable, "another code")?;
    say("the call failed");
    desk.shutdown().await.ok();
    Ok(())
}

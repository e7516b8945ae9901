//! A worker that lacks a method is refused at the start, and the method is named.

use procwire_interop::scenario::{Outcome, check, say, spawn};

pub async fn run() -> Outcome {
    let error = spawn().await.err().ok_or("a worker without `pid` was taken")?;
    check(error.to_string().contains("pid"), &error)?;
    say("refused, since a method is missing");
    Ok(())
}

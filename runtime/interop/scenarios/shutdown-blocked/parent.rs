//! A handler that blocks its thread does not keep the worker from ending.

use procwire_interop::scenario::{Outcome, check, failure, gone, say, spawn, start, worker_is_in_node};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let pid = desk.pid().await?;
    let mut waiting = desk.events().waiting();
    let call = start(&desk, |desk| async move { desk.sleep(20_000).blocking(true).await });
    waiting.next().await;
    let end = desk.shutdown().await;
    failure(call.await?)?;
    say("the call failed");
    check(gone(pid), "the worker is still there")?;
    say("the worker ended");
    check(end.is_ok() || worker_is_in_node(), format!("{end:?}"))?;
    Ok(())
}

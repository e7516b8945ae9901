//! When the worker is killed, calls and streams fail at once.

use procwire::Code;
use procwire_interop::scenario::{Outcome, check, failure, say, signal, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let pid = desk.pid().await?;
    let mut waiting = desk.events().waiting();
    let call = start(&desk, |desk| async move { desk.wait("never".to_owned()).await });
    let mut items = desk.forever("s".to_owned()).await?;
    waiting.next().await;
    signal(pid, "KILL")?;
    let error = failure(call.await?)?;
    check(error.code() == Code::Unavailable, &error)?;
    check(error.message().contains("SIGKILL") || error.message().contains("signal"), &error)?;
    say("the call failed");
    while let Some(Ok(_)) = items.next().await {}
    say("the stream failed");
    failure(desk.add(2, 3).await)?;
    say("and so does the next call");
    desk.shutdown().await.ok();
    Ok(())
}

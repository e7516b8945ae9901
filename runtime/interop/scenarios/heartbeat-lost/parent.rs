//! A worker that is stopped is taken for dead: its calls fail, and it is killed.

use std::time::Duration;

use procwire::Code;
use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, check, command, failure, gone, say, signal, start, worker};

pub async fn run() -> Outcome {
    let desk = InteropClient::builder()
        .heartbeat(Duration::from_millis(50), Duration::from_millis(500))
        .spawn(command(&worker()))
        .await?;
    let pid = desk.pid().await?;
    let mut waiting = desk.events().waiting();
    let call = start(&desk, |desk| async move { desk.wait("never".to_owned()).await });
    waiting.next().await;
    signal(pid, "STOP")?;
    check(failure(call.await?)?.code() == Code::Unavailable, "another code")?;
    say("the call failed");
    desk.shutdown().await.ok();
    check(gone(pid), "the worker is still there")?;
    say("the worker was killed");
    Ok(())
}

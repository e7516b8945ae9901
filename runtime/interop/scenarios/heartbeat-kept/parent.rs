//! A worker that works is taken for alive.

use std::time::Duration;

use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, command, say, show, start, worker};

pub async fn run() -> Outcome {
    let desk = InteropClient::builder()
        .heartbeat(Duration::from_millis(20), Duration::from_secs(5))
        .spawn(command(&worker()))
        .await?;
    let slept = start(&desk, |desk| async move { desk.sleep(300).await });
    for i in 0..300 {
        desk.add(i, 1).await?;
    }
    say(show(&slept.await??));
    say("ready");
    desk.shutdown().await?;
    Ok(())
}

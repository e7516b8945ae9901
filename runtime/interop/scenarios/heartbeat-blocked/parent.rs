//! A worker whose handler blocks the thread still answers the heartbeat.

use std::time::Duration;

use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, command, say, show, worker};

pub async fn run() -> Outcome {
    let desk = InteropClient::builder()
        .heartbeat(Duration::from_millis(50), Duration::from_millis(700))
        .spawn(command(&worker()))
        .await?;
    say(show(&desk.sleep(2000).blocking(true).await?));
    say("ready");
    desk.shutdown().await?;
    Ok(())
}

//! 100 MB of prints stop neither calls nor the control plane.

use std::time::Duration;

use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, command, say, show, worker};

pub async fn run() -> Outcome {
    let desk = InteropClient::builder()
        .heartbeat(Duration::from_millis(50), Duration::from_secs(30))
        .spawn(command(&worker()))
        .await?;
    desk.print(100_000).timeout(Duration::from_secs(100)).await?;
    say(show(&desk.add(2, 3).await?));
    say("ready");
    desk.shutdown().await?;
    Ok(())
}

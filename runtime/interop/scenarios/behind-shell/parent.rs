//! A worker behind a shell is served and ended like any other.

use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, command, say, show, worker};

pub async fn run() -> Outcome {
    let shell = ["sh", "-c", "\"$@\"; exit $?", "sh"].map(str::to_owned).to_vec();
    // The shell stays, since it has something to do afterwards.
    let desk = InteropClient::spawn(command(&[shell, worker()].concat())).await?;
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

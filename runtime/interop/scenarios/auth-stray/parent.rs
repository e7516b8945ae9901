//! A silent stranger that connects first does not shut the parent out.

use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, command, say, show, worker};

pub async fn run() -> Outcome {
    let stray = concat!(env!("CARGO_MANIFEST_DIR"), "/node/stray.mjs");
    let line = [vec!["node".to_owned(), stray.to_owned()], worker()].concat();
    let desk = InteropClient::spawn(command(&line)).await?;
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

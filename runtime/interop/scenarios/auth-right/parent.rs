//! With a token, the parent authenticates first and is served.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    // A token is set unless the parent says otherwise.
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

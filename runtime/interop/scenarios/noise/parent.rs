//! Lines on the standard output that are no control lines are passed over.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

//! A call that is never answered still runs.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut noted = desk.events().noted();
    desk.note("one".to_owned()).await?;
    say("null");
    say(show(&noted.next().await));
    desk.note("two".to_owned()).await?;
    say(show(&noted.next().await));
    desk.shutdown().await?;
    Ok(())
}

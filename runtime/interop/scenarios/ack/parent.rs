//! A method may be acknowledged without a value, or with one.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    say(show(&desk.poke("wake up".to_owned()).await?));
    say(show(&desk.touch("hi".to_owned()).await?));
    desk.shutdown().await?;
    Ok(())
}

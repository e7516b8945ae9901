//! Absent parameters take their defaults, nil counts as absent.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    say(show(&desk.greet("you".to_owned()).await?));
    say(show(&desk.greet("you".to_owned()).greeting("good day".to_owned()).await?));
    say(show(&desk.greet("you".to_owned()).mark("!".to_owned()).await?));
    say(show(&desk.greet("you".to_owned()).await?));
    desk.shutdown().await?;
    Ok(())
}

//! An abort after the answer changes nothing.

use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut call = Box::pin(desk.add(2, 3).into_future());
    say(show(&(&mut call).await?));
    drop(call);
    say(show(&desk.add(3, 4).await?));
    desk.shutdown().await?;
    Ok(())
}

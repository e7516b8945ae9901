//! An error of a handler arrives with its text.

use procwire::Code;
use procwire_interop::scenario::{Outcome, check, failure, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let error = failure(desk.fail("text".to_owned()).await)?;
    say(error.message());
    check(error.code() == Code::Failed, &error)?;
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

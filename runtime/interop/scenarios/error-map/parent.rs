//! An error with data keeps it.

use procwire::Code;
use procwire_interop::scenario::{Outcome, check, failure, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let error = failure(desk.fail("map".to_owned()).await)?;
    say(error.message());
    check(error.code() == Code::Failed, &error)?;
    let data = error.data().ok_or("the error came without data")?;
    say(show(data.get("code").ok_or("the data has no code")?));
    desk.shutdown().await?;
    Ok(())
}

//! An error that nobody declared tells its text and class; where it came from only to a peer that asked, in both directions.

use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, command, failure, say, worker};

pub async fn run() -> Outcome {
    for asks in [false, true] {
        let builder = BackClient::builder().callbacks(Answers::default()).tracebacks(asks);
        let builder = if asks { builder.env("ASKS", "1") } else { builder };
        let back = builder.spawn(command(&worker())).await?;
        let error = failure(back.broken(true).await)?;
        let told = (error.class().is_some(), error.traceback().is_some_and(|text| text.contains("it broke")));
        say(format!("{} {} {} {}", error.code(), error.message(), told.0, told.1));
        say(back.broken(false).await?);
        back.shutdown().await?;
    }
    Ok(())
}

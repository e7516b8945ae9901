//! With a peer that speaks the base protocol alone nothing of the extensions is sent; to need one fails at once, and says why.

use procwire::Extensions;
use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, check, command, failure, say, worker};

pub async fn run() -> Outcome {
    let builder = BackClient::builder().extensions(Extensions::NONE).callbacks(Answers::default());
    let back = builder.spawn(command(&worker())).await?;
    let callback = failure(back.position("a".to_owned()).await)?;
    check(callback.message().contains("trading.Position"), &callback)?;
    say(callback.code());
    say(failure(back.context().metadata("a", "b").await)?.code());
    say(back.depth(0).await?);
    back.shutdown().await?;
    Ok(())
}

//! Handlers are added and removed while the worker runs; a path that has none is not found, and those that have one are named.

use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, check, command, failure, say, worker};

fn answers(position: u32) -> Answers {
    Answers { position: Some(position), depth: Some(7), ..Answers::default() }
}

pub async fn run() -> Outcome {
    let back = BackClient::builder().callbacks(answers(0)).spawn(command(&worker())).await?;
    let handlers = back.peer().callbacks();
    check(handlers.remove("trading.Position"), "there was no such handler")?;
    let missing = failure(back.position("a".to_owned()).await)?;
    let named = ["trading.Position", "trading.Depth"].iter().all(|path| missing.message().contains(path));
    check(named, &missing)?;
    say(missing.code());
    handlers.add(answers(1))?;
    say(back.position("a".to_owned()).await?);
    handlers.add(answers(2))?;
    say(back.position("a".to_owned()).await?);
    say(if handlers.remove("trading.Position") { "removed" } else { "was not there" });
    say(failure(back.position("a".to_owned()).await)?.code());
    say(back.depth(1).await?);
    back.shutdown().await?;
    Ok(())
}

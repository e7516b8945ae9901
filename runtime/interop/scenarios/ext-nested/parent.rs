//! Calls go back and forth, one inside the other, to the depth that is stated; beyond it they fail, and the connection goes on.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use futures_util::future::try_join_all;
use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, command, failure, say, worker};

pub async fn run() -> Outcome {
    let answers = Answers::default();
    let back = BackClient::builder().callbacks(answers.clone()).spawn(command(&worker())).await?;
    answers.back.set(back.clone()).map_err(|_| "it was set")?;
    say(back.depth(16).await?);
    let left: Vec<String> = {
        let left = answers.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.iter().map(u32::to_string).collect()
    };
    say(left.join(","));
    say(failure(back.depth(17).await)?.code());
    let many = try_join_all((0..100).map(|_| {
        let back = back.clone();
        async move { back.depth(9).await }
    }));
    let depths: BTreeSet<String> = many.await?.iter().map(u32::to_string).collect();
    say(Vec::from_iter(depths).join(","));
    back.shutdown().await?;
    Ok(())
}

//! A callback that serves a call is aborted with it, and its deadline is that of the call.

use std::time::Duration;

use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, command, failure, say, worker};
use tokio::sync::mpsc;

pub async fn run() -> Outcome {
    let (told, mut heard) = mpsc::unbounded_channel();
    let answers = Answers { told: Some(told), ..Answers::default() };
    let back = BackClient::builder().callbacks(answers).spawn(command(&worker())).await?;
    let mut seen = back.events().seen();
    let aborted = tokio::spawn({
        let back = back.clone();
        async move { back.hold("aborted".to_owned()).await }
    });
    say(heard.recv().await.ok_or("nothing began")?);
    aborted.abort();
    say(heard.recv().await.ok_or("nothing ended")?);
    say(seen.next().await.ok_or("nothing was seen")?.text);

    failure(back.hold("late".to_owned()).timeout(Duration::from_millis(300)).await)?;
    // It began, and then it ended.
    heard.recv().await.ok_or("nothing began")?;
    say(heard.recv().await.ok_or("nothing ended")?);
    back.shutdown().await?;
    Ok(())
}

//! 1,000 calls wait in their handlers at the same time.

use futures_util::future::try_join_all;
use procwire_interop::scenario::{Outcome, check, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut waiting = desk.events().waiting();
    let calls = try_join_all((0..1000).map(|_| desk.wait("all".to_owned()).into_future()));
    let opened = async {
        for _ in 0..1000 {
            waiting.next().await;
        }
        say("all are waiting");
        desk.open("all".to_owned()).await
    };
    let (texts, opened) = tokio::join!(calls, opened);
    let texts = texts?;
    say(show(&opened?));
    check(texts.iter().all(|text| text.text == "all"), "an answer differs")?;
    say(format!("{} answers", texts.len()));
    desk.shutdown().await?;
    Ok(())
}

//! A call that passes its deadline fails; its late answer goes nowhere.

use std::time::Duration;

use procwire::Code;
use procwire_interop::scenario::{Outcome, failure, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut waiting = desk.events().waiting();
    let mut aborted = desk.events().aborted();
    let call = desk.wait("late".to_owned()).timeout(Duration::from_millis(100)).await;
    say(format!("waiting {}", show(&waiting.next().await)));
    let error = failure(call)?;
    say(if error.code() == Code::DeadlineExceeded { "the deadline passed".to_owned() } else { error.to_string() });
    // Unlike the published parent, ours tells the worker.
    aborted.next().await.ok_or("the worker was not told")?;
    desk.open("late".to_owned()).await?;
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}

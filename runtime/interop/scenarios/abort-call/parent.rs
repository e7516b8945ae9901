//! An aborted call ends for the caller, and the handler is told.

use procwire_interop::scenario::{Outcome, say, show, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let (mut waiting, mut aborted) = (desk.events().waiting(), desk.events().aborted());
    let call = start(&desk, |desk| async move { desk.wait("a".to_owned()).await });
    say(format!("waiting {}", show(&waiting.next().await)));
    call.abort();
    say(format!("aborted {}", show(&aborted.next().await)));
    say(format!("{} was waiting", show(&desk.open("a".to_owned()).await?)));
    desk.shutdown().await?;
    Ok(())
}

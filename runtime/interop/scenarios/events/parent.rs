//! Events arrive before, during and after a call, each in its order.

use procwire_interop::scenario::{Outcome, command, say, show, worker};
use procwire_interop::{InteropClient, InteropOn};
use tokio::sync::mpsc;

pub async fn run() -> Outcome {
    let (hello, mut hellos) = mpsc::unbounded_channel();
    let desk = InteropClient::builder()
        .on_hello(move |event| {
            hello.send(event).ok();
        })
        .spawn(command(&worker()))
        .await?;
    let mut ticks = desk.events().tick();
    say(format!("before: {}", show(&hellos.recv().await)));
    desk.emit(3, 2).await?;
    for _ in 0..5 {
        say(show(&ticks.next().await));
    }
    say(show(&desk.add(1, 1).await?));
    desk.shutdown().await?;
    Ok(())
}

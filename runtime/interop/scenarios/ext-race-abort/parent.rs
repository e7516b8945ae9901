//! Abort against answer: whichever comes first, a call ends once, and nothing of it is left.

use procwire::stub_v1::Client as _;
use procwire_interop::scenario::{Outcome, check, say, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut waiting = desk.events().waiting();
    let (mut answered, mut aborted) = (0, 0);
    for round in 0..300 {
        let gate = round.to_string();
        let call = start(&desk, |desk| {
            let gate = gate.clone();
            async move { desk.wait(gate).await }
        });
        waiting.next().await.ok_or("it does not wait")?;
        let opened = start(&desk, |desk| async move { desk.open(gate).await });
        // From before the answer is asked for until after it has come.
        for _ in 0..round % 12 {
            tokio::task::yield_now().await;
        }
        call.abort();
        match call.await {
            Ok(answer) => {
                check(answer?.text == round.to_string(), "another answer")?;
                answered += 1;
            }
            Err(_) => aborted += 1,
        }
        opened.await??;
    }
    say("300 calls ended");
    say(format!("{} were answered or aborted", answered + aborted));
    // What was aborted ends soon, whatever it waits for.
    while desk.remote().peer().health().await?.running > 0 {}
    say(desk.add(2, 3).await?.sum);
    desk.shutdown().await?;
    Ok(())
}

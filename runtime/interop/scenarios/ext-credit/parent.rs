//! Streams that nobody reads stop nobody else, and each item arrives once and in order through a window of two items,
//! however the credit meets the end.

use futures_util::future::try_join_all;
use procwire::Limits;
use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, check, command, say, worker};

const STOPPED: usize = 50;

pub async fn run() -> Outcome {
    let mut limits = Limits::default();
    limits.window = 160;
    let desk = InteropClient::builder().limits(limits).spawn(command(&worker())).await?;
    let mut aborted = desk.events().aborted();
    let mut stopped = Vec::new();
    for gate in 0..STOPPED {
        let mut items = desk.forever(gate.to_string()).await?;
        check(items.next().await.ok_or("no item")??.i == 0, "another item came first")?;
        stopped.push(items);
    }
    for i in 0..100 {
        check(desk.add(i, 1).await?.sum == i + 1, "another sum")?;
    }
    say(format!("100 calls beside {STOPPED} stopped streams"));
    for i in 1..=3000 {
        check(stopped[7].next().await.ok_or("no item")??.i == i, "an item is missing")?;
    }
    say("3000 items of one of them, in order");
    drop(stopped);
    for _ in 0..STOPPED {
        aborted.next().await.ok_or("not all were aborted")?;
    }
    say(format!("{STOPPED} aborted"));

    let mut sum = 0;
    for _ in 0..10 {
        let desk = &desk;
        let all = (0..40).map(|n| async move {
            let mut items = desk.count(n).await?;
            let mut next = 0;
            while let Some(item) = items.next().await {
                check(item?.i == next, "an item is missing")?;
                next += 1;
            }
            check(next == n, "an item is missing")?;
            Ok::<_, Box<dyn std::error::Error>>(next)
        });
        sum += try_join_all(all).await?.into_iter().sum::<u32>();
    }
    say(format!("400 streams, {sum} items"));
    desk.shutdown().await?;
    Ok(())
}

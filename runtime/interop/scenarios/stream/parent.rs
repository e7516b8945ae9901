//! A stream gives its items in order and ends; an empty one only ends.

use procwire_interop::scenario::{Outcome, check, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut items = desk.count(3).await?;
    while let Some(item) = items.next().await {
        say(show(&item?));
    }
    say("end");
    check(desk.count(0).await?.next().await.is_none(), "an empty stream gave an item")?;
    say("end");
    let mut items = desk.count(20_000).await?;
    let mut sum = 0;
    while let Some(item) = items.next().await {
        sum += item?.i;
    }
    say(format!("20000 items, sum {sum}"));
    desk.shutdown().await?;
    Ok(())
}

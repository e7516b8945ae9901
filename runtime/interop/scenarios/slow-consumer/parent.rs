//! A consumer that calls the same worker for each item of a stream gets through.

use procwire_interop::scenario::{Outcome, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let mut items = desk.count(2000).await?;
    let mut sum = 0;
    while let Some(item) = items.next().await {
        // 1,999 items wait meanwhile.
        sum = desk.add(sum, i32::try_from(item?.i)?).await?.sum;
    }
    say(format!("sum {sum}"));
    desk.shutdown().await?;
    Ok(())
}

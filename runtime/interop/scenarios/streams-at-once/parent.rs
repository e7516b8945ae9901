//! Twenty streams and calls beside them share one connection.

use futures_util::future::try_join_all;
use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let lengths = try_join_all((0..20).map(|index| length(&desk, 100 * index)));
    let sums = try_join_all((0..100).map(|i| desk.add(i, 1).into_future()));
    let (lengths, sums) = tokio::join!(lengths, sums);
    say(format!("{:?}", lengths?).replace(' ', ""));
    say(sums?.iter().map(|sum| sum.sum).sum::<i32>());
    desk.shutdown().await?;
    Ok(())
}

async fn length(desk: &InteropClient, n: u32) -> Result<u32, procwire::Error<procwire_interop::Trouble>> {
    let mut items = desk.count(n).await?;
    let mut next = 0;
    while let Some(item) = items.next().await {
        if item?.i != next {
            return Err(procwire::Error::failed(format!("a stream of {n} skips {next}")));
        }
        next += 1;
    }
    Ok(next)
}

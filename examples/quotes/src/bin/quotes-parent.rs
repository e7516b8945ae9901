//! A parent: starts the worker, asks for one price, then for some.

use std::time::Duration;

use procwire::Command;

procwire::include_ipc!("quotes.ipc");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let mut worker = Command::new(arguments.next().ok_or("usage: quotes-parent WORKER [ARGUMENTS]")?);
    worker.args(arguments);

    let feed = QuotesClient::spawn(worker).await?;
    let quote = feed.last("ACME".into()).timeout(Duration::from_secs(1)).await?;
    println!("{} costs {}", quote.symbol, quote.price);
    let mut quotes = feed.watch(vec!["ACME".into(), "BETA".into()]).limit(3).await?;
    while let Some(quote) = quotes.next().await {
        println!("{:?}", quote?);
    }
    feed.shutdown().await?;
    Ok(())
}

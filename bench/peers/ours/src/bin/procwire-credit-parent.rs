//! The parent that stops reading: small calls alone, and beside streams of which it takes one item each.
//!
//! Run as `parent MILLISECONDS STREAMS WINDOW EXTENSIONS WORKER…`.

use std::env;
use std::process::{self, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bench_load::{Flavor, NAME, SCORE, Settings, latencies, resident_memory};
use bench_ours::{EchoClient, Small};
use futures_util::future::try_join_all;
use procwire::stub_v1::Client as _;
use procwire::{Extensions, Limits};
use serde_json::json;

fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let mut arg = |what: &str| args.next().with_context(|| format!("the argument {what} is missing"));
    let measure = Duration::from_millis(arg("MILLISECONDS")?.parse()?);
    let streams: usize = arg("STREAMS")?.parse()?;
    let window: u32 = arg("WINDOW")?.parse()?;
    let extensions = match arg("EXTENSIONS")?.as_str() {
        "credit" => Extensions::ALL,
        _ => Extensions::ALL.without(Extensions::CREDIT),
    };
    let mut worker = Command::new(arg("WORKER")?);
    worker.args(args);
    let least = env::var(Settings::WARM_UP).ok().map_or(Ok(0), |milliseconds| milliseconds.parse())?;
    let warm_up = Duration::from_millis(least).max(measure / 3);
    let mut limits = Limits::default();
    limits.window = window;

    let metrics = Flavor::from_env().runtime()?.block_on(async {
        let client = EchoClient::builder().limits(limits).extensions(extensions).spawn(worker).await?;
        let pid = client.remote().peer().pid();
        let memory = || Ok::<_, anyhow::Error>((resident_memory(process::id())?, resident_memory(pid)?));
        round_trips(&client, warm_up).await?;
        let alone = latencies(round_trips(&client, measure).await?);
        let before = memory()?;
        let stopped = try_join_all((0..streams).map(|_| async {
            let mut stream = client.items(u32::MAX).await?;
            stream.next().await.context("an endless stream ended")??;
            anyhow::Ok(stream)
        }))
        .await?;
        round_trips(&client, warm_up).await?;
        let beside = latencies(round_trips(&client, measure).await?);
        let after = memory()?;
        drop(stopped);
        client.shutdown().await?;
        anyhow::Ok(json!({
            "alone_p50_us": alone.0,
            "alone_p99_us": alone.1,
            "beside_p50_us": beside.0,
            "beside_p99_us": beside.1,
            "parent_mb": after.0 - before.0,
            "worker_mb": after.1 - before.1,
        }))
    })?;
    println!("{metrics}");
    Ok(())
}

async fn round_trips(client: &EchoClient, time: Duration) -> Result<Vec<Duration>> {
    let mut samples = Vec::with_capacity(1 << 16);
    let begin = Instant::now();
    let mut before = begin;
    while before - begin < time {
        let name = NAME.to_owned();
        ensure!(client.small(Small { id: 1, name, score: SCORE }).await?.id == 1, "another id came back");
        let now = Instant::now();
        samples.push(now - before);
        before = now;
    }
    Ok(samples)
}

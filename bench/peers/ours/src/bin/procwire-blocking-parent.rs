//! The parent without a runtime: one call at a time, in its own thread.

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use bench_load::{KILO, LARGE, Metric, NAME, SCORE, Settings, Workload, latencies, paced, report};
use bench_ours::{Bulk, EchoClient, Small};
use procwire::{Bytes, blocking};

fn main() -> Result<()> {
    let settings = Settings::from_args()?;
    let client: EchoClient = blocking::spawn(settings.command())?;
    small(&client)?;
    let metrics = match settings.workload {
        Workload::Small => {
            let (samples, _) = paced(settings.warm_up(), settings.measure, || small(&client))?;
            let (p50, p99) = latencies(samples);
            vec![(Metric::P50, p50), (Metric::P99, p99)]
        }
        Workload::Kilo(1) => {
            let data = Bytes::from(vec![0x5a; KILO]);
            let (samples, seconds) = paced(settings.warm_up(), settings.measure, || bulk(&client, &data))?;
            vec![(Metric::CallsPerSecond, samples.len() as f64 / seconds)]
        }
        Workload::Large => {
            let data = Bytes::from(vec![0x5a; LARGE]);
            megabytes(&settings, || bulk(&client, &data))?
        }
        Workload::LargeRaw => {
            let data = Bytes::from(vec![0x5a; LARGE]);
            megabytes(&settings, || {
                ensure!(client.blob(data.clone()).wait()?.len() == LARGE, "another length came back");
                Ok(())
            })?
        }
        Workload::Stream => {
            items(&client, settings.items / 10)?;
            let begin = Instant::now();
            items(&client, settings.items)?;
            vec![(Metric::ItemsPerSecond, f64::from(settings.items) / begin.elapsed().as_secs_f64())]
        }
        workload => bail!("{workload} needs many calls at once"),
    };
    blocking::shutdown(&client)?;
    report(&metrics);
    Ok(())
}

fn small(client: &EchoClient) -> Result<()> {
    let name = NAME.to_owned();
    ensure!(client.small(Small { id: 1, name, score: SCORE }).wait()?.id == 1, "another id came back");
    Ok(())
}

fn bulk(client: &EchoClient, data: &Bytes) -> Result<()> {
    let data = data.clone();
    let length = data.len();
    ensure!(client.bulk(Bulk { data }).wait()?.data.len() == length, "another length came back");
    Ok(())
}

fn megabytes(settings: &Settings, step: impl FnMut() -> Result<()>) -> Result<Vec<(Metric, f64)>> {
    let (samples, seconds) = paced(settings.warm_up(), settings.measure, step)?;
    let megabytes = (samples.len() * LARGE) as f64 / 1e6;
    Ok(vec![(Metric::MegabytesPerSecond, megabytes / seconds)])
}

fn items(client: &EchoClient, count: u32) -> Result<()> {
    let mut arrived = 0;
    for item in client.items(count).wait()? {
        arrived += u32::from(item?.id == u64::from(arrived));
    }
    ensure!(arrived == count, "{arrived} items came instead of {count}");
    Ok(())
}

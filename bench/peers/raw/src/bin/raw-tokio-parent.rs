//! A parent on tokio's socket.

use std::process;
use std::time::{Duration, Instant};

use anyhow::Result;
use bench_load::{
    Flavor, LARGE, LARGE_CALLS, Metric, Settings, Worker, Workload, cpu_time, latencies, peak_memory, report,
    resident_memory,
};
use bench_raw::{CHUNK, Mode, SMALL, batch};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

fn main() -> Result<()> {
    let settings = Settings::from_args()?;
    let worker = Worker::start(&settings.worker, Mode::of(settings.workload).argument())?;
    let metrics = Flavor::from_env().runtime()?.block_on(run(&settings, &worker))?;
    report(&metrics);
    Ok(())
}

async fn run(settings: &Settings, worker: &Worker) -> Result<Vec<(Metric, f64)>> {
    let mut stream = UnixStream::connect(worker.path()).await?;
    let (messages, bytes) = batch(settings.workload);
    let mut message = vec![0x5a; messages * bytes];
    Ok(match settings.workload {
        Workload::Stream => vec![(Metric::ItemsPerSecond, items(&mut stream, settings.items).await?)],
        Workload::Idle => {
            echo(&mut stream, &mut message).await?;
            tokio::time::sleep(Duration::from_millis(200)).await;
            vec![(Metric::Megabytes, resident_memory(worker.id())?)]
        }
        Workload::Peak => {
            for _ in 0..LARGE_CALLS {
                echo(&mut stream, &mut message).await?;
            }
            vec![(Metric::Megabytes, peak_memory(worker.id())?)]
        }
        workload => {
            let cpu = || Ok::<_, anyhow::Error>((cpu_time(process::id())? + cpu_time(worker.id())?).as_secs_f64());
            paced(&mut stream, &mut message, settings.warm_up()).await?;
            let before = cpu()?;
            let (samples, seconds) = paced(&mut stream, &mut message, settings.measure).await?;
            let cpu = cpu()? - before;
            let calls = (samples.len() * messages) as f64;
            match workload {
                Workload::Small => {
                    let (p50, p99) = latencies(samples);
                    vec![(Metric::P50, p50), (Metric::P99, p99)]
                }
                Workload::Cpu => vec![(Metric::CpuPerMillion, cpu / calls * 1e6)],
                Workload::Kilo(_) => {
                    vec![(Metric::CallsPerSecond, calls / seconds), (Metric::CpuPerMillion, cpu / calls * 1e6)]
                }
                _ => vec![(Metric::MegabytesPerSecond, calls * LARGE as f64 / 1e6 / seconds)],
            }
        }
    })
}

async fn echo(stream: &mut UnixStream, message: &mut [u8]) -> Result<()> {
    stream.write_all(message).await?;
    stream.read_exact(message).await?;
    Ok(())
}

async fn paced(stream: &mut UnixStream, message: &mut [u8], time: Duration) -> Result<(Vec<Duration>, f64)> {
    let mut samples = Vec::with_capacity(1 << 16);
    let begin = Instant::now();
    let mut before = begin;
    loop {
        echo(stream, message).await?;
        let now = Instant::now();
        samples.push(now - before);
        before = now;
        if now - begin >= time {
            return Ok((samples, (now - begin).as_secs_f64()));
        }
    }
}

async fn items(stream: &mut UnixStream, count: u32) -> Result<f64> {
    let begin = Instant::now();
    stream.write_all(&count.to_be_bytes()).await?;
    let mut chunk = vec![0; CHUNK];
    let mut left = count as usize * SMALL;
    while left > 0 {
        left -= stream.read(&mut chunk).await?;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

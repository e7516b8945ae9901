//! A parent on a blocking socket.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use bench_load::{
    LARGE, LARGE_CALLS, Metric, Settings, Worker, Workload, cpu_time, latencies, paced, peak_memory, report,
    resident_memory,
};
use bench_raw::{CHUNK, Mode, SMALL, batch};

fn main() -> Result<()> {
    let settings = Settings::from_args()?;
    let worker = Worker::start(&settings.worker, Mode::of(settings.workload).argument())?;
    let mut stream = UnixStream::connect(worker.path())?;
    let (messages, bytes) = batch(settings.workload);
    let mut message = vec![0x5a; messages * bytes];
    let mut echo = || -> Result<()> {
        stream.write_all(&message)?;
        stream.read_exact(&mut message)?;
        Ok(())
    };
    let metrics = match settings.workload {
        Workload::Stream => vec![(Metric::ItemsPerSecond, items(&mut stream, settings.items)?)],
        Workload::Idle => {
            echo()?;
            thread::sleep(Duration::from_millis(200));
            vec![(Metric::Megabytes, resident_memory(worker.id())?)]
        }
        Workload::Peak => {
            (0..LARGE_CALLS).try_for_each(|_| echo())?;
            vec![(Metric::Megabytes, peak_memory(worker.id())?)]
        }
        workload => {
            let cpu = || Ok::<_, anyhow::Error>((cpu_time(process::id())? + cpu_time(worker.id())?).as_secs_f64());
            paced(settings.warm_up(), Duration::ZERO, &mut echo)?;
            let before = cpu()?;
            let (samples, seconds) = paced(Duration::ZERO, settings.measure, &mut echo)?;
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
    };
    report(&metrics);
    Ok(())
}

fn items(stream: &mut UnixStream, count: u32) -> Result<f64> {
    let begin = Instant::now();
    stream.write_all(&count.to_be_bytes())?;
    let mut chunk = vec![0; CHUNK];
    let mut left = count as usize * SMALL;
    while left > 0 {
        left -= stream.read(&mut chunk)?;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

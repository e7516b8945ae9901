use std::future::Future;
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::{
    KILO, LARGE, LARGE_CALLS, Meter, Metric, Settings, Workload, cpu_time, latencies, peak_memory, resident_memory,
};

/// One contestant's connection to its worker, with its own message types behind it.
pub trait Peer: Clone + 'static {
    /// The worker's process id.
    fn worker(&self) -> u32;

    /// Echoes `{id, name: NAME, score: SCORE}`; gives the id of the answer.
    fn small(&self, id: u64) -> impl Future<Output = Result<u64>>;

    /// Echoes a record of one field with these bytes; gives the length of the answer's.
    fn bulk(&self, data: Bytes) -> impl Future<Output = Result<usize>>;

    /// Echoes a payload that is these bytes and nothing else; gives the length of the answer.
    fn raw(&self, data: Bytes) -> impl Future<Output = Result<usize>> {
        let _ = data;
        async { bail!("has no raw payloads") }
    }

    /// Takes a stream of so many small records; gives how many arrived.
    fn stream(&self, items: u32) -> impl Future<Output = Result<u32>> {
        let _ = items;
        async { bail!("has no streams") }
    }

    /// Runs [`caller`] as a task of its own: `tokio::spawn`, or `spawn_local` where futures cannot be sent.
    fn spawn(self, number: usize, call: Call, meter: Arc<Meter>) -> JoinHandle<Result<()>>;
}

/// What a caller of a throughput row repeats.
#[derive(Clone, Debug)]
pub enum Call {
    /// [`Peer::small`].
    Small,
    /// [`Peer::bulk`] with these bytes.
    Bulk(Bytes),
}

/// One caller of a throughput row: calls until the meter stops it.
pub async fn caller<P: Peer>(peer: P, number: usize, call: Call, meter: Arc<Meter>) -> Result<()> {
    while !meter.stopped() {
        match &call {
            Call::Small => {
                let id = number as u64;
                ensure!(peer.small(id).await? == id, "another id came back");
            }
            Call::Bulk(data) => {
                ensure!(peer.bulk(data.clone()).await? == data.len(), "another length came back");
            }
        }
        meter.count(number);
    }
    Ok(())
}

/// Runs the workload and gives what it measured.
pub async fn run<P: Peer>(peer: &P, settings: &Settings) -> Result<Vec<(Metric, f64)>> {
    ensure!(peer.small(7).await? == 7, "the first call went wrong");
    match settings.workload {
        Workload::Small => round_trips(peer, settings).await,
        Workload::Kilo(in_flight) => {
            let call = Call::Bulk(Bytes::from(vec![0x5a; KILO]));
            let (calls, seconds, cpu) = concurrent(peer, settings, in_flight, call).await?;
            let cpu = cpu.as_secs_f64() / calls * 1e6;
            Ok(vec![(Metric::CallsPerSecond, calls / seconds), (Metric::CpuPerMillion, cpu)])
        }
        Workload::Cpu => {
            let (calls, _, cpu) = concurrent(peer, settings, 64, Call::Small).await?;
            Ok(vec![(Metric::CpuPerMillion, cpu.as_secs_f64() / calls * 1e6)])
        }
        Workload::Large => large(peer, settings, false).await,
        Workload::LargeRaw => large(peer, settings, true).await,
        Workload::Stream => {
            peer.stream(settings.items / 10).await?;
            let begin = Instant::now();
            let items = peer.stream(settings.items).await?;
            ensure!(items == settings.items, "{items} items came instead of {}", settings.items);
            Ok(vec![(Metric::ItemsPerSecond, f64::from(items) / begin.elapsed().as_secs_f64())])
        }
        Workload::Idle => {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(vec![(Metric::Megabytes, resident_memory(peer.worker())?)])
        }
        Workload::Peak => {
            let data = Bytes::from(vec![0x5a; LARGE]);
            for _ in 0..LARGE_CALLS {
                ensure!(peer.bulk(data.clone()).await? == LARGE, "another length came back");
            }
            Ok(vec![(Metric::Megabytes, peak_memory(peer.worker())?)])
        }
    }
}

async fn round_trips<P: Peer>(peer: &P, settings: &Settings) -> Result<Vec<(Metric, f64)>> {
    let begin = Instant::now();
    while begin.elapsed() < settings.warm_up() {
        peer.small(1).await?;
    }
    let mut samples = Vec::with_capacity(1 << 16);
    let begin = Instant::now();
    let mut before = begin;
    while before - begin < settings.measure {
        ensure!(peer.small(1).await? == 1, "another id came back");
        let now = Instant::now();
        samples.push(now - before);
        before = now;
    }
    let (p50, p99) = latencies(samples);
    Ok(vec![(Metric::P50, p50), (Metric::P99, p99)])
}

async fn large<P: Peer>(peer: &P, settings: &Settings, raw: bool) -> Result<Vec<(Metric, f64)>> {
    let data = Bytes::from(vec![0x5a; LARGE]);
    let begin = Instant::now();
    let mut measured = None;
    let mut calls = 0;
    loop {
        let length = if raw { peer.raw(data.clone()).await? } else { peer.bulk(data.clone()).await? };
        ensure!(length == LARGE, "another length came back");
        calls += 1;
        match measured {
            None if begin.elapsed() >= settings.warm_up() => {
                measured = Some(Instant::now());
                calls = 0;
            }
            Some(begin) if begin.elapsed() >= settings.measure => {
                let megabytes = f64::from(calls) * LARGE as f64 / 1e6;
                return Ok(vec![(Metric::MegabytesPerSecond, megabytes / begin.elapsed().as_secs_f64())]);
            }
            _ => {}
        }
    }
}

/// Calls answered, seconds, and processor time of both processes while so many callers are at it.
async fn concurrent<P: Peer>(
    peer: &P,
    settings: &Settings,
    in_flight: usize,
    call: Call,
) -> Result<(f64, f64, Duration)> {
    let meter = Arc::new(Meter::new(in_flight));
    let callers: Vec<_> =
        (0..in_flight).map(|number| peer.clone().spawn(number, call.clone(), Arc::clone(&meter))).collect();
    tokio::time::sleep(settings.warm_up()).await;
    let cpu = || Ok::<_, anyhow::Error>(cpu_time(process::id())? + cpu_time(peer.worker())?);
    let (begin, calls_before, cpu_before) = (Instant::now(), meter.total(), cpu()?);
    tokio::time::sleep(settings.measure).await;
    let (seconds, calls, cpu) =
        (begin.elapsed().as_secs_f64(), meter.total() - calls_before, cpu()?.saturating_sub(cpu_before));
    meter.stop();
    for caller in callers {
        caller.await??;
    }
    Ok((calls as f64, seconds, cpu))
}

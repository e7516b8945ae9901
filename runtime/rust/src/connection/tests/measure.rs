//! Figures, not verdicts: run with `--release -- --ignored --nocapture measure`.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::support::{Choice, End, Script, remote};
use crate::client::Remote;
use crate::connection::Role;
use crate::error::{Error, NoError};
use crate::service::Services;

fn script() -> Script {
    Script::new()
        .result("echo", |_, text: String| async move { Ok::<_, Error>(text) })
        .stream("count", |_, count: u32| stream::iter((0..count).map(Ok::<u32, Error>)))
        .raw("mirror", |_, bytes: Bytes| async move { Ok(bytes) })
        .result("later", |_, text: String| async move {
            tokio::task::yield_now().await;
            Ok::<_, Error>(text)
        })
        .result("bytes", |_, bytes: Bytes| async move { Ok::<_, Error>(bytes) })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A child on a thread of its own, and its parent in this one.
fn with_remote<F: Future<Output = ()>>(run: impl FnOnce(Remote) -> F) {
    let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
    let bound = script().bound();
    let service = bound.service();
    let child = std::thread::spawn(move || {
        runtime().block_on(async move {
            other.set_nonblocking(true).unwrap();
            let end = End::new(UnixStream::from_std(other).unwrap(), Role::Child, Some(bound), Choice::default());
            let _ = end.driver.await;
        });
    });
    runtime().block_on(async move {
        one.set_nonblocking(true).unwrap();
        let end = End::new(UnixStream::from_std(one).unwrap(), Role::Parent, None, Choice::default());
        let remote = remote(&end.connection, service, Services::default().events().map(|(id, _)| Some(id)).collect());
        run(remote).await;
        end.driver.abort();
    });
    child.join().unwrap();
}

/// Processor time of both sides so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: u64 = stat.split_whitespace().skip(13).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10).as_secs_f64()
}

fn percentile(times: &mut [Duration], part: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * part / 100]
}

#[test]
#[ignore = "a measurement"]
fn raw_ping_pong() {
    let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
    let child = std::thread::spawn(move || {
        runtime().block_on(async move {
            other.set_nonblocking(true).unwrap();
            let mut stream = UnixStream::from_std(other).unwrap();
            let mut buffer = [0; 57];
            while stream.read_exact(&mut buffer).await.is_ok() {
                stream.write_all(&buffer).await.unwrap();
            }
        });
    });
    runtime().block_on(async move {
        one.set_nonblocking(true).unwrap();
        let mut stream = UnixStream::from_std(one).unwrap();
        let mut times = Vec::new();
        let mut buffer = [0; 57];
        for _ in 0..50_000 {
            let start = Instant::now();
            stream.write_all(&buffer).await.unwrap();
            stream.read_exact(&mut buffer).await.unwrap();
            times.push(start.elapsed());
        }
        println!("raw: p50 {:?} p99 {:?}", percentile(&mut times, 50), percentile(&mut times, 99));
    });
    child.join().unwrap();
}

#[test]
#[ignore = "a measurement"]
fn one_call_at_a_time() {
    with_remote(|remote| async move {
        let text = "x".repeat(40);
        let mut times = Vec::new();
        for _ in 0..50_000 {
            let start = Instant::now();
            let _: String = remote.call::<String, NoError>(0, |w| w.str(&text)).await.unwrap();
            times.push(start.elapsed());
        }
        println!("one: p50 {:?} p99 {:?}", percentile(&mut times, 50), percentile(&mut times, 99));
    });
}

async fn in_flight(remote: &Remote, method: usize, callers: usize, length: usize) {
    let total = 1_000_000 / if length > 100 { 2 } else { 1 };
    let each = total / callers;
    let (start, used) = (Instant::now(), cpu());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let remote = remote.clone();
            let text = "x".repeat(length);
            tokio::spawn(async move {
                for _ in 0..each {
                    let _: String = remote.call::<String, NoError>(method, |w| w.str(&text)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    let calls = f64::from(u32::try_from(each * callers).unwrap());
    println!(
        "method {method}, {callers} in flight, {length} B: {:.0} k/s, {:.3} µs of processor a call",
        calls / seconds / 1e3,
        (cpu() - used) * 1e6 / calls
    );
}

#[test]
#[ignore = "a measurement"]
fn many_calls() {
    with_remote(|remote| async move {
        for _ in 0..2 {
            in_flight(&remote, 0, 64, 40).await;
            in_flight(&remote, 0, 64, 1000).await;
            in_flight(&remote, 0, 256, 1000).await;
            in_flight(&remote, 3, 64, 1000).await;
        }
    });
}

#[test]
#[ignore = "a measurement"]
fn items() {
    with_remote(|remote| async move {
        for _ in 0..3 {
            let (start, used) = (Instant::now(), cpu());
            let mut items = remote.stream::<u32, NoError>(1, |w| w.uint(2_000_000)).await.unwrap();
            let mut count = 0;
            while let Some(item) = items.next().await {
                item.unwrap();
                count += 1;
            }
            println!(
                "items: {:.2} M/s, {:.3} µs of processor an item",
                f64::from(count) / start.elapsed().as_secs_f64() / 1e6,
                (cpu() - used) * 1e6 / f64::from(count)
            );
        }
    });
}

#[test]
#[ignore = "a measurement"]
fn large_payloads() {
    with_remote(|remote| async move {
        let body = Bytes::from(vec![7; 10_000_000]);
        for (name, method) in [("raw", 2), ("msgpack", 4)] {
            for _ in 0..2 {
                let start = Instant::now();
                for _ in 0..50 {
                    let back: Bytes = if method == 2 {
                        remote.call_raw::<Bytes, NoError>(2, body.clone()).await.unwrap()
                    } else {
                        remote.call::<Bytes, NoError>(4, |w| w.bytes(&body)).await.unwrap()
                    };
                    assert_eq!(back.len(), body.len());
                }
                println!("{name} 10 MB: {:.0} MB/s", 500.0 / start.elapsed().as_secs_f64());
            }
        }
    });
}

//! What this executable can be besides the runner.

use std::io::Write;
use std::process::{Command, ExitCode};
use std::time::Duration;

use futures_util::stream;
use procwire::{Context, Error, Result, Stream, Worker};
use tokio::io::AsyncReadExt;

/// A service with a method for each thing that a worker must survive.
#[procwire::service]
pub trait Probe {
    async fn echo(&self, #[procwire(bare)] text: String) -> Result<String>;
    /// Emits `tick` with 0, and answers after so many milliseconds.
    async fn sleep(&self, #[procwire(bare)] millis: u64) -> Result<u64>;
    /// Emits `tick` with 0, and then keeps the only thread for so many milliseconds.
    async fn block(&self, #[procwire(bare)] millis: u64) -> Result<()>;
    /// Connects to this socket, and answers once the other side has closed it.
    async fn hold(&self, #[procwire(bare)] path: String) -> Result<()>;
    /// Prints so many lines of 100 bytes on stdout.
    async fn print(&self, #[procwire(bare)] lines: u64) -> Result<()>;
    fn count(&self, #[procwire(bare)] to: u64) -> impl Stream<Item = Result<u64>>;
    /// Writes to stderr.
    async fn log(&self, #[procwire(bare)] line: String);
    /// The variables of the environment by name.
    async fn environment(&self) -> Result<Vec<String>>;
    /// What a program that this worker starts finds in its descriptors.
    async fn descriptors(&self) -> Result<Vec<String>>;
    /// Ends the process with this status.
    async fn exit(&self, #[procwire(bare)] status: i32) -> Result<()>;
    #[procwire(event)]
    fn tick(#[procwire(bare)] number: u64);
}

/// Another service on the same worker.
#[procwire::service]
pub trait Audit {
    async fn audit(&self, #[procwire(bare)] text: String) -> Result<u64>;
    #[procwire(event)]
    fn audited(#[procwire(bare)] text: String);
}

/// A service whose name for its one method `Probe` has too.
#[procwire::service]
pub trait Rival {
    async fn echo(&self, #[procwire(bare)] text: String) -> Result<String>;
}

pub struct Desk;

#[procwire::service]
impl Probe for Desk {
    async fn echo(&self, text: String) -> Result<String> {
        Ok(text)
    }

    async fn sleep(&self, millis: u64, cx: &Context) -> Result<u64> {
        cx.events().tick(0).await?;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(millis)
    }

    async fn block(&self, millis: u64, cx: &Context) -> Result<()> {
        cx.events().tick(0).await?;
        // The event leaves when the connection's task has its turn, which blocking takes away.
        tokio::time::sleep(Duration::from_millis(1)).await;
        std::thread::sleep(Duration::from_millis(millis));
        Ok(())
    }

    async fn hold(&self, path: String) -> Result<()> {
        let mut held = tokio::net::UnixStream::connect(path).await.map_err(Error::failed)?;
        held.read(&mut [0]).await.map_err(Error::failed)?;
        Ok(())
    }

    async fn print(&self, lines: u64) -> Result<()> {
        let mut out = std::io::stdout().lock();
        for _ in 0..lines {
            out.write_all(&[b'x'; 99]).and_then(|()| out.write_all(b"\n")).map_err(Error::failed)?;
        }
        out.flush().map_err(Error::failed)
    }

    fn count(&self, to: u64) -> impl Stream<Item = Result<u64>> {
        stream::iter((0..to).map(Ok))
    }

    async fn log(&self, line: String) {
        eprintln!("{line}");
    }

    async fn environment(&self) -> Result<Vec<String>> {
        Ok(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect())
    }

    async fn descriptors(&self) -> Result<Vec<String>> {
        let script = "for fd in /proc/self/fd/*; do echo \"${fd##*/} $(readlink $fd)\"; done";
        let output = Command::new("sh").args(["-c", script]).output().map_err(Error::failed)?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }

    async fn exit(&self, status: i32) -> Result<()> {
        eprintln!("leaving with {status}");
        std::process::exit(status)
    }
}

struct Auditor;

#[procwire::service]
impl Audit for Auditor {
    async fn audit(&self, text: String, cx: &Context) -> Result<u64> {
        let length = text.len() as u64;
        cx.events().audited(text).await?;
        Ok(length)
    }
}

struct Competitor;

#[procwire::service]
impl Rival for Competitor {
    async fn echo(&self, text: String) -> Result<String> {
        Ok(text)
    }
}

/// Plays a role to its end.
pub fn run(role: &str) -> ExitCode {
    match role {
        "probe" => serve(Worker::new(Desk)),
        "prints-first" => {
            println!("a whole line");
            print!("{{\"method\":\"$init\" and no end");
            serve(Worker::new(Desk))
        }
        "parallel" => serve_multi_threaded(Worker::builder().service(Desk).parallel().build()),
        "both" => serve(Worker::builder().service(Desk).service(Auditor).build()),
        "rivals" => serve(Worker::builder().service(Desk).service(Competitor).build()),
        "last-will" => {
            let will = || async { eprintln!("the last will") };
            serve(Worker::builder().service(Desk).on_shutdown(will).build())
        }
        "caller" => serve(crate::extensions::worker(false)),
        "needy-caller" => serve(crate::extensions::worker(true)),
        "asker" => crate::answering::play(),
        "forged" => crate::agreement::forge(),
        role if role.starts_with("agreement-") => serve(crate::agreement::worker(role)),
        "ticker" => serve_and_tick(),
        "parent" => crate::parent::play(),
        "parent-of-many" => crate::leftovers::parent_of_many(),
        "starved-parent" => crate::leftovers::starved_parent(),
        "starved-caller" => crate::leftovers::starved_caller(),
        other => {
            eprintln!("no role {other}");
            ExitCode::FAILURE
        }
    }
}

fn serve(worker: Worker) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    ended(runtime.block_on(worker.serve()))
}

fn serve_multi_threaded(worker: Worker) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    ended(runtime.block_on(worker.serve()))
}

/// Emits from outside of any handler, as soon as the parent is there.
fn serve_and_tick() -> ExitCode {
    let worker = Worker::new(Desk);
    let handle = worker.handle();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ticks = tokio::spawn(async move {
            assert!(!handle.is_ready());
            assert!(handle.ready().await);
            for number in 0..5000 {
                handle.events().tick(number).await?;
            }
            handle.ended().await;
            Result::<()>::Ok(())
        });
        let served = worker.serve().await;
        ended(served.and(ticks.await.unwrap()))
    })
}

fn ended(served: Result<()>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

//! A client without a runtime that answers callbacks.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, OnceLock};

use futures_util::future::try_join_all;
use futures_util::stream::{self, Stream};
use libtest_mimic::Trial;
use procwire::stub_v1::Client;
use procwire::{Callbacks, Code, Context, Result, SpawnErrorKind, Worker, blocking};

use crate::parent::on_runtime;
use crate::raw::role;
use crate::trials;

/// What the parent answers.
#[procwire::service]
pub trait Asked {
    #[procwire(wire = "asked.more")]
    async fn more(&self, #[procwire(bare)] n: u32) -> Result<u32>;
    #[procwire(wire = "asked.numbers")]
    fn numbers(&self, #[procwire(bare)] to: u32) -> impl Stream<Item = Result<u32>>;
    #[procwire(wire = "asked.told")]
    async fn told(&self, #[procwire(bare)] n: u32);
    /// Does not end before the gate opens.
    #[procwire(wire = "asked.stuck")]
    async fn stuck(&self, #[procwire(bare)] n: u32) -> Result<u32>;
    /// Calls the worker back.
    #[procwire(wire = "asked.deeper")]
    async fn deeper(&self, #[procwire(bare)] more: u32) -> Result<u32>;
    /// Ends with its caller.
    #[procwire(wire = "asked.held")]
    async fn held(&self) -> Result<()>;
}

/// What makes the worker call back.
#[procwire::service]
pub trait Asker {
    /// The sum of so many callbacks at once.
    async fn many(&self, #[procwire(bare)] n: u32) -> Result<u64>;
    async fn sum(&self, #[procwire(bare)] to: u32) -> Result<u64>;
    /// Makes so many callbacks after it was answered.
    async fn later(&self, #[procwire(bare)] n: u32) -> Result<()>;
    /// Makes so many callbacks that get stuck, for no call; says when all have ended.
    async fn fill(&self, #[procwire(bare)] n: u32) -> Result<()>;
    async fn deep(&self, #[procwire(bare)] more: u32) -> Result<u32>;
    async fn hold(&self) -> Result<()>;
    #[procwire(event)]
    fn filled(#[procwire(bare)] ended: u32);
}

#[derive(Clone)]
struct Asks(Arc<OnceLock<procwire::WorkerHandle>>);

fn asked(callbacks: &Callbacks) -> AskedClient {
    AskedClient::from_remote(callbacks.remote(AskedClient::SERVICE))
}

#[procwire::service]
impl Asker for Asks {
    async fn many(&self, n: u32, cx: &Context) -> Result<u64> {
        let asked = asked(&cx.callbacks());
        let answers = try_join_all((0..n).map(|n| asked.more(n).into_future())).await?;
        Ok(answers.into_iter().map(u64::from).sum())
    }

    async fn sum(&self, to: u32, cx: &Context) -> Result<u64> {
        let mut numbers = asked(&cx.callbacks()).numbers(to).await?;
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += u64::from(number?);
        }
        Ok(sum)
    }

    async fn later(&self, n: u32) -> Result<()> {
        let asked = asked(&self.0.get().unwrap().callbacks());
        tokio::spawn(async move {
            for n in 0..n {
                asked.told(n).await?;
            }
            Result::<()>::Ok(())
        });
        Ok(())
    }

    async fn fill(&self, n: u32, cx: &Context) -> Result<()> {
        let (asked, events) = (asked(&self.0.get().unwrap().callbacks()), cx.events());
        tokio::spawn(async move {
            let ended = try_join_all((0..n).map(|n| asked.stuck(n).into_future())).await?;
            events.filled(u32::try_from(ended.len()).unwrap()).await
        });
        Ok(())
    }

    async fn deep(&self, more: u32, cx: &Context) -> Result<u32> {
        if more == 0 { Ok(0) } else { Ok(1 + asked(&cx.callbacks()).deeper(more - 1).await?) }
    }

    async fn hold(&self, cx: &Context) -> Result<()> {
        asked(&cx.callbacks()).held().await
    }
}

/// The worker of these tests.
pub fn play() -> ExitCode {
    let handle = Arc::default();
    let builder = Worker::builder().service(Asks(Arc::clone(&handle))).callbacks(AskedClient::SERVICE);
    let worker = builder.tracebacks(true).build();
    let _ = handle.set(worker.handle());
    on_runtime(async { worker.serve().await.unwrap() });
    ExitCode::SUCCESS
}

#[derive(Clone)]
struct Answers {
    asker: Arc<OnceLock<AskerClient>>,
    gate: Arc<(Mutex<bool>, Condvar)>,
    said: Sender<String>,
}

#[procwire::service]
impl Asked for Answers {
    async fn more(&self, n: u32) -> Result<u32> {
        Ok(n + 1)
    }

    fn numbers(&self, to: u32) -> impl Stream<Item = Result<u32>> {
        stream::iter((0..to).map(Ok))
    }

    async fn told(&self, n: u32) {
        self.said.send(n.to_string()).unwrap();
    }

    async fn stuck(&self, n: u32) -> Result<u32> {
        self.said.send("stuck".to_owned()).unwrap();
        let (open, changed) = &*self.gate;
        drop(changed.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
        Ok(n)
    }

    async fn deeper(&self, more: u32, cx: &Context) -> Result<u32> {
        let asker = AskerClient::from_remote(cx.nested(self.asker.get().unwrap().remote()));
        if more == 0 { Ok(0) } else { Ok(1 + asker.deep(more - 1).wait()?) }
    }

    async fn held(&self, cx: &Context) -> Result<()> {
        self.said.send("held".to_owned()).unwrap();
        cx.cancelled().await;
        let failure = self.asker.get().unwrap().sum(1).wait().err().and_then(|error| error.code());
        self.said.send(format!("let go, {failure:?}")).unwrap();
        Ok(())
    }
}

pub fn tests() -> Vec<Trial> {
    trials![
        callbacks_come_while_nobody_calls,
        ten_thousand_callbacks_are_in_flight,
        a_stream_comes_from_an_iterator,
        nested_calls_go_to_their_depth_while_all_handlers_are_busy,
        the_loss_of_the_worker_ends_handlers,
        handlers_come_and_go,
        what_is_required_is_required_of_a_client_without_a_runtime_too,
        a_function_that_hears_events_is_told_that_it_cannot_wait,
    ]
}

fn spawn() -> (AskerClient, Answers, Receiver<String>) {
    let (said, heard) = channel();
    let answers = Answers { asker: Arc::default(), gate: Arc::default(), said };
    let asker = AskerClient::builder().callbacks(answers.clone()).spawn_blocking(role("asker")).unwrap();
    answers.asker.set(asker.clone()).unwrap();
    (asker, answers, heard)
}

fn callbacks_come_while_nobody_calls() {
    let (asker, _answers, heard) = spawn();
    asker.later(3).wait().unwrap();
    assert_eq!([heard.recv(), heard.recv(), heard.recv()], ["0", "1", "2"].map(|text| Ok(text.to_owned())));
    blocking::shutdown(&asker).unwrap();
}

fn ten_thousand_callbacks_are_in_flight() {
    let (asker, answers, heard) = spawn();
    // Of those that no call waits for, as many run as there are threads, and the rest waits.
    let mut filled = asker.events().filled();
    asker.fill(10_000).wait().unwrap();
    for _ in 0..256 {
        heard.recv().unwrap();
    }
    *answers.gate.0.lock().unwrap() = true;
    answers.gate.1.notify_all();
    assert_eq!(filled.wait_next(), Some(10_000));
    blocking::shutdown(&asker).unwrap();
}

fn a_stream_comes_from_an_iterator() {
    let (asker, _answers, _heard) = spawn();
    // Several windows of credit, while calls are made as well.
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(asker.sum(50_000).wait().unwrap(), 49_999 * 25_000));
        assert_eq!(asker.many(1000).wait().unwrap(), 500_500);
    });
    blocking::shutdown(&asker).unwrap();
}

fn nested_calls_go_to_their_depth_while_all_handlers_are_busy() {
    let (asker, answers, heard) = spawn();
    asker.fill(300).wait().unwrap();
    for _ in 0..256 {
        heard.recv().unwrap();
    }
    assert_eq!(asker.deep(16).wait().unwrap(), 16);
    assert_eq!(asker.deep(17).wait().unwrap_err().code(), Some(Code::ResourceExhausted));
    let mut filled = asker.events().filled();
    *answers.gate.0.lock().unwrap() = true;
    answers.gate.1.notify_all();
    assert_eq!(filled.wait_next(), Some(300));
    blocking::shutdown(&asker).unwrap();
}

fn the_loss_of_the_worker_ends_handlers() {
    let (asker, _answers, heard) = spawn();
    let pid = rustix::process::Pid::from_raw(i32::try_from(asker.remote().peer().pid()).unwrap()).unwrap();
    std::thread::scope(|scope| {
        let holding = scope.spawn(|| asker.hold().wait().unwrap_err());
        assert_eq!(heard.recv().unwrap(), "held");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        assert_eq!(holding.join().unwrap().code(), Some(Code::Unavailable));
    });
    assert_eq!(heard.recv().unwrap(), "let go, Some(Unavailable)");
    assert!(blocking::shutdown(&asker).unwrap_err().to_string().contains("SIGKILL"));
}

fn handlers_come_and_go() {
    let (said, _heard) = channel();
    let answers = Answers { asker: Arc::default(), gate: Arc::default(), said };
    let asker: AskerClient = blocking::spawn(role("asker")).unwrap();
    let error = asker.many(1).wait().unwrap_err();
    assert_eq!(error.code(), Some(Code::NotFound));
    let callbacks = asker.remote().peer().callbacks();
    callbacks.add(answers).unwrap();
    assert_eq!(asker.many(1).wait().unwrap(), 1);
    // This one has no client to call, and panics; the worker asked to be told where.
    let error = asker.deep(1).wait().unwrap_err();
    assert_eq!(error.code(), Some(Code::Internal));
    let place = error.failure().and_then(procwire::Failure::traceback).unwrap();
    assert!(place.starts_with("panicked at ") && place.contains("answering.rs:"), "{place}");
    assert!(callbacks.remove("asked.more"));
    let error = asker.many(1).wait().unwrap_err();
    assert!(error.to_string().contains("asked.numbers"), "{error}");
    blocking::shutdown(&asker).unwrap();
}

fn what_is_required_is_required_of_a_client_without_a_runtime_too() {
    let error = blocking::spawn::<AskerClient>(role("needy-caller")).unwrap_err();
    assert_eq!(error.kind(), SpawnErrorKind::Mismatch, "{error}");
    assert!(error.to_string().contains("callback `back.ask` has no handler here"), "{error}");
}

fn a_function_that_hears_events_is_told_that_it_cannot_wait() {
    let (said, heard) = channel();
    let asker = Arc::<OnceLock<AskerClient>>::default();
    let own = Arc::clone(&asker);
    let builder = AskerClient::builder().on_filled(move |ended| {
        let failure = own.get().unwrap().sum(1).wait().unwrap_err();
        said.send((ended, failure.to_string())).unwrap();
    });
    let client = builder.spawn_blocking(role("asker")).unwrap();
    asker.set(client.clone()).unwrap();
    client.fill(0).wait().unwrap();
    // Nobody waits for the worker here: it is heard all the same.
    let (ended, failure) = heard.recv().unwrap();
    assert_eq!(ended, 0);
    assert!(failure.contains("a function that hears events cannot wait for the worker"), "{failure}");
    blocking::shutdown(&client).unwrap();
}

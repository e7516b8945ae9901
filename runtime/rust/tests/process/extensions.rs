//! What our own runtimes add between themselves, with real processes.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};

use libtest_mimic::Trial;
use procwire::{
    ClientBuilder, Code, Context, Error, EventContext, Extensions, Result, SpawnErrorKind, Trace, Worker,
    WorkerBuilder, blocking,
};

use crate::parent::on_runtime;
use crate::raw::{Raw, role};
use crate::roles::{Desk, ProbeClient};
use crate::trials;

/// Which extensions a role has.
const OFFERED: &str = "PROCESS_TEST_EXTENSIONS";
const NAMES: [(&str, Extensions); 4] = [
    ("fd", Extensions::FD),
    ("meta", Extensions::META),
    ("callbacks", Extensions::CALLBACKS),
    ("credit", Extensions::CREDIT),
];

/// What the parent answers.
#[procwire::service]
pub trait Back {
    #[procwire(wire = "back.ask")]
    async fn ask(&self, #[procwire(bare)] n: u32) -> Result<u32>;
    #[procwire(wire = "back.more")]
    async fn more(&self, #[procwire(bare)] n: u32) -> Result<u32>;
}

/// What makes the worker call back.
#[procwire::service]
pub trait Caller {
    /// Asks the parent for one more.
    async fn ask(&self, #[procwire(bare)] n: u32) -> Result<u32>;
    /// What came beside the call.
    async fn beside(&self, #[procwire(bare)] key: String) -> Result<String>;
    /// Sends `told` with this key, and with the trace of the call.
    async fn tell(&self, #[procwire(bare)] key: String) -> Result<()>;
    #[procwire(event)]
    fn told(#[procwire(bare)] text: String);
    #[procwire(event, raw)]
    fn raw_told(#[procwire(bare)] bytes: procwire::Bytes);
}

struct Calling;

#[procwire::service]
impl Caller for Calling {
    async fn ask(&self, n: u32, cx: &Context) -> Result<u32> {
        back(cx).ask(n).await
    }

    async fn tell(&self, key: String, cx: &Context) -> Result<()> {
        let trace = cx.trace().cloned().unwrap_or_default();
        cx.events().raw_told(vec![7].into()).metadata(key.clone(), "raw").await?;
        cx.events().told("beside".into()).metadata(key, "value").trace(trace).await?;
        cx.events().told("alone".into()).await
    }

    async fn beside(&self, key: String, cx: &Context) -> Result<String> {
        cx.metadata().text(&key).map(str::to_owned).ok_or_else(|| Error::new(Code::NotFound, "no such key"))
    }
}

fn back(cx: &Context) -> BackClient {
    use procwire::stub_v1::Client;
    BackClient::from_remote(cx.callbacks().remote(BackClient::SERVICE))
}

#[derive(Default)]
struct Answers(Arc<AtomicU32>);

#[procwire::service]
impl Back for Answers {
    async fn ask(&self, n: u32) -> Result<u32> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(n + 1)
    }

    async fn more(&self, n: u32) -> Result<u32> {
        Ok(n + 2)
    }
}

/// The worker of these tests; `required` where it cannot do without its callbacks.
pub fn worker(required: bool) -> Worker {
    use procwire::stub_v1::Client;
    let builder: WorkerBuilder = Worker::builder().service(Desk).service(Calling);
    let offered = std::env::var(OFFERED).unwrap_or_else(|_| "fd,meta,callbacks,credit".to_owned());
    let builder = builder.extensions(extensions(&offered));
    let service = BackClient::SERVICE;
    if required { builder.requires(service, &[0]).may_call(service, &[1]) } else { builder.callbacks(service) }.build()
}

fn extensions(names: &str) -> Extensions {
    NAMES
        .into_iter()
        .filter(|(name, _)| names.split(',').any(|one| one == *name))
        .fold(Extensions::NONE, |all, (_, one)| all | one)
}

fn offering(extensions: Extensions) -> Command {
    let names: Vec<&str> =
        NAMES.into_iter().filter(|(_, one)| extensions.contains(*one)).map(|(name, _)| name).collect();
    let mut command = role("caller");
    command.env(OFFERED, names.join(","));
    command
}

pub fn tests() -> Vec<Trial> {
    trials![
        every_subset_is_kept_to,
        the_inherited_socket_is_nobody_elses,
        a_program_between_that_hands_on_nothing_means_a_path,
        a_descriptor_of_somebody_else_means_a_path,
        a_callback_that_is_required_and_missing_fails_the_start,
        a_child_that_names_a_descriptor_that_it_was_not_given_fails_the_start,
        a_blocking_client_uses_the_socket_pair,
        what_comes_beside_an_event_is_heard,
        what_comes_beside_an_event_is_heard_without_a_runtime,
        an_event_with_metadata_needs_a_parent_that_takes_it,
        a_worker_tells_its_health,
        a_parent_that_says_nothing_has_the_base_protocol,
    ]
}

fn every_subset_is_kept_to() {
    on_runtime(async {
        let subsets = (0..16_usize).map(|bits| {
            NAMES
                .iter()
                .enumerate()
                .filter(|(at, _)| bits & (1 << at) != 0)
                .fold(Extensions::NONE, |all, (_, one)| all | one.1)
        });
        for subset in subsets {
            for (ours, theirs) in [(subset, Extensions::ALL), (Extensions::ALL, subset)] {
                let answers = Answers::default();
                let asked = Arc::clone(&answers.0);
                let builder = CallerClient::builder().extensions(ours).callbacks(answers);
                let caller = builder.spawn(offering(theirs)).await.unwrap();
                let in_force = caller.peer().extensions();
                let mut expected = subset;
                if !expected.contains(Extensions::META) {
                    expected = expected.without(Extensions::CALLBACKS);
                }
                assert_eq!(in_force, expected, "{ours:?} {theirs:?}");
                let probe = ProbeClient::attach(&caller).unwrap();
                assert_eq!(probe.echo("a".into()).await.unwrap(), "a");
                let mut count = probe.count(3).await.unwrap();
                let mut items = Vec::new();
                while let Some(item) = count.next().await {
                    items.push(item.unwrap());
                }
                assert_eq!(items, [0, 1, 2]);
                match caller.ask(1).await {
                    Ok(answer) => assert_eq!((answer, asked.load(Ordering::SeqCst)), (2, 1)),
                    Err(error) => {
                        assert!(!in_force.contains(Extensions::CALLBACKS), "{error}");
                        assert_eq!(error.code(), Some(Code::Unsupported), "{error}");
                    }
                }
                match caller.beside("k".into()).metadata("k", "v").await {
                    Ok(value) => assert_eq!(value, "v"),
                    Err(error) => {
                        assert!(!in_force.contains(Extensions::META), "{error}");
                        assert_eq!(error.code(), Some(Code::Unsupported), "{error}");
                    }
                }
                caller.shutdown().await.unwrap();
            }
        }
    });
}

fn the_inherited_socket_is_nobody_elses() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        assert_eq!(probe.peer().extensions(), Extensions::ALL);
        let found = probe.descriptors().await.unwrap();
        assert!(!found.iter().any(|entry| entry.contains("socket:")), "{found:?}");
        let variables = probe.environment().await.unwrap();
        assert!(!variables.iter().any(|name| name.starts_with("PROCWIRE_")), "{variables:?}");
        probe.shutdown().await.unwrap();
    });
}

/// A shell that starts the role `probe` after `first`, and stays.
fn behind(first: &str) -> Command {
    let mut command = Command::new("sh");
    let probe = role("probe");
    command.args(["-c", &format!("{first} \"$0\"; exit $?")]).arg(probe.get_program());
    command.envs(probe.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

fn a_program_between_that_hands_on_nothing_means_a_path() {
    on_runtime(async {
        let probe = ProbeClient::spawn(behind("unset PROCWIRE_FD;")).await.unwrap();
        assert_eq!(probe.peer().extensions(), Extensions::ALL.without(Extensions::FD));
        assert_eq!(probe.echo("a".into()).await.unwrap(), "a");
        probe.shutdown().await.unwrap();
    });
}

fn a_descriptor_of_somebody_else_means_a_path() {
    on_runtime(async {
        for wrong in ["999:1", "3", "0:1", "x:y", ""] {
            let probe = ProbeClient::spawn(behind(&format!("PROCWIRE_FD={wrong}"))).await.unwrap();
            assert_eq!(probe.peer().extensions(), Extensions::ALL.without(Extensions::FD), "{wrong}");
            assert_eq!(probe.echo("a".into()).await.unwrap(), "a");
            probe.shutdown().await.unwrap();
        }
    });
}

fn a_callback_that_is_required_and_missing_fails_the_start() {
    on_runtime(async {
        let error = CallerClient::spawn(role("needy-caller")).await.unwrap_err();
        assert_eq!(error.kind(), SpawnErrorKind::Mismatch);
        assert!(error.to_string().contains("callback `back.ask` has no handler here"), "{error}");
        assert!(!error.to_string().contains("back.more"), "{error}");
        let without = CallerClient::builder().extensions(Extensions::FD).callbacks(Answers::default());
        let error = without.spawn(role("needy-caller")).await.unwrap_err();
        assert!(error.to_string().contains("callback `back.ask` is required, and this parent answers none"), "{error}");
        let caller = CallerClient::builder().callbacks(Answers::default()).spawn(role("needy-caller")).await.unwrap();
        assert_eq!(caller.ask(1).await.unwrap(), 2);
        assert!(caller.peer().callbacks().remove("back.ask"));
        let error = caller.ask(1).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::NotFound), "{error}");
        assert!(error.to_string().contains("it has: back.more"), "{error}");
        caller.peer().callbacks().add(Answers::default()).unwrap();
        assert_eq!(caller.ask(1).await.unwrap(), 2);
        caller.shutdown().await.unwrap();
    });
}

fn a_child_that_names_a_descriptor_that_it_was_not_given_fails_the_start() {
    on_runtime(async {
        let init =
            r#"{"jsonrpc":"2.0","method":"$init","params":{"pipe":"fd:1000","schema":{"methods":{}},"ext":["fd"]}}"#;
        let builder = ProbeClient::builder().allow_missing();
        let error = builder.spawn(crate::parent::script(&format!("echo '{init}'; exec cat"))).await.unwrap_err();
        assert_eq!(error.kind(), SpawnErrorKind::Connect);
        assert!(error.to_string().contains("a descriptor that this parent did not leave to it"), "{error}");
    });
}

fn a_blocking_client_uses_the_socket_pair() {
    let probe: ProbeClient = blocking::spawn(role("probe")).unwrap();
    assert_eq!(probe.peer().extensions(), Extensions::ALL.without(Extensions::CALLBACKS));
    assert_eq!(probe.echo("a".into()).wait().unwrap(), "a");
    // Several windows, so that credit has to go there.
    let sum: u64 = probe.count(200_000).wait().unwrap().into_iter().map(|item| item.unwrap()).sum();
    assert_eq!(sum, 199_999 * 100_000);
    blocking::shutdown(&probe).unwrap();
}

fn a_worker_tells_its_health() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        let health = probe.peer().health().await.unwrap();
        assert!(health.ready);
        assert_eq!((health.running, health.waiting), (0, 0));
        let mut ticks = probe.events().tick();
        let sleeping = tokio::spawn({
            let probe = probe.clone();
            async move { probe.sleep(600_000).await }
        });
        ticks.next().await.unwrap();
        assert_eq!(probe.peer().health().await.unwrap().running, 1);
        sleeping.abort();
    });
}

fn a_parent_that_says_nothing_has_the_base_protocol() {
    let worker = Raw::start(&mut role("caller"));
    let mut wire = worker.connect();
    wire.call("ask", 1, b"\x01");
    let answer = wire.frame();
    assert_eq!(answer.flags, 0x07);
    let text = String::from_utf8_lossy(&answer.payload).into_owned();
    assert!(text.contains("unsupported") && text.contains("which answers no callbacks"), "{text}");
    wire.send(0xFFFC, 0, 0, b"\x80");
    assert!(wire.next().is_none(), "a late hello closes the connection");
}

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What a context says.
fn said(text: &str, context: &EventContext) -> String {
    let trace = context.trace().and_then(|trace| trace.traceparent.as_deref());
    format!("{text} {:?} {trace:?}", context.metadata().text("tenant"))
}

fn expected() -> [String; 3] {
    ["7 Some(\"raw\") None".to_owned(), format!("beside Some(\"value\") Some({TRACE:?})"), "alone None None".to_owned()]
}

/// A builder whose functions tell what they hear, and what they tell.
fn listening() -> (ClientBuilder<CallerClient>, Receiver<String>) {
    let (tell, told) = channel();
    let raw = tell.clone();
    let builder = CallerClient::builder()
        .on_raw_told_with_context(move |bytes, context| raw.send(said(&bytes[0].to_string(), context)).unwrap())
        .on_told_with_context(move |text, context| tell.send(said(&text, context)).unwrap());
    (builder, told)
}

fn what_comes_beside_an_event_is_heard() {
    on_runtime(async {
        let (builder, told) = listening();
        let client = builder.callbacks(Answers::default()).spawn(role("caller")).await.unwrap();
        let mut events = client.events().told().with_context();
        client.tell("tenant".into()).trace(Trace::new(TRACE)).await.unwrap();
        // The functions run before the answer is read, which came behind the events.
        assert_eq!(told.try_iter().collect::<Vec<_>>(), expected());
        for expected in &expected()[1..] {
            let (text, context) = events.next().await.unwrap();
            assert_eq!(said(&text, &context), *expected);
        }
        client.shutdown().await.unwrap();
    });
}

fn what_comes_beside_an_event_is_heard_without_a_runtime() {
    let (builder, told) = listening();
    let heard: CallerClient = builder.spawn_blocking(role("caller")).unwrap();
    heard.tell("tenant".into()).trace(Trace::new(TRACE)).wait().unwrap();
    assert_eq!([told.recv(), told.recv(), told.recv()], expected().map(Ok));
    blocking::shutdown(&heard).unwrap();

    // Without callbacks nobody but whoever waits reads.
    let builder = CallerClient::builder().extensions(Extensions::ALL.without(Extensions::CALLBACKS));
    let client = builder.spawn_blocking(role("caller")).unwrap();
    let events = client.events().told().with_context();
    client.tell("tenant".into()).trace(Trace::new(TRACE)).wait().unwrap();
    let said: Vec<_> = events.into_iter().take(2).map(|(text, context)| said(&text, &context)).collect();
    assert_eq!(said, expected()[1..]);
    blocking::shutdown(&client).unwrap();
}

fn an_event_with_metadata_needs_a_parent_that_takes_it() {
    on_runtime(async {
        let builder = CallerClient::builder().extensions(Extensions::NONE);
        let client = builder.spawn(role("caller")).await.unwrap();
        let error = client.tell("tenant".into()).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::Unsupported), "{error}");
        assert!(error.to_string().contains("the parent"), "{error}");
        client.shutdown().await.unwrap();
    });
}

//! Our parent: how it starts a child, what it tells where that fails, and that it leaves nothing behind.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, ExitCode};
use std::sync::mpsc::channel;
use std::time::Duration;

use libtest_mimic::Trial;
use procwire::{Code, SpawnError, SpawnErrorKind};
use rustix::process::{Pid, Signal, kill_process};

use crate::raw::{PATIENCE, ends, role, until};
use crate::roles::{AuditClient, ProbeClient, ProbeOn};
use crate::trials;

pub fn tests() -> Vec<Trial> {
    trials![
        a_call_goes_there_and_back,
        a_task_of_its_own_starts_a_child,
        a_child_behind_a_shell_is_served_too,
        a_program_that_does_not_exist_is_named,
        a_child_that_exits_at_start_is_quoted,
        a_child_that_is_killed_at_start_is_told_by_its_signal,
        a_child_that_refuses_is_quoted,
        a_child_that_says_nothing_is_ended_after_its_time,
        an_init_that_cannot_be_used_is_explained,
        everything_that_does_not_fit_is_named_at_once,
        a_socket_that_is_not_there_is_named,
        a_failed_start_leaves_no_process,
        no_event_is_lost_between_the_start_and_the_first_call,
        several_clients_share_one_child,
        a_service_that_the_child_lacks_cannot_be_attached,
        variables_of_another_parent_are_not_passed_on,
        stderr_can_be_taken,
        a_flood_on_a_foreign_childs_stdout_is_passed_on_whole,
        a_panic_of_whoever_takes_stderr_harms_nothing_else,
        dropping_the_last_client_ends_the_child,
        a_killed_parent_leaves_no_child_and_no_file,
    ]
}

/// Runs a test of the async parent.
pub fn on_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, test).await.expect("the test hangs") });
}

/// A child that is a script.
pub fn script(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    command
}

pub fn pid(raw: u32) -> Pid {
    Pid::from_raw(raw.cast_signed()).unwrap()
}

fn spawn_error(command: Command) -> SpawnError {
    let mut error = None;
    on_runtime(async {
        error = Some(ProbeClient::spawn(command).await.expect_err("the start must fail"));
    });
    error.unwrap()
}

fn a_call_goes_there_and_back() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        assert_eq!(probe.echo("hello".to_owned()).await.unwrap(), "hello");
        probe.shutdown().await.unwrap();
        let error = probe.echo("late".to_owned()).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::Unavailable));
    });
}

fn a_task_of_its_own_starts_a_child() {
    on_runtime(async {
        // A task may move between threads while the child starts, and so may what the builder holds.
        let started = tokio::spawn(async {
            let probe = ProbeClient::builder().on_tick(drop).spawn(role("probe")).await?;
            Ok::<_, SpawnError>(probe)
        });
        let probe = started.await.unwrap().unwrap();
        assert_eq!(probe.echo("hello".to_owned()).await.unwrap(), "hello");
        probe.shutdown().await.unwrap();
    });
}

fn a_child_behind_a_shell_is_served_too() {
    on_runtime(async {
        let executable = std::env::current_exe().unwrap();
        let mut command = script("echo from the shell; \"$0\"; exit $?");
        command.arg(executable).env(crate::ROLE, "probe");
        let probe = ProbeClient::spawn(command).await.unwrap();
        assert_eq!(probe.echo("hello".to_owned()).await.unwrap(), "hello");
        probe.shutdown().await.unwrap();
    });
}

fn a_program_that_does_not_exist_is_named() {
    let error = spawn_error(Command::new("/no/such/program"));
    assert_eq!(error.kind(), SpawnErrorKind::Start);
    assert!(error.to_string().contains("/no/such/program"), "{error}");
}

fn a_child_that_exits_at_start_is_quoted() {
    let error = spawn_error(script("echo first >&2; echo 'no licence found' >&2; exit 3"));
    assert_eq!(error.kind(), SpawnErrorKind::Ended);
    assert_eq!(error.exit_status().unwrap().code(), Some(3));
    assert_eq!(error.stderr(), ["first", "no licence found"]);
    let text = error.to_string();
    assert!(text.contains("exit status: 3") && text.contains("no licence found"), "{text}");
}

fn a_child_that_is_killed_at_start_is_told_by_its_signal() {
    let error = spawn_error(script("kill -9 $$"));
    assert_eq!(error.signal(), Some(9));
    assert!(error.to_string().contains("SIGKILL"), "{error}");
}

fn a_child_that_refuses_is_quoted() {
    let error = spawn_error(role("rivals"));
    assert_eq!(error.kind(), SpawnErrorKind::Refused);
    assert_eq!(error.exit_status().unwrap().code(), Some(1));
    assert!(error.to_string().contains("Probe and Rival both have"), "{error}");
}

fn a_child_that_says_nothing_is_ended_after_its_time() {
    on_runtime(async {
        let builder = ProbeClient::builder().init_timeout(Duration::from_millis(100));
        let error = builder.spawn(script("echo hm >&2; cat")).await.unwrap_err();
        assert_eq!(error.kind(), SpawnErrorKind::Timeout);
        assert_eq!(error.stderr(), ["hm"]);
    });
}

fn an_init_that_cannot_be_used_is_explained() {
    let init = r#"{"jsonrpc":"2.0","method":"$init","params":{"pipe":"/x","schema":{"methods":{"echo":{"id":0,"response":"result"}}}}}"#;
    let error = spawn_error(script(&format!("printf '%s\\n' '{init}'; cat")));
    assert_eq!(error.kind(), SpawnErrorKind::Malformed);
    assert!(error.to_string().contains("method `echo` has the id 0"), "{error}");
}

fn everything_that_does_not_fit_is_named_at_once() {
    let init = r#"{"method":"$init","params":{"pipe":"/x","schema":{"methods":{"echo":{"id":1,"response":"stream"},"slep":{"id":2,"response":"result"}}}}}"#;
    let error = spawn_error(script(&format!("printf '%s\\n' '{init}'; cat")));
    assert_eq!(error.kind(), SpawnErrorKind::Mismatch);
    let text = error.to_string();
    for part in [
        "method `Probe.echo` answers with a stream, this program expects that it answers with a result",
        "method `Probe.sleep` is not there, but `slep` is",
        "method `Probe.count` is not there",
        "event `Probe.tick` is not there",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

fn a_socket_that_is_not_there_is_named() {
    on_runtime(async {
        let init = r#"{"method":"$init","params":{"pipe":"/no/such/socket","schema":{"methods":{},"events":{}}}}"#;
        let builder = EmptyClient::builder();
        let error = builder.spawn(script(&format!("printf '%s\\n' '{init}'; cat"))).await.unwrap_err();
        assert_eq!(error.kind(), SpawnErrorKind::Connect);
        assert!(error.to_string().contains("/no/such/socket"), "{error}");
    });
}

/// A service that every child serves.
#[procwire::service]
pub trait Empty {}

fn a_failed_start_leaves_no_process() {
    let (send, pids) = channel();
    on_runtime(async {
        let mut seen = Vec::new();
        let builder = ProbeClient::builder().init_timeout(Duration::from_millis(100)).on_stderr(move |bytes| {
            seen.extend_from_slice(bytes);
            if let Some(text) = std::str::from_utf8(&seen).ok().and_then(|text| text.strip_suffix('\n')) {
                let _ = send.send(text.parse::<u32>().unwrap());
            }
        });
        builder.spawn(script("echo $$ >&2; exec cat")).await.unwrap_err();
    });
    let pid = pids.recv_timeout(PATIENCE).unwrap();
    assert!(ends(self::pid(pid), PATIENCE));
    until("the end of the zombie", || !std::path::Path::new(&format!("/proc/{pid}")).exists());
}

fn no_event_is_lost_between_the_start_and_the_first_call() {
    on_runtime(async {
        let (send, ticks) = channel();
        let builder = ProbeClient::builder().on_tick(move |number| send.send(number).unwrap());
        let probe = builder.spawn(role("ticker")).await.unwrap();
        assert_eq!(probe.echo("a".to_owned()).await.unwrap(), "a");
        let heard = tokio::task::spawn_blocking(move || ticks.iter().take(5000).collect::<Vec<_>>());
        assert_eq!(heard.await.unwrap(), (0..5000).collect::<Vec<_>>());
    });
}

fn several_clients_share_one_child() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("both")).await.unwrap();
        let audit = AuditClient::attach(&probe).unwrap();
        assert_eq!(audit.audit("four".to_owned()).await.unwrap(), 4);
        let child = probe.peer().pid();
        assert_eq!(audit.peer().pid(), child);
        drop(probe);
        assert_eq!(audit.audit("still".to_owned()).await.unwrap(), 5);
        drop(audit);
        assert!(ends(pid(child), PATIENCE));
    });
}

fn a_service_that_the_child_lacks_cannot_be_attached() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        let error = AuditClient::attach(&probe).unwrap_err();
        assert_eq!(error.kind(), SpawnErrorKind::Mismatch);
        assert!(error.to_string().contains("method `Audit.audit` is not there"), "{error}");
        assert_eq!(probe.echo("a".to_owned()).await.unwrap(), "a");
    });
}

fn variables_of_another_parent_are_not_passed_on() {
    // This process inherits none, so a parent in between has one.
    let mut parent = role("parent");
    parent.env("PROCWIRE_STRANGE", "1").env("PROCWIRE_TOKEN", "stale").env("PARENT_PRINTS", "environment");
    let output = parent.output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    assert!(names.contains("PARENT_PRINTS"), "{names} {}", String::from_utf8_lossy(&output.stderr));
    assert!(!names.contains("PROCWIRE_"), "{names}");
}

fn stderr_can_be_taken() {
    on_runtime(async {
        let (send, pieces) = channel();
        let builder = ProbeClient::builder().on_stderr(move |bytes| drop(send.send(bytes.to_vec())));
        let probe = builder.spawn(role("prints-first")).await.unwrap();
        probe.log("a line of the worker".to_owned()).await.unwrap();
        probe.shutdown().await.unwrap();
        let all = tokio::task::spawn_blocking(move || pieces.iter().flatten().collect::<Vec<u8>>()).await.unwrap();
        let all = String::from_utf8(all).unwrap();
        assert!(all.contains("a whole line\n"), "noise on stdout comes too: {all}");
        assert!(all.contains("a line of the worker\n"), "{all}");
    });
}

fn a_flood_on_a_foreign_childs_stdout_is_passed_on_whole() {
    const FLOOD: usize = 20_000_000;
    on_runtime(async {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("s");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let (send, lengths) = channel();
        let builder = EmptyClient::builder()
            .heartbeat(Duration::from_millis(1), PATIENCE)
            .on_stderr(move |bytes| send.send(bytes.len()).unwrap_or_default());
        let mut command = script(
            r#"printf '{"method":"$init","params":{"pipe":"%s","schema":{"methods":{},"events":{}}}}\n' "$SOCKET"
            read -r ping; echo '{"method":"$pong"}'
            yes 'noise { of every [kind]' | head -c "$FLOOD"; printf '\n'
            read -r ping; exit 33"#,
        );
        command.env("SOCKET", &socket).env("FLOOD", FLOOD.to_string());
        let child = builder.spawn(command).await.unwrap();
        assert_eq!(child.peer().exited().await.code(), Some(33), "the second $ping came after the flood");
        // The last line was cut by `head`, and got the end that `printf` gave it.
        let passed: usize = tokio::task::spawn_blocking(move || lengths.iter().sum()).await.unwrap();
        assert!(passed.abs_diff(FLOOD) <= 1, "{passed}");
    });
}

fn a_panic_of_whoever_takes_stderr_harms_nothing_else() {
    on_runtime(async {
        let builder = ProbeClient::builder().on_stderr(|_| panic!("on purpose"));
        let probe = builder.spawn(role("prints-first")).await.unwrap();
        probe.log("a line".to_owned()).await.unwrap();
        assert_eq!(probe.echo("a".to_owned()).await.unwrap(), "a");
        probe.shutdown().await.unwrap();
    });
}

fn dropping_the_last_client_ends_the_child() {
    let mut child = 0;
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        child = probe.peer().pid();
        let clone = probe.clone();
        drop(probe);
        assert_eq!(clone.echo("a".to_owned()).await.unwrap(), "a");
    });
    assert!(ends(pid(child), PATIENCE));
    until("the end of the zombie", || !std::path::Path::new(&format!("/proc/{child}")).exists());
}

fn a_killed_parent_leaves_no_child_and_no_file() {
    let base = tempfile::tempdir().unwrap();
    std::fs::set_permissions(base.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    for prints in ["pid", "blocked"] {
        let mut parent =
            crate::raw::Raw::start(role("parent").env("PARENT_PRINTS", prints).env("XDG_RUNTIME_DIR", base.path()));
        let child: u32 = parent.lines.recv_timeout(PATIENCE).unwrap().parse().unwrap();
        kill_process(Pid::from_child(&parent.child), Signal::KILL).unwrap();
        assert!(ends(pid(child), PATIENCE), "{prints}");
        assert_eq!(base.path().read_dir().unwrap().count(), 0);
        parent.wait();
    }
}

/// The role of a parent between a test and a worker.
pub fn play() -> ExitCode {
    on_runtime(async {
        let (send, ticks) = channel();
        let builder = ProbeClient::builder().on_tick(move |number| send.send(number).unwrap());
        let probe = builder.spawn(role("probe")).await.unwrap();
        match std::env::var("PARENT_PRINTS").unwrap().as_str() {
            "environment" => {
                println!("{}", probe.environment().await.unwrap().join("\n"));
                probe.shutdown().await.unwrap();
            }
            "pid" => {
                println!("{}", probe.peer().pid());
                std::future::pending::<()>().await;
            }
            "blocked" => {
                let call = probe.clone();
                tokio::spawn(async move { call.block(600_000).await });
                tokio::task::spawn_blocking(move || ticks.recv()).await.unwrap().unwrap();
                println!("{}", probe.peer().pid());
                std::future::pending::<()>().await;
            }
            other => panic!("nothing prints {other}"),
        }
    });
    ExitCode::SUCCESS
}

//! The client without a runtime.

use std::sync::mpsc::channel;
use std::time::Duration;

use libtest_mimic::Trial;
use procwire::{Code, SpawnErrorKind, blocking};
use rustix::process::{Signal, kill_process};

use crate::parent::{pid, script};
use crate::raw::{PATIENCE, ends, role};
use crate::roles::{AuditClient, ProbeClient, ProbeOn};
use crate::trials;

const FOR_EVER: u64 = 600_000;

pub fn tests() -> Vec<Trial> {
    trials![
        calls_streams_and_events_work_without_a_runtime,
        many_threads_share_one_client,
        large_payloads_go_both_ways_at_once,
        a_stream_left_early_is_aborted,
        a_call_ends_at_its_time,
        a_lost_child_is_told_to_every_thread,
        a_failed_start_is_told,
        dropping_the_client_ends_the_child,
        a_client_of_a_runtime_cannot_be_waited_for,
        several_clients_share_one_child,
    ]
}

fn spawn() -> ProbeClient {
    blocking::spawn(role("both")).unwrap()
}

fn calls_streams_and_events_work_without_a_runtime() {
    let (send, ticks) = channel();
    let builder = ProbeClient::builder().on_tick(move |number| send.send(number).unwrap());
    let probe = builder.spawn_blocking(role("probe")).unwrap();
    let mut events = probe.events().tick();
    assert_eq!(probe.echo("hello".to_owned()).wait().unwrap(), "hello");
    let items: Vec<u64> = probe.count(100_000).wait().unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(items, (0..100_000).collect::<Vec<_>>());
    assert_eq!(probe.sleep(1).wait().unwrap(), 1);
    assert_eq!(ticks.try_recv(), Ok(0));
    assert_eq!(events.wait_next(), Some(0));
    probe.log("a line".to_owned()).wait().unwrap();
    blocking::shutdown(&probe).unwrap();
    assert_eq!(events.wait_next(), None);
    let error = probe.echo("late".to_owned()).wait().unwrap_err();
    assert_eq!(error.code(), Some(Code::Unavailable));
}

fn many_threads_share_one_client() {
    let probe = spawn();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let probe = probe.clone();
            scope.spawn(move || {
                for number in 0..500 {
                    let text = format!("{thread} {number}");
                    assert_eq!(probe.echo(text.clone()).wait().unwrap(), text);
                    if number % 100 == 0 {
                        assert_eq!(probe.count(50).wait().unwrap().into_iter().count(), 50);
                        assert_eq!(probe.sleep(1).wait().unwrap(), 1);
                    }
                }
            });
        }
    });
    blocking::shutdown(&probe).unwrap();
}

fn large_payloads_go_both_ways_at_once() {
    let probe = spawn();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let probe = probe.clone();
            scope.spawn(move || {
                let text = "abcdefgh".repeat((1 << 20) + thread);
                for _ in 0..3 {
                    assert!(probe.echo(text.clone()).wait().unwrap() == text);
                }
            });
        }
    });
}

fn a_stream_left_early_is_aborted() {
    let probe = spawn();
    for _ in 0..3 {
        let first: Vec<u64> = probe.count(u64::MAX).wait().unwrap().into_iter().take(10).map(Result::unwrap).collect();
        assert_eq!(first, (0..10).collect::<Vec<_>>());
        assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a");
    }
    blocking::shutdown(&probe).unwrap();
}

fn a_call_ends_at_its_time() {
    let probe = spawn();
    std::thread::scope(|scope| {
        // The thread that reads may wait for longer than the others.
        let longest = probe.clone();
        scope.spawn(move || longest.sleep(300).without_timeout().wait().unwrap());
        for millis in [1, 20, 50] {
            let probe = probe.clone();
            scope.spawn(move || {
                let error = probe.sleep(FOR_EVER).timeout(Duration::from_millis(millis)).wait().unwrap_err();
                assert_eq!(error.code(), Some(Code::DeadlineExceeded));
            });
        }
    });
    assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a");
}

fn a_lost_child_is_told_to_every_thread() {
    let (send, ticks) = channel();
    let builder = ProbeClient::builder().on_tick(move |number| send.send(number).unwrap());
    let probe = builder.spawn_blocking(role("probe")).unwrap();
    probe.log("the last words".to_owned()).wait().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let probe = probe.clone();
            scope.spawn(move || {
                let text = probe.sleep(FOR_EVER).wait().unwrap_err().to_string();
                assert!(text.contains("SIGKILL") && text.contains("the last words"), "{text}");
            });
        }
        for _ in 0..4 {
            ticks.recv_timeout(PATIENCE).unwrap();
        }
        kill_process(pid(probe.peer().pid()), Signal::KILL).unwrap();
    });
    assert!(blocking::shutdown(&probe).unwrap_err().to_string().contains("SIGKILL"));
}

fn a_failed_start_is_told() {
    let error = blocking::spawn::<ProbeClient>(script("echo why >&2; exit 3")).unwrap_err();
    assert_eq!(error.kind(), SpawnErrorKind::Ended);
    assert_eq!(error.exit_status().unwrap().code(), Some(3));
    assert_eq!(error.stderr(), ["why"]);
    let builder = ProbeClient::builder().init_timeout(Duration::from_millis(50));
    let error = builder.spawn_blocking(script("cat")).unwrap_err();
    assert_eq!(error.kind(), SpawnErrorKind::Timeout);
}

fn dropping_the_client_ends_the_child() {
    let probe = spawn();
    let child = pid(probe.peer().pid());
    assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a");
    drop(probe);
    assert!(ends(child, PATIENCE));
}

fn a_client_of_a_runtime_cannot_be_waited_for() {
    crate::parent::on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        let error = probe.echo("a".to_owned()).wait().unwrap_err();
        assert_eq!(error.code(), Some(Code::Unsupported));
    });
}

fn several_clients_share_one_child() {
    let probe = spawn();
    let audit = AuditClient::attach(&probe).unwrap();
    let mut heard = audit.events().audited();
    assert_eq!(audit.audit("four".to_owned()).wait().unwrap(), 4);
    assert_eq!(heard.wait_next().as_deref(), Some("four"));
    assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a");
}

//! What a parent tells when its child is lost, and how it notices.

use std::process::Command;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use procwire::Code;
use rustix::process::{Signal, kill_process};

use crate::parent::{on_runtime, pid, script};
use crate::raw::{PATIENCE, ends, role};
use crate::roles::{ProbeClient, ProbeOn};
use crate::trials;

const FOR_EVER: u64 = 600_000;

pub fn tests() -> Vec<Trial> {
    trials![
        a_child_killed_in_a_call_is_told_by_its_signal_and_last_words,
        a_child_that_exits_in_a_call_is_told_by_its_status,
        a_child_killed_at_any_point_leaves_nobody_waiting,
        a_stream_and_a_later_call_hear_of_the_loss_too,
        a_stopped_child_is_lost_by_its_heartbeat,
        a_busy_child_keeps_its_heartbeat,
        a_shutdown_of_an_idle_child_succeeds,
        a_shutdown_lets_what_runs_end,
        a_shutdown_ends_at_its_grace,
        a_child_that_does_not_end_is_ended_by_force,
        a_deaf_child_is_ended_by_sigterm,
        a_shutdown_of_a_lost_child_says_how_it_was_lost,
        a_call_with_its_own_time_ends_in_it,
    ]
}

fn a_child_killed_in_a_call_is_told_by_its_signal_and_last_words() {
    on_runtime(async {
        let (send, ticks) = channel();
        let builder = ProbeClient::builder().name("desk").on_tick(move |number| send.send(number).unwrap());
        let probe = builder.spawn(role("probe")).await.unwrap();
        probe.log("the last words".to_owned()).await.unwrap();
        let child = pid(probe.peer().pid());
        let kill = tokio::task::spawn_blocking(move || {
            ticks.recv_timeout(PATIENCE).unwrap();
            kill_process(child, Signal::KILL).unwrap();
        });
        let error = probe.sleep(FOR_EVER).await.unwrap_err();
        kill.await.unwrap();
        assert_eq!(error.code(), Some(Code::Unavailable));
        let text = error.to_string();
        for part in ["worker `desk` is gone", "SIGKILL", "the last words"] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(probe.peer().exited().await.signal(), Some(9));
    });
}

fn a_child_that_exits_in_a_call_is_told_by_its_status() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        let text = probe.exit(7).await.unwrap_err().to_string();
        assert!(text.contains("exit status: 7") && text.contains("leaving with 7"), "{text}");
        assert!(!text.contains("ended by its parent"), "{text}");
        assert_eq!(probe.peer().exit().unwrap().code(), Some(7));
    });
}

fn a_child_killed_at_any_point_leaves_nobody_waiting() {
    // From the first instruction of the program, through its handshake, into its calls.
    for round in 0..40_u32 {
        on_runtime(async {
            let builder = ProbeClient::builder().on_stderr(move |text| {
                let Some(child) = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()) else {
                    return;
                };
                std::thread::spawn(move || {
                    let begun = Instant::now();
                    while begun.elapsed() < Duration::from_micros(500) * round {
                        std::thread::yield_now();
                    }
                    let _ = kill_process(pid(child), Signal::KILL);
                });
            });
            let mut command = script("echo $$ >&2; exec \"$0\"");
            command.arg(std::env::current_exe().unwrap()).env(crate::ROLE, "probe");
            match builder.spawn(command).await {
                Err(error) => assert_eq!(error.signal(), Some(9), "{error}"),
                Ok(probe) => {
                    let calls = (0..8).map(async |number| while probe.sleep(number).await.is_ok() {});
                    let stream = async {
                        let mut numbers = probe.count(u64::MAX).await?;
                        while numbers.next().await.transpose()?.is_some() {}
                        procwire::Result::<()>::Ok(())
                    };
                    let (ended, _) = tokio::join!(stream, futures_util::future::join_all(calls));
                    assert_eq!(ended.unwrap_err().code(), Some(Code::Unavailable));
                    assert_eq!(probe.peer().exited().await.signal(), Some(9));
                }
            }
        });
    }
}

fn a_stream_and_a_later_call_hear_of_the_loss_too() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        let mut numbers = probe.count(u64::MAX).await.unwrap();
        assert_eq!(numbers.next().await.unwrap().unwrap(), 0);
        kill_process(pid(probe.peer().pid()), Signal::KILL).unwrap();
        let error = loop {
            match numbers.next().await.unwrap() {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("SIGKILL"), "{error}");
        assert!(numbers.next().await.is_none());
        let late = probe.echo("late".to_owned()).await.unwrap_err();
        assert!(late.to_string().contains("SIGKILL"), "{late}");
    });
}

fn a_stopped_child_is_lost_by_its_heartbeat() {
    on_runtime(async {
        let builder = ProbeClient::builder().heartbeat(Duration::from_millis(20), Duration::from_millis(300));
        let probe = builder.spawn(role("probe")).await.unwrap();
        assert_eq!(probe.echo("a".to_owned()).await.unwrap(), "a");
        kill_process(pid(probe.peer().pid()), Signal::STOP).unwrap();
        let text = probe.echo("b".to_owned()).await.unwrap_err().to_string();
        assert!(text.contains("no answer to $ping within 300ms"), "{text}");
        assert!(probe.peer().exited().await.cause().is_some());
    });
}

fn a_busy_child_keeps_its_heartbeat() {
    on_runtime(async {
        let builder = ProbeClient::builder().heartbeat(Duration::from_millis(10), Duration::from_secs(5));
        let probe = builder.spawn(role("probe")).await.unwrap();
        probe.block(200).await.unwrap();
        probe.print(10_000).await.unwrap();
        probe.shutdown().await.unwrap();
    });
    // A child that ends in order only once it was asked three times.
    let counting = r#"
        printf '{"method":"$init","params":{"pipe":"%s","schema":{"methods":{},"events":{}}}}\n' "$SOCKET"
        asked=0
        while read -r line; do
            case $line in *ping*)
                asked=$((asked + 1)); echo '{"method":"$pong"}'
                [ $asked = 3 ] && exit 33;;
            esac
        done"#;
    on_runtime(async {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("s");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let builder = crate::parent::EmptyClient::builder().heartbeat(Duration::from_millis(1), PATIENCE);
        let mut command = script(counting);
        command.env("SOCKET", &socket);
        let child = builder.spawn(command).await.unwrap();
        assert_eq!(child.peer().exited().await.code(), Some(33));
    });
}

fn a_shutdown_of_an_idle_child_succeeds() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        probe.shutdown().await.unwrap();
        assert_eq!(probe.peer().exit().unwrap().code(), Some(0));
        probe.shutdown().await.unwrap();
    });
}

fn a_shutdown_lets_what_runs_end() {
    on_runtime(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let listener = tokio::net::UnixListener::bind(&path).unwrap();
        let probe = ProbeClient::builder().shutdown_grace(PATIENCE).spawn(role("probe")).await.unwrap();
        let call = async { probe.hold(path.to_str().unwrap().to_owned()).await };
        let shutdown = async {
            let (hold, _) = listener.accept().await.unwrap();
            let mut shutdown = std::pin::pin!(probe.shutdown());
            // Once it has begun, new calls fail.
            loop {
                tokio::select! {
                    biased;
                    ended = &mut shutdown => panic!("it ended before the call: {ended:?}"),
                    refused = probe.echo("a".to_owned()) => if refused.is_err() { break },
                }
            }
            drop(hold);
            shutdown.await
        };
        let (answer, ended) = tokio::join!(call, shutdown);
        answer.unwrap();
        ended.unwrap();
    });
}

fn a_shutdown_ends_at_its_grace() {
    on_runtime(async {
        let (send, ticks) = channel();
        let builder = ProbeClient::builder()
            .shutdown_grace(Duration::from_millis(100))
            .on_tick(move |number| send.send(number).unwrap());
        let probe = builder.spawn(role("probe")).await.unwrap();
        let caller = probe.clone();
        let call = tokio::spawn(async move { caller.block(20_000).await });
        tokio::task::spawn_blocking(move || ticks.recv_timeout(PATIENCE)).await.unwrap().unwrap();
        probe.shutdown().await.unwrap();
        assert_eq!(call.await.unwrap().unwrap_err().code(), Some(Code::Unavailable));
    });
}

/// A child of the empty service that has a socket nobody serves, and does with `$shutdown` what the script says.
async fn unwilling(then: &str) -> (tempfile::TempDir, std::os::unix::net::UnixListener, crate::parent::EmptyClient) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("s");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let init = r#"printf '{"method":"$init","params":{"pipe":"%s","schema":{"methods":{},"events":{}}}}\n' "$SOCKET""#;
    let mut command: Command = script(&format!("{then}\n{init}\nwhile true; do read -r line || sleep 1000; done"));
    command.env("SOCKET", &socket);
    let builder = crate::parent::EmptyClient::builder().shutdown_grace(Duration::from_millis(20));
    let client = builder.spawn(command).await.unwrap();
    (folder, listener, client)
}

fn a_child_that_does_not_end_is_ended_by_force() {
    on_runtime(async {
        let (_folder, _listener, child) = unwilling("trap '' TERM").await;
        let text = child.shutdown().await.unwrap_err().to_string();
        assert!(text.contains("SIGKILL") && text.contains("it did not end when asked to"), "{text}");
        assert!(ends(pid(child.peer().pid()), PATIENCE));
    });
}

fn a_deaf_child_is_ended_by_sigterm() {
    on_runtime(async {
        let (_folder, _listener, child) = unwilling("true").await;
        let text = child.shutdown().await.unwrap_err().to_string();
        assert!(text.contains("SIGTERM"), "{text}");
    });
}

fn a_shutdown_of_a_lost_child_says_how_it_was_lost() {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        probe.exit(7).await.unwrap_err();
        let text = probe.shutdown().await.unwrap_err().to_string();
        assert!(text.contains("exit status: 7"), "{text}");
    });
}

fn a_call_with_its_own_time_ends_in_it() {
    on_runtime(async {
        let probe = ProbeClient::builder().call_timeout(None).spawn(role("probe")).await.unwrap();
        let error = probe.sleep(FOR_EVER).timeout(Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::DeadlineExceeded));
        assert_eq!(probe.echo("a".to_owned()).await.unwrap(), "a");
    });
}

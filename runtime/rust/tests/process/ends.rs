//! How a worker ends: in order where there is somebody to tell, at once where there is nobody.

use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};

use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};

use crate::raw::{Raw, Wire, role};
use crate::trials;
use crate::worker::number;

/// What the published parent says.
const SHUTDOWN: &str = r#"{"jsonrpc":"2.0","method":"$shutdown","params":{}}"#;
/// Longer than any test may take.
const FOR_EVER: u32 = 600_000;

pub fn tests() -> Vec<Trial> {
    trials![
        shutdown_ends_an_idle_worker,
        shutdown_waits_for_what_runs_and_refuses_what_comes,
        shutdown_reads_what_is_in_the_socket,
        shutdown_ends_at_the_end_of_its_grace,
        the_published_order_of_a_shutdown_ends_at_once,
        sigterm_is_a_shutdown,
        a_second_sigterm_ends_at_once,
        the_end_of_stdin_ends_a_blocked_worker,
        the_loss_of_the_data_plane_ends_a_blocked_worker,
        the_loss_of_the_data_plane_ends_an_idle_worker,
        the_last_will_runs_on_every_way_out,
    ]
}

/// A worker with a handler that runs.
fn busy(method: &str, millis: u32) -> (Raw, Wire) {
    let worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.call(method, 1, &number(millis));
    assert_eq!(wire.frame().payload, [0], "the handler runs");
    (worker, wire)
}

fn shutdown_ends_an_idle_worker() {
    let mut worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    worker.say(SHUTDOWN);
    assert!(wire.next().is_none());
    assert!(worker.wait().success());
}

/// A worker with a handler that runs as long as the test holds the other end.
fn held() -> (Raw, Wire, UnixStream) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let path = path.to_str().unwrap();
    let worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    let mut payload = vec![0xd9, u8::try_from(path.len()).unwrap()];
    payload.extend(path.as_bytes());
    wire.call("hold", 1, &payload);
    let (hold, _) = listener.accept().unwrap();
    (worker, wire, hold)
}

fn shutdown_waits_for_what_runs_and_refuses_what_comes() {
    let (mut worker, mut wire, hold) = held();
    worker.say(r#"{"jsonrpc":"2.0","method":"$shutdown","params":{"grace_ms":60000}}"#);
    let mut request = 1;
    // Until the worker has turned round, requests are still taken.
    let refused = loop {
        request += 1;
        wire.call("echo", request, b"\xa1a");
        let frame = wire.frame();
        assert_eq!(frame.request, request);
        if frame.flags == 0x07 {
            break frame;
        }
    };
    assert!(String::from_utf8_lossy(&refused.payload).contains("unavailable"));
    drop(hold);
    let answer = wire.frame();
    assert_eq!((answer.request, answer.flags), (1, 0x03));
    assert!(wire.next().is_none());
    assert!(worker.wait().success());
}

fn shutdown_reads_what_is_in_the_socket() {
    let mut worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    for request in 1..=100 {
        wire.call("echo", request, b"\xa1a");
    }
    worker.say(SHUTDOWN);
    for request in 1..=100 {
        let frame = wire.frame();
        assert_eq!((frame.request, frame.flags), (request, 0x03));
    }
    assert!(wire.next().is_none());
    assert!(worker.wait().success());
}

fn shutdown_ends_at_the_end_of_its_grace() {
    for method in ["sleep", "block"] {
        let (mut worker, mut wire) = busy(method, FOR_EVER);
        worker.say(r#"{"jsonrpc":"2.0","method":"$shutdown","params":{"grace_ms":50}}"#);
        assert!(worker.wait().success(), "{method}");
        while let Some(frame) = wire.next() {
            assert_eq!(frame.flags, 0x07, "a handler that was ended has no answer but an error");
        }
    }
}

fn the_published_order_of_a_shutdown_ends_at_once() {
    for method in ["sleep", "block"] {
        let (mut worker, wire) = busy(method, FOR_EVER);
        worker.say(SHUTDOWN);
        drop(wire);
        assert!(worker.wait().success(), "{method}");
    }
}

fn sigterm_is_a_shutdown() {
    let (mut worker, mut wire, hold) = held();
    kill_process(Pid::from_child(&worker.child), Signal::TERM).unwrap();
    // The answer says that the thread that hears the signals has been through its loop once more.
    worker.say(r#"{"jsonrpc":"2.0","method":"$ping"}"#);
    worker.hear("$pong");
    drop(hold);
    let answer = wire.frame();
    assert_eq!((answer.request, answer.flags), (1, 0x03));
    assert!(worker.wait().success());
}

fn a_second_sigterm_ends_at_once() {
    let (mut worker, _wire) = busy("block", FOR_EVER);
    let pid = Pid::from_child(&worker.child);
    kill_process(pid, Signal::TERM).unwrap();
    // The answer says that the thread that hears the signals has been through its loop once more.
    worker.say(r#"{"jsonrpc":"2.0","method":"$ping"}"#);
    worker.hear("$pong");
    kill_process(pid, Signal::TERM).unwrap();
    assert!(worker.wait().success());
}

fn the_end_of_stdin_ends_a_blocked_worker() {
    for method in ["sleep", "block"] {
        let (mut worker, _wire) = busy(method, FOR_EVER);
        drop(worker.child.stdin.take());
        assert!(worker.wait().success(), "{method}");
    }
}

fn the_loss_of_the_data_plane_ends_a_blocked_worker() {
    for how in [Shutdown::Both, Shutdown::Write] {
        for method in ["sleep", "block"] {
            let (mut worker, wire) = busy(method, FOR_EVER);
            wire.stream.shutdown(how).unwrap();
            if how == Shutdown::Write && method == "block" {
                // A parent that only stopped writing may still read, so that nothing ends by force before it is gone.
                drop(wire);
            }
            assert!(worker.wait().success(), "{method} {how:?}");
        }
    }
}

fn the_loss_of_the_data_plane_ends_an_idle_worker() {
    let mut worker = Raw::start(&mut role("probe"));
    drop(worker.connect());
    assert!(worker.wait().success());
}

fn the_last_will_runs_on_every_way_out() {
    let shutdown = |worker: &mut Raw, _: &mut Option<Wire>| worker.say(SHUTDOWN);
    let end_of_stdin = |worker: &mut Raw, _: &mut Option<Wire>| drop(worker.child.stdin.take());
    let loss = |_: &mut Raw, wire: &mut Option<Wire>| drop(wire.take());
    let ways: [fn(&mut Raw, &mut Option<Wire>); 3] = [shutdown, end_of_stdin, loss];
    for way in ways {
        let mut worker = Raw::start(&mut role("last-will"));
        let mut wire = Some(worker.connect());
        way(&mut worker, &mut wire);
        worker.hear_error("the last will");
        assert!(worker.wait().success());
    }
}

//! What a worker does while it serves, whatever else happens in its process.

use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};

use crate::raw::{Raw, role};
use crate::trials;

/// A MsgPack u32.
pub fn number(value: u32) -> Vec<u8> {
    let mut payload = vec![0xce];
    payload.extend(value.to_be_bytes());
    payload
}

pub fn tests() -> Vec<Trial> {
    trials![
        ping_is_answered_while_a_handler_blocks_the_only_thread,
        a_hundred_megabytes_of_prints_do_no_harm,
        noise_on_the_control_plane_is_ignored,
        a_program_that_a_handler_starts_inherits_nothing,
        ctrl_c_is_the_parents_affair,
        a_broken_frame_ends_the_worker_with_a_reason,
        parallel_handlers_do_not_wait_for_each_other,
    ]
}

fn ping_is_answered_while_a_handler_blocks_the_only_thread() {
    let mut worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.call("block", 1, &number(600_000));
    assert_eq!(wire.frame().payload, [0], "the handler runs");
    worker.say(r#"{"jsonrpc":"2.0","method":"$ping"}"#);
    worker.hear("$pong");
}

fn a_hundred_megabytes_of_prints_do_no_harm() {
    let mut worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.call("print", 1, &number(1_000_000));
    wire.call("echo", 2, b"\xa1a");
    let answers = [wire.frame(), wire.frame()];
    assert!(answers.iter().any(|answer| answer.request == 1 && answer.payload == [0xc0]));
    assert!(answers.iter().any(|answer| answer.request == 2 && answer.payload == b"\xa1a"));
    worker.say(r#"{"jsonrpc":"2.0","method":"$ping"}"#);
    worker.hear("$pong");
    assert_eq!(worker.errors.iter().take(1_000_000).map(|line| line.len() + 1).sum::<usize>(), 100_000_000);
}

fn noise_on_the_control_plane_is_ignored() {
    let mut worker = Raw::start(&mut role("probe"));
    for noise in ["", "noise", "{}", "[]", r#"{"method":"$init"}"#, r#"{"method":"$unknown"}"#, "\u{1}\u{2}"] {
        worker.say(noise);
    }
    worker.say(&"x".repeat(3 << 20));
    worker.say(&format!(r#"{{"jsonrpc":"2.0","method":"$shutdown","padding":"{}"}}"#, "x".repeat(1 << 20)));
    worker.say(r#"{"jsonrpc":"2.0","method":"$ping"}"#);
    worker.hear("$pong");
}

fn a_program_that_a_handler_starts_inherits_nothing() {
    let links = || -> Vec<String> {
        let entries = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        entries.filter_map(|entry| Some(entry.path().read_link().ok()?.to_string_lossy().into_owned())).collect()
    };
    let worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.call("descriptors", 1, b"\x80");
    let payload = wire.frame().payload;
    let found = String::from_utf8_lossy(&payload);
    assert!(found.contains("0 /dev/null"), "{found}");
    assert!(!found.contains("socket:"), "{found}");
    // What whoever runs the tests left open in all of its children is not the worker's.
    let inherited = links();
    let pipes: Vec<&str> = found.split('\u{fffd}').filter(|entry| entry.contains("pipe:")).collect();
    let others: Vec<_> = pipes
        .iter()
        .filter(|entry| !matches!(entry.split_once(' '), Some(("1" | "2", _))))
        .filter(|entry| !inherited.iter().any(|link| entry.ends_with(link)))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

fn ctrl_c_is_the_parents_affair() {
    let worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.call("sleep", 1, b"\x01");
    wire.frame();
    kill_process(Pid::from_child(&worker.child), Signal::INT).unwrap();
    wire.call("echo", 2, b"\xa1a");
    let mut answered = [wire.frame().request, wire.frame().request];
    answered.sort_unstable();
    assert_eq!(answered, [1, 2]);
}

fn a_broken_frame_ends_the_worker_with_a_reason() {
    let mut worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.send(1, 0x80, 1, b"");
    assert!(wire.next().is_none());
    assert_eq!(worker.wait().code(), Some(1));
    worker.hear_error("0x80");
}

fn parallel_handlers_do_not_wait_for_each_other() {
    let worker = Raw::start(&mut role("parallel"));
    let mut wire = worker.connect();
    wire.call("sleep", 1, &number(600_000));
    assert_eq!(wire.frame().payload, [0], "the handler runs");
    wire.call("echo", 2, b"\xa1a");
    assert_eq!(wire.frame().payload, b"\xa1a");
}

//! What starting and ending children leaves behind in their parent: nothing.
//!
//! Each test runs in a process of its own, since descriptors and threads are the whole process's.

use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::Trial;
use procwire::blocking;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::parent::{on_runtime, script};
use crate::raw::{role, until};
use crate::roles::ProbeClient;
use crate::trials;

pub fn tests() -> Vec<Trial> {
    trials![
        children_leave_no_descriptor_thread_or_process,
        a_shortage_of_descriptors_is_an_error_and_passes,
        a_full_socket_needs_no_further_descriptor,
        many_children_start_at_once,
    ]
}

fn plays(name: &str) {
    let output = role(name).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn children_leave_no_descriptor_thread_or_process() {
    plays("parent-of-many");
}

fn a_shortage_of_descriptors_is_an_error_and_passes() {
    plays("starved-parent");
}

fn a_full_socket_needs_no_further_descriptor() {
    plays("starved-caller");
}

fn many_children_start_at_once() {
    on_runtime(async {
        let probes = (0..32).map(|number| async move {
            let probe = ProbeClient::spawn(role("probe")).await.unwrap();
            assert_eq!(probe.echo(number.to_string()).await.unwrap(), number.to_string());
            probe
        });
        let probes = futures_util::future::join_all(probes).await;
        let shutdowns = probes.iter().map(ProbeClient::shutdown);
        for ended in futures_util::future::join_all(shutdowns).await {
            ended.unwrap();
        }
    });
}

/// Entries of a folder of this process in `/proc`.
fn count(folder: &str) -> usize {
    Path::new("/proc/self").join(folder).read_dir().unwrap().count()
}

fn children() -> String {
    std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default()
}

/// A parent that starts children, ends them in every way, and counts what it has.
pub fn parent_of_many() -> ExitCode {
    let one = |round: usize| {
        let probe: ProbeClient = blocking::spawn(role("probe")).unwrap();
        assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a");
        match round % 3 {
            0 => blocking::shutdown(&probe).unwrap(),
            1 => drop(probe.exit(7).wait()),
            _ => drop(probe),
        }
        blocking::spawn::<ProbeClient>(script("exit 3")).unwrap_err();
        blocking::spawn::<ProbeClient>(Command::new("/no/such/program")).unwrap_err();
        on_runtime(async {
            let probe = ProbeClient::spawn(role("probe")).await.unwrap();
            assert_eq!(probe.echo("a".to_owned()).await.unwrap(), "a");
        });
    };
    one(0);
    let (descriptors, threads) = (count("fd"), count("task"));
    (0..6).for_each(one);
    until("the end of what children needed", || {
        count("fd") <= descriptors && count("task") <= threads && children().is_empty()
    });
    ExitCode::SUCCESS
}

/// A parent that has ever fewer descriptors left.
pub fn starved_parent() -> ExitCode {
    let before = getrlimit(Resource::Nofile);
    let used = count("fd") as u64;
    let mut failures = 0;
    for left in (0..20).rev() {
        setrlimit(Resource::Nofile, Rlimit { current: Some(used + left), maximum: before.maximum }).unwrap();
        // The child would starve as well, which is another test's affair.
        let mut command = script("ulimit -n 256; exec \"$0\"");
        command.arg(std::env::current_exe().unwrap()).env(crate::ROLE, "probe");
        let spawned = ProbeClient::builder().spawn_blocking(command);
        match spawned {
            Ok(probe) => assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a"),
            Err(error) => {
                failures += 1;
                assert!(error.to_string().contains("could not be started"), "{error}");
            }
        }
    }
    assert!(failures > 0, "no start met the limit");
    setrlimit(Resource::Nofile, before).unwrap();
    let probe: ProbeClient = blocking::spawn(role("probe")).unwrap();
    assert_eq!(probe.echo("a".to_owned()).wait().unwrap(), "a");
    blocking::shutdown(&probe).unwrap();
    until("the end of the children", || children().is_empty());
    ExitCode::SUCCESS
}

/// A parent that sends more than the socket takes at once while no descriptor is left.
pub fn starved_caller() -> ExitCode {
    on_runtime(async {
        let probe = ProbeClient::spawn(role("probe")).await.unwrap();
        let before = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(0), maximum: before.maximum }).unwrap();
        let text = "a".repeat(4_000_000);
        let answer = probe.echo(text.clone()).await;
        setrlimit(Resource::Nofile, before).unwrap();
        assert!(answer.unwrap() == text, "the answer is another text");
        probe.shutdown().await.unwrap();
    });
    ExitCode::SUCCESS
}

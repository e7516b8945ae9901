//! Pairs of processes, in interleaved rounds.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use bench_load::{Flavor, Settings, Workload};
use clap::Args;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use crate::contestant::{CONTESTANTS, Contestant, Language};
use crate::programs::Programs;
use crate::results::{Key, Results};

/// How to run them.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Each contestant does each workload once a round; the tables show medians.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long one measurement takes, in milliseconds.
    #[arg(long, default_value_t = 400)]
    milliseconds: u64,
    /// The length of the stream.
    #[arg(long, default_value_t = 1_000_000)]
    items: u32,
    /// Only these contestants, by the ids of the JSON.
    #[arg(long, value_delimiter = ',')]
    contestants: Vec<String>,
    /// Only these workloads, by the names of the JSON.
    #[arg(long, value_delimiter = ',')]
    workloads: Vec<Workload>,
    /// Only one of `one-core` and `free`.
    #[arg(long)]
    mode: Option<Mode>,
}

/// Where the scheduler may put the two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// Both on the same processor.
    OneCore,
    /// Anywhere.
    Free,
}

impl Mode {
    /// The key in the results.
    pub fn key(self) -> &'static str {
        match self {
            Self::OneCore => "one core",
            Self::Free => "free",
        }
    }
}

/// No measurement takes this long; one that does hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs all rounds.
pub fn run(programs: &Programs, options: &Options, languages: &[Language], results: &mut Results) -> Result<()> {
    let all = sched_getaffinity(Pid::from_raw(0))?;
    let core = one_of(&all)?;
    let contestants: Vec<&Contestant> = CONTESTANTS
        .iter()
        .filter(|one| one.is_of(languages))
        .filter(|one| options.contestants.is_empty() || options.contestants.iter().any(|id| id == one.id))
        .filter(|one| available(one, programs, results))
        .collect();
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        for workload in Workload::ALL {
            if !options.workloads.is_empty() && !options.workloads.contains(&workload) {
                continue;
            }
            for mode in [Mode::OneCore, Mode::Free] {
                // Memory does not depend on the scheduler.
                let memory = matches!(workload, Workload::Idle | Workload::Peak);
                if options.mode.is_some_and(|only| only != mode) || memory && mode == Mode::OneCore {
                    continue;
                }
                // Every other round goes backwards, so that a drift of the machine meets all alike.
                let mut order: Vec<_> = contestants.iter().filter(|one| one.takes(workload)).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for contestant in order {
                    sched_setaffinity(Pid::from_raw(0), if mode == Mode::OneCore { &core } else { &all })?;
                    let measured = measure(programs, contestant, workload, options);
                    sched_setaffinity(Pid::from_raw(0), &all)?;
                    match measured {
                        Ok(metrics) => {
                            for (metric, value) in metrics {
                                results.add(Key::new(mode.key(), contestant.id, &workload, &metric), value);
                            }
                        }
                        Err(error) => {
                            results.note(format!("{}, {workload}, {}: {error:#}", contestant.id, mode.key()));
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

fn available(contestant: &Contestant, programs: &Programs, results: &mut Results) -> bool {
    for program in [contestant.parent, contestant.worker] {
        if let Err(why) = programs.command(program) {
            results.note(format!("{} is left out: {why}", contestant.id));
            return false;
        }
    }
    true
}

fn measure(
    programs: &Programs,
    contestant: &Contestant,
    workload: Workload,
    options: &Options,
) -> Result<BTreeMap<String, f64>> {
    let side = |program| programs.command(program).map_err(|why| anyhow!(why));
    let (parent, worker) = (side(contestant.parent)?, side(contestant.worker)?);
    let (program, arguments) = parent.split_first().context("a program without a name")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg(workload.to_string())
        .arg(options.milliseconds.to_string())
        .arg((options.items / contestant.fewer_items).to_string())
        .args(worker)
        .env(Flavor::VARIABLE, contestant.flavor.value())
        .env(Settings::WARM_UP, contestant.least_warm_up().to_string())
        .env("BENCH_VARIANT", contestant.variant);
    run_parent(programs, &mut command)
}

/// Runs a parent and its worker to their end, and reads what it prints.
pub fn run_parent(programs: &Programs, command: &mut Command) -> Result<BTreeMap<String, f64>> {
    command
        .envs(programs.python_path().map(|path| ("PYTHONPATH", path)))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let child = command.spawn().context("cannot start the parent")?;
    let group = Pid::from_raw(child.id().try_into()?);
    let (done, waiting) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        let late = waiting.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            // Fails only when the group has ended in this very moment.
            let _ = killpg(group, Signal::SIGKILL);
        }
        late
    });
    let output = child.wait_with_output()?;
    drop(done);
    ensure!(!watchdog.join().unwrap_or(false), "it hung and was ended after {} s", LIMIT.as_secs());
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    ensure!(output.status.success(), "{}: {last}", output.status);
    let line: Value = serde_json::from_slice(&output.stdout).context("it printed no JSON")?;
    if let Some(why) = line.get("skipped").and_then(Value::as_str) {
        return Err(anyhow!("left out: {why}"));
    }
    Ok(serde_json::from_value(line)?)
}

fn one_of(all: &CpuSet) -> Result<CpuSet> {
    let mut core = CpuSet::new();
    // The last one: the first gets most of a machine's interrupts.
    let last = (0..CpuSet::count()).rev().find(|cpu| all.is_set(*cpu).unwrap_or(false)).context("no processor")?;
    core.set(last)?;
    Ok(core)
}

//! Small calls beside streams that nobody reads, with credit and without.

use std::process::Command;

use anyhow::{Context as _, Result, anyhow};
use bench_load::Settings;
use clap::Args;

use crate::contestant::{Language, Program};
use crate::pairs::run_parent;
use crate::programs::Programs;
use crate::results::{Key, Results};

/// The key of its rows.
pub const MODE: &str = "credit";
/// The case without other streams.
pub const ALONE: &str = "alone";
/// The case with them.
pub const BESIDE: &str = "beside streams";
/// The case that says what the streams' windows add up to.
pub const WINDOWS: &str = "all windows";
/// The metrics of the two cases.
pub const P50: &str = "p50 µs";
/// As above.
pub const P99: &str = "p99 µs";
/// What a process has grown by, in millions of bytes.
pub const PARENT: &str = "parent MB";
/// As above.
pub const WORKER: &str = "worker MB";
/// Millions of bytes.
pub const MEGABYTES: &str = "MB";
/// Milliseconds of warming up: V8 has to compile, and afterwards the windows have to fill.
const WARM_UP: u32 = 3000;

/// How to run them.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Each pair does both once a round; the table shows medians.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long calls are measured, alone and beside the streams, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    milliseconds: u64,
    /// Streams of which nobody reads more than the first item.
    #[arg(long, default_value_t = 1000)]
    streams: u32,
    /// The window of each.
    #[arg(long, default_value_t = 131_072)]
    window: u32,
}

/// A pair, with credit in force or not.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    language: Language,
    /// The key in the results.
    pub id: &'static str,
    parent: Program,
    worker: Program,
}

/// Those that take part.
pub const PAIRS: [Pair; 3] = [
    Pair {
        language: Language::Rust,
        id: "Rust",
        parent: Program::Rust("procwire-credit-parent"),
        worker: Program::Rust("procwire-worker"),
    },
    Pair {
        language: Language::TypeScript,
        id: "TypeScript",
        parent: Program::Node("ours/procwire-credit-parent"),
        worker: Program::Node("ours/procwire-worker"),
    },
    Pair {
        language: Language::Python,
        id: "Python",
        parent: Program::Python("procwire_credit_parent"),
        worker: Program::Python("procwire_worker"),
    },
];

/// What is in force, as programs are told it and as the tables say.
pub const FORMS: [&str; 2] = ["credit", "no credit"];

/// The key of a pair in one form.
pub fn contestant(pair: &Pair, form: &str) -> String {
    format!("{}, {form}", pair.id)
}

/// Runs all rounds.
pub fn run(programs: &Programs, options: &Options, languages: &[Language], results: &mut Results) -> Result<()> {
    let mut all: Vec<_> = PAIRS
        .iter()
        .filter(|pair| languages.contains(&pair.language))
        .flat_map(|pair| FORMS.map(|form| (pair, form)))
        .collect();
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        for (pair, form) in &all {
            let name = contestant(pair, form);
            match measure(programs, pair, form, options) {
                Ok(rows) => {
                    for (case, metric, value) in rows {
                        results.add(Key::new(MODE, &name, &case, &metric), value);
                    }
                    let windows = f64::from(options.streams) * f64::from(options.window) / 1e6;
                    results.add(Key::new(MODE, &name, &WINDOWS, &MEGABYTES), windows);
                }
                Err(error) => results.note(format!("{name}: {error:#}")),
            }
        }
        // Every other round goes backwards, so that a drift of the machine meets all alike.
        all.reverse();
    }
    Ok(())
}

fn measure(
    programs: &Programs,
    pair: &Pair,
    form: &str,
    options: &Options,
) -> Result<Vec<(&'static str, &'static str, f64)>> {
    let side = |program| programs.command(program).map_err(|why| anyhow!(why));
    let (parent, worker) = (side(pair.parent)?, side(pair.worker)?);
    let (program, arguments) = parent.split_first().context("a program without a name")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args([options.milliseconds, options.streams.into(), options.window.into()].map(|number| number.to_string()))
        .arg(form)
        .args(worker)
        .env(Settings::WARM_UP, WARM_UP.to_string());
    let metrics = run_parent(programs, &mut command)?;
    let row = |case, metric, name: &str| {
        let value = metrics.get(name).copied().with_context(|| format!("it printed no {name}"))?;
        anyhow::Ok((case, metric, value))
    };
    Ok(vec![
        row(ALONE, P50, "alone_p50_us")?,
        row(ALONE, P99, "alone_p99_us")?,
        row(BESIDE, P50, "beside_p50_us")?,
        row(BESIDE, P99, "beside_p99_us")?,
        row(BESIDE, PARENT, "parent_mb")?,
        row(BESIDE, WORKER, "worker_mb")?,
    ])
}

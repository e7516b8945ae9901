//! Runs the benchmarks beside their peers and writes what it saw as a table and as JSON.
//!
//! `cargo run --release --manifest-path bench/Cargo.toml -- all`; `README.md` tells what each row means.

mod bars;
mod contestant;
mod machine;
mod pairs;
mod programs;
mod results;
mod table;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::programs::Programs;
use crate::results::Results;

#[derive(Debug, Parser)]
#[command(about = "Runs the benchmarks beside their peers")]
struct Options {
    /// Where the table and the JSON go, without an extension.
    #[arg(long, global = true)]
    out: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everything below.
    All(pairs::Options),
    /// Pairs of processes: round trips, throughput, streams, processor time, memory.
    Pairs(pairs::Options),
}

fn main() -> Result<()> {
    let options = Options::parse();
    let programs = Programs::build()?;
    let mut results = Results::new(machine::describe());
    match &options.what {
        What::All(pairs) | What::Pairs(pairs) => pairs::run(&programs, pairs, &mut results)?,
    }
    results.bars = bars::judge(&results);
    let markdown = table::markdown(&results);
    println!("{markdown}");
    if let Some(out) = options.out {
        write(&out.with_extension("md"), &markdown)?;
        write(
            &out.with_extension("json"),
            &serde_json::to_string_pretty(&results)?,
        )?;
    }
    Ok(())
}

fn write(path: &std::path::Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

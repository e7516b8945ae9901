//! Runs the benchmarks beside their peers and writes what it saw as a table and as JSON.
//!
//! `cargo run --release --manifest-path bench/Cargo.toml -- all`; `README.md` tells what each row means.

mod bars;
mod codec;
mod contestant;
mod credit;
mod generator;
mod machine;
mod many;
mod node;
mod pairs;
mod programs;
mod python;
mod results;
mod shapes;
mod steps;
mod table;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::contestant::Language;
use crate::programs::{Needs, Programs};
use crate::results::Results;

const CODEC_ROUNDS: usize = 200;
const GENERATOR_ROUNDS: usize = 5;
const COMPILE_ROUNDS: usize = 3;

#[derive(Debug, Parser)]
#[command(about = "Runs the benchmarks beside their peers")]
struct Options {
    /// Where the table and the JSON go, without an extension.
    #[arg(long, global = true)]
    out: Option<PathBuf>,
    /// Measure what was built before.
    #[arg(long, global = true)]
    no_build: bool,
    /// Only the tables of these languages; only what they need is built.
    #[arg(long, global = true, value_delimiter = ',')]
    language: Vec<Language>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everything below.
    All(pairs::Options),
    /// Pairs of processes: round trips, throughput, streams, processor time, memory.
    Pairs(pairs::Options),
    /// Our codecs beside rmp-serde and prost, and beside msgpackr and @msgpack/msgpack.
    Codec {
        /// The medians are of so many.
        #[arg(long, default_value_t = CODEC_ROUNDS)]
        rounds: usize,
    },
    /// Small calls beside 1,000 streams that nobody reads, with credit and without.
    Credit(credit::Options),
    /// `ipcgen` beside protoc with prost and tonic, with protoc-gen-es and with its Python output.
    Generator {
        /// The medians are of so many.
        #[arg(long, default_value_t = GENERATOR_ROUNDS)]
        rounds: usize,
    },
    /// The compile time of a user's crate, beside serde's derive with rmp-serde.
    Compile {
        /// The medians are of so many.
        #[arg(long, default_value_t = COMPILE_ROUNDS)]
        rounds: usize,
    },
    /// Runs a command and prints its seconds and its peak memory in MB; the generator rows use it.
    #[command(hide = true)]
    Measured {
        /// The program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let What::Measured { command } = &options.what {
        return generator::measure(command);
    }
    let languages = if options.language.is_empty() { Language::ALL.to_vec() } else { options.language.clone() };
    let needs = match &options.what {
        What::All(_) | What::Pairs(_) | What::Codec { .. } => Needs::of(&languages),
        What::Credit(_) => Needs { rust_peers: false, ..Needs::of(&languages) },
        What::Generator { .. } => Needs { node: true, ..Needs::of(&[Language::Rust]) },
        What::Compile { .. } | What::Measured { .. } => Needs::of(&[Language::Rust]),
    };
    let programs = Programs::find(!options.no_build, &needs)?;
    let mut results = Results::new(machine::describe());
    match &options.what {
        What::All(pairs) => {
            codec::run(&programs, CODEC_ROUNDS, &languages, &mut results)?;
            generator::run(&programs, GENERATOR_ROUNDS, &mut results)?;
            many::run(&programs, GENERATOR_ROUNDS, &mut results)?;
            generator::compile(&programs, COMPILE_ROUNDS, &mut results)?;
            pairs::run(&programs, pairs, &languages, &mut results)?;
        }
        What::Pairs(pairs) => pairs::run(&programs, pairs, &languages, &mut results)?,
        What::Codec { rounds } => codec::run(&programs, *rounds, &languages, &mut results)?,
        What::Generator { rounds } => {
            generator::run(&programs, *rounds, &mut results)?;
            many::run(&programs, *rounds, &mut results)?;
        }
        What::Credit(credit) => credit::run(&programs, credit, &languages, &mut results)?,
        What::Compile { rounds } => generator::compile(&programs, *rounds, &mut results)?,
        What::Measured { .. } => {}
    }
    results.bars = bars::judge(&results);
    let markdown = table::markdown(&results);
    println!("{markdown}");
    if let Some(out) = options.out {
        write(&out.with_extension("md"), &markdown)?;
        write(&out.with_extension("json"), &serde_json::to_string_pretty(&results)?)?;
    }
    Ok(())
}

fn write(path: &std::path::Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

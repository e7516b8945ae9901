//! The codecs, in one process: in Rust, and in Node.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::contestant::{Language, Program};
use crate::programs::Programs;
use crate::results::{Key, Results};

/// The section's name in the results.
pub const MODE: &str = "codec";
/// The name of the section in Node.
pub const NODE: &str = "codec in Node";
/// The metric.
pub const NANOSECONDS: &str = "ns";

/// Runs those of these languages.
pub fn run(programs: &Programs, rounds: usize, languages: &[Language], results: &mut Results) -> Result<()> {
    for (language, mode, program) in [
        (Language::Rust, MODE, Program::Rust("bench-codec")),
        (Language::TypeScript, NODE, Program::Node("ours/codec")),
    ] {
        if !languages.contains(&language) {
            continue;
        }
        match programs.command(program) {
            Ok(command) => measure(&command, mode, rounds, results)?,
            Err(why) => results.note(format!("the {mode} is left out: {why}")),
        }
    }
    Ok(())
}

fn measure(command: &[OsString], mode: &str, rounds: usize, results: &mut Results) -> Result<()> {
    eprintln!("{mode}: {rounds} rounds");
    let (program, arguments) = command.split_first().context("a program without a name")?;
    let output = Command::new(program).args(arguments).arg(rounds.to_string()).stderr(Stdio::null()).output()?;
    ensure!(output.status.success(), "{mode}: {}", output.status);
    let rows: Vec<(String, String, Vec<f64>)> = serde_json::from_slice(&output.stdout)?;
    for (contestant, case, samples) in rows {
        for sample in samples {
            results.add(Key::new(mode, &contestant, &case, &NANOSECONDS), sample);
        }
    }
    Ok(())
}

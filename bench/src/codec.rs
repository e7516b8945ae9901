//! The codecs, in one process.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::programs::Programs;
use crate::results::{Key, Results};

/// The section's name in the results.
pub const MODE: &str = "codec";
/// The metric.
pub const NANOSECONDS: &str = "ns";

/// Runs them all.
pub fn run(programs: &Programs, rounds: usize, results: &mut Results) -> Result<()> {
    eprintln!("codec: {rounds} rounds");
    let output = Command::new(programs.path("bench-codec"))
        .arg(rounds.to_string())
        .stderr(Stdio::null())
        .output()
        .context("bench-codec was not built")?;
    ensure!(output.status.success(), "bench-codec: {}", output.status);
    let rows: Vec<(String, String, Vec<f64>)> = serde_json::from_slice(&output.stdout)?;
    for (contestant, case, samples) in rows {
        for sample in samples {
            results.add(Key::new(MODE, &contestant, &case, &NANOSECONDS), sample);
        }
    }
    Ok(())
}

//! Encodes and decodes the same values with each codec in turns and prints nanoseconds as one line of JSON:
//! a list of `[contestant, case, [samples]]`.
//!
//! `encode` writes into memory that is kept, as a connection does; `encode fresh` takes new memory each time.

mod ours;
mod prost_types;
mod serde_types;
mod values;

use std::env;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, Result};

/// One codec with one value, ready to be repeated.
pub struct Contestant {
    /// Whose codec.
    name: &'static str,
    /// Which value, and what is done with it.
    case: String,
    step: Box<dyn FnMut(u32)>,
}

impl Contestant {
    /// `step` does the thing so many times, so that the indirect call does not count.
    pub fn new(
        name: &'static str,
        case: impl Into<String>,
        step: impl FnMut(u32) + 'static,
    ) -> Self {
        Self {
            name,
            case: case.into(),
            step: Box::new(step),
        }
    }
}

const REPETITIONS: u32 = 2_000;

fn main() -> Result<()> {
    let rounds: usize = env::args()
        .nth(1)
        .context("the argument ROUNDS is missing")?
        .parse()?;
    let mut contestants = ours::contestants()?;
    contestants.extend(serde_types::contestants()?);
    contestants.extend(prost_types::contestants()?);
    let mut samples = vec![Vec::with_capacity(rounds); contestants.len()];
    // The first round warms up.
    for round in 0..=rounds {
        for (contestant, samples) in contestants.iter_mut().zip(&mut samples) {
            let begin = Instant::now();
            (contestant.step)(black_box(REPETITIONS));
            let nanoseconds = begin.elapsed().as_secs_f64() * 1e9 / f64::from(REPETITIONS);
            if round > 0 {
                samples.push(nanoseconds);
            }
        }
    }
    let rows: Vec<_> = contestants
        .iter()
        .zip(&samples)
        .map(|(one, samples)| (one.name, &one.case, samples))
        .collect();
    println!("{}", serde_json::to_string(&rows)?);
    Ok(())
}

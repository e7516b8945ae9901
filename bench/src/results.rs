//! What was measured: samples by contestant, case and metric.

use serde::Serialize;

use crate::bars::Verdict;
use crate::machine::Machine;

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Results {
    /// Where and when.
    pub machine: Machine,
    /// What was left out, and why.
    pub notes: Vec<String>,
    /// The measured rows.
    pub rows: Vec<Row>,
    /// What is asked of us, and what came of it.
    pub bars: Vec<Verdict>,
}

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// `one core`, `free`, or the section of the benchmarks without processes.
    pub mode: String,
    /// The contestant's id.
    pub contestant: String,
    /// The workload.
    pub case: String,
    /// The number's meaning and unit.
    pub metric: String,
}

impl Key {
    /// From its parts.
    pub fn new(mode: &str, contestant: &str, case: &impl ToString, metric: &impl ToString) -> Self {
        Self {
            mode: mode.to_owned(),
            contestant: contestant.to_owned(),
            case: case.to_string(),
            metric: metric.to_string(),
        }
    }
}

/// One number of one contestant, once a round.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Which row.
    #[serde(flatten)]
    pub key: Key,
    /// The middle of the samples.
    pub median: f64,
    /// In the order of the rounds.
    pub samples: Vec<f64>,
}

impl Row {
    /// Half of what lies between the least and the greatest sample, as a part of the median.
    pub fn spread(&self) -> f64 {
        let least = self.samples.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.samples.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (greatest - least) / 2.0 / self.median
    }
}

impl Results {
    /// Nothing measured yet.
    pub fn new(machine: Machine) -> Self {
        Self { machine, notes: Vec::new(), rows: Vec::new(), bars: Vec::new() }
    }

    /// One more sample.
    pub fn add(&mut self, key: Key, sample: f64) {
        let at = self.rows.iter().position(|row| row.key == key).unwrap_or_else(|| {
            let (median, samples) = (f64::NAN, Vec::new());
            self.rows.push(Row { key, median, samples });
            self.rows.len() - 1
        });
        let row = &mut self.rows[at];
        row.samples.push(sample);
        row.median = median(&row.samples);
    }

    /// A row, where it was measured.
    pub fn row(&self, key: &Key) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == *key)
    }

    /// Something to know about the run, once.
    pub fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            eprintln!("note: {note}");
            self.notes.push(note);
        }
    }
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], sorted[middle]) } else { sorted[middle] }
}

//! What is asked of us, as ratios within one run, and what came of it.

mod credit;
mod node;
mod python;
mod rust;

use serde::Serialize;

use crate::results::{Key, Results};

/// One bar, judged. What was not measured has none.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Where.
    pub mode: String,
    /// What is asked.
    pub text: String,
    /// What was seen, in words.
    pub seen: String,
    /// Whether it holds.
    pub met: bool,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    /// Ours is at most so many times the other's.
    AtMost(f64),
    /// Ours is at least so many times the other's.
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

impl Bound {
    fn holds(self, ratio: f64) -> bool {
        match self {
            AtMost(bound) => ratio <= bound,
            AtLeast(bound) => ratio >= bound,
        }
    }

    fn sign(self) -> String {
        match self {
            AtMost(bound) => format!("≤ {bound}"),
            AtLeast(bound) => format!("≥ {bound}"),
        }
    }
}

const MODES: [&str; 2] = ["one core", "free"];

/// All bars that this run can tell something about.
pub fn judge(results: &Results) -> Vec<Verdict> {
    let mut judge = Judge { results, verdicts: Vec::new() };
    judge.rust();
    judge.node();
    judge.python();
    judge.mixed();
    judge.credit();
    judge.verdicts
}

struct Judge<'a> {
    results: &'a Results,
    verdicts: Vec<Verdict>,
}

/// A row without its contestant.
struct Place {
    mode: String,
    case: String,
    metric: String,
}

fn at(mode: &str, case: &impl ToString, metric: &impl ToString) -> Place {
    Place { mode: mode.to_owned(), case: case.to_string(), metric: metric.to_string() }
}

impl Judge<'_> {
    fn median(&self, place: &Place, contestant: &str) -> Option<f64> {
        let key = Key::new(&place.mode, contestant, &place.case, &place.metric);
        Some(self.results.row(&key)?.median)
    }

    fn ratio(&mut self, what: &str, place: &Place, (ours, peer): (&str, &str), bound: Bound) {
        let Some((mine, other)) = self.median(place, ours).zip(self.median(place, peer)) else {
            return;
        };
        let ratio = mine / other;
        self.verdicts.push(Verdict {
            mode: place.mode.clone(),
            text: format!("{what}: {ours} {} × {peer}", bound.sign()),
            seen: format!("{ratio:.2}"),
            met: bound.holds(ratio),
        });
    }
}

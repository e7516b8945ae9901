//! Bars of streams that nobody reads.

use super::{AtMost, Bound, Judge, Verdict, at};
use crate::credit::{ALONE, BESIDE, FORMS, MEGABYTES, MODE, P99, PAIRS, PARENT, WINDOWS, WORKER, contestant};

impl Judge<'_> {
    /// What is asked where credit is in force.
    pub fn credit(&mut self) {
        for pair in &PAIRS {
            let name = contestant(pair, FORMS[0]);
            let median = |case: &str, metric: &str| self.median(&at(MODE, &case, &metric), &name);
            let calls = median(BESIDE, P99).zip(median(ALONE, P99));
            let windows = median(WINDOWS, MEGABYTES);
            let memory = [PARENT, WORKER].map(|metric| (metric, median(BESIDE, metric).zip(windows)));
            self.held(&format!("{}: p99 beside streams that nobody reads", pair.id), "alone", calls, AtMost(2.0));
            for (metric, held) in memory {
                self.held(&format!("{}: {metric}", pair.id), "all windows", held, AtMost(1.0));
            }
        }
    }

    fn held(&mut self, what: &str, than: &str, measured: Option<(f64, f64)>, bound: Bound) {
        let Some((mine, other)) = measured else { return };
        self.verdicts.push(Verdict {
            mode: MODE.to_owned(),
            text: format!("{what} {} × {than}", bound.sign()),
            seen: format!("{:.2}", mine / other),
            met: bound.holds(mine / other),
        });
    }
}

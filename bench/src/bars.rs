//! What is asked of us, as ratios within one run, and what came of it.

use bench_load::{Metric, Workload};
use serde::Serialize;

use crate::results::{Key, Results};

/// One bar, judged.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// Where.
    pub mode: String,
    /// What is asked.
    pub text: String,
    /// What was seen, in words.
    pub seen: String,
    /// Whether it holds; `None` where a side was not measured.
    pub met: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    /// Ours is at most so many times the other's.
    AtMost(f64),
    /// Ours is at least so many times the other's.
    AtLeast(f64),
}

impl Bound {
    fn holds(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(bound) => ratio <= bound,
            Self::AtLeast(bound) => ratio >= bound,
        }
    }

    fn sign(self) -> String {
        match self {
            Self::AtMost(bound) => format!("≤ {bound}"),
            Self::AtLeast(bound) => format!("≥ {bound}"),
        }
    }
}

/// All bars that this run can tell something about.
pub fn judge(results: &Results) -> Vec<Verdict> {
    let mut judge = Judge {
        results,
        verdicts: Vec::new(),
    };
    for mode in ["one core", "free"] {
        judge.pairs(mode);
    }
    judge.memory();
    judge.under_node();
    judge.verdicts
}

struct Judge<'a> {
    results: &'a Results,
    verdicts: Vec<Verdict>,
}

impl Judge<'_> {
    fn pairs(&mut self, mode: &str) {
        let small = (Workload::Small, Metric::P50);
        self.ratio(
            mode,
            "round trip p50",
            "procwire",
            "raw-tokio",
            small,
            Bound::AtMost(1.25),
        );
        if mode == "one core" {
            for peer in ["tarpc-bincode", "tarpc-msgpack", "tonic", "capnp"] {
                self.ratio(
                    mode,
                    "round trip p50",
                    "procwire",
                    peer,
                    small,
                    Bound::AtMost(1.0),
                );
            }
        }
        for in_flight in [64, 256] {
            let kilo = (Workload::Kilo(in_flight), Metric::CallsPerSecond);
            let what = format!("1 KB, {in_flight} in flight");
            if mode == "one core" {
                for peer in ["tarpc-bincode", "tarpc-msgpack"] {
                    self.ratio(mode, &what, "procwire", peer, kilo, Bound::AtLeast(5.0));
                }
                self.ratio(mode, &what, "procwire", "tonic", kilo, Bound::AtLeast(20.0));
            }
            for peer in ["tarpc-bincode-multi", "tarpc-msgpack-multi"] {
                self.ratio(
                    mode,
                    &what,
                    "procwire-multi",
                    peer,
                    kilo,
                    Bound::AtLeast(3.0),
                );
            }
        }
        self.stream(mode);
        let large = |workload| (workload, Metric::MegabytesPerSecond);
        self.ratio(
            mode,
            "10 MB, MsgPack",
            "procwire",
            "raw-tokio",
            large(Workload::Large),
            Bound::AtLeast(0.7),
        );
        self.ratio(
            mode,
            "10 MB, raw",
            "procwire",
            "raw-tokio",
            large(Workload::LargeRaw),
            Bound::AtLeast(0.85),
        );
        let cpu = (Workload::Cpu, Metric::CpuPerMillion);
        for peer in ["tarpc-bincode", "tarpc-msgpack"] {
            self.ratio(
                mode,
                "CPU a call",
                "procwire",
                peer,
                cpu,
                Bound::AtMost(0.35),
            );
        }
    }

    /// At least 5 million a second, or as many as tonic.
    fn stream(&mut self, mode: &str) {
        let of =
            |contestant| self.median(mode, contestant, (Workload::Stream, Metric::ItemsPerSecond));
        let (ours, tonic) = (of("procwire"), of("tonic"));
        let Some(ours) = ours else { return };
        self.verdicts.push(Verdict {
            mode: mode.to_owned(),
            text: "stream ≥ 5 M items/s, or ≥ tonic's".to_owned(),
            seen: format!(
                "{:.1} M/s, tonic {:.1} M/s",
                ours / 1e6,
                tonic.unwrap_or(f64::NAN) / 1e6
            ),
            met: Some(ours >= 5e6 || tonic.is_some_and(|tonic| ours >= tonic)),
        });
    }

    fn memory(&mut self) {
        for (workload, text, bound) in [
            (Workload::Idle, "idle worker", 3.5),
            (Workload::Peak, "worker's peak while 1 GB passes", 35.0),
        ] {
            let Some(ours) = self.median("free", "procwire", (workload, Metric::Megabytes)) else {
                continue;
            };
            self.verdicts.push(Verdict {
                mode: "free".to_owned(),
                text: format!("{text} ≤ {bound} MB"),
                seen: format!("{ours:.2} MB"),
                met: Some(ours <= bound),
            });
        }
    }

    fn under_node(&mut self) {
        for mode in ["one core", "free"] {
            for workload in Workload::ALL {
                for &metric in workload.metrics() {
                    let more_is_better = matches!(
                        metric,
                        Metric::CallsPerSecond
                            | Metric::MegabytesPerSecond
                            | Metric::ItemsPerSecond
                    );
                    let bound = if more_is_better {
                        Bound::AtLeast(1.0)
                    } else {
                        Bound::AtMost(1.0)
                    };
                    let what = format!("under Node: {workload}, {metric}");
                    self.ratio(
                        mode,
                        &what,
                        "node-procwire",
                        "node-published",
                        (workload, metric),
                        bound,
                    );
                }
            }
        }
    }

    fn median(
        &self,
        mode: &str,
        contestant: &str,
        (workload, metric): (Workload, Metric),
    ) -> Option<f64> {
        Some(
            self.results
                .row(&Key::new(mode, contestant, &workload, &metric))?
                .median,
        )
    }

    fn ratio(
        &mut self,
        mode: &str,
        what: &str,
        ours: &str,
        peer: &str,
        row: (Workload, Metric),
        bound: Bound,
    ) {
        let (Some(mine), Some(other)) =
            (self.median(mode, ours, row), self.median(mode, peer, row))
        else {
            return;
        };
        let ratio = mine / other;
        self.verdicts.push(Verdict {
            mode: mode.to_owned(),
            text: format!("{what}: {ours} {} × {peer}", bound.sign()),
            seen: format!("{ratio:.2}"),
            met: Some(bound.holds(ratio)),
        });
    }
}

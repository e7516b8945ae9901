//! Bars of the Python pair, and of pairs of two languages.

use bench_load::{Metric, Workload};

use super::{AtLeast, AtMost, Judge, MODES, Verdict, at};

const OURS: &str = "py-procwire";
const BLOCKING: [&str; 2] = ["py-procwire-sync", "py-procwire-sync-uvloop"];
const GRPC: [&str; 2] = ["py-grpc-aio", "py-grpc-sync"];

/// A pair of two languages, and the pairs of each of them alone.
const MIXED: [(&str, [&str; 2]); 6] = [
    ("rust-ts", ["procwire", "ts-procwire"]),
    ("ts-rust", ["procwire", "ts-procwire"]),
    ("rust-py", ["procwire", "py-procwire"]),
    ("py-rust", ["procwire", "py-procwire"]),
    ("ts-py", ["ts-procwire", "py-procwire"]),
    ("py-ts", ["ts-procwire", "py-procwire"]),
];

impl Judge<'_> {
    /// What is asked of the Python pair.
    pub fn python(&mut self) {
        for mode in MODES {
            let kilo = at(mode, &Workload::Kilo(64), &Metric::CallsPerSecond);
            self.ratio("1 KB, 64 in flight", &kilo, (OURS, GRPC[0]), AtLeast(20.0));
            let small = at(mode, &Workload::Small, &Metric::P50);
            for grpc in GRPC {
                self.ratio("round trip p50", &small, (OURS, grpc), AtMost(0.35));
            }
            for blocking in BLOCKING {
                self.ratio("round trip p50", &small, (blocking, "py-pipe"), AtMost(1.0));
            }
            let stream = at(mode, &Workload::Stream, &Metric::ItemsPerSecond);
            for grpc in GRPC {
                self.ratio("stream", &stream, (OURS, grpc), AtLeast(30.0));
            }
            let large = at(mode, &Workload::Large, &Metric::MegabytesPerSecond);
            for ours in [OURS, BLOCKING[0]] {
                self.ratio("10 MB, MsgPack", &large, (ours, "py-raw"), AtLeast(0.4));
            }
        }
    }

    /// A pair of two languages is no slower than the pair of the slower one.
    pub fn mixed(&mut self) {
        let rows = [
            ("round trip p50", Workload::Small, Metric::P50),
            ("1 KB, 64 in flight", Workload::Kilo(64), Metric::CallsPerSecond),
            ("1 KB, 256 in flight", Workload::Kilo(256), Metric::CallsPerSecond),
            ("10 MB, MsgPack", Workload::Large, Metric::MegabytesPerSecond),
            ("10 MB, raw codec", Workload::LargeRaw, Metric::MegabytesPerSecond),
            ("stream", Workload::Stream, Metric::ItemsPerSecond),
        ];
        for mode in MODES {
            for (pair, alone) in MIXED {
                for (what, workload, metric) in rows {
                    let place = at(mode, &workload, &metric);
                    let [first, second] = alone.map(|one| self.median(&place, one));
                    let Some(((pair_median, first), second)) = self.median(&place, pair).zip(first).zip(second) else {
                        continue;
                    };
                    let time = metric == Metric::P50;
                    // The slower one takes more time, or does less in a second.
                    let slower = usize::from((second > first) == time);
                    let ratio = pair_median / [first, second][slower];
                    let sign = if time { "≤" } else { "≥" };
                    self.verdicts.push(Verdict {
                        mode: mode.to_owned(),
                        text: format!("{what}: {pair} {sign} 1 × {}", alone[slower]),
                        seen: format!("{ratio:.2}"),
                        met: if time { ratio <= 1.0 } else { ratio >= 1.0 },
                    });
                }
            }
        }
    }
}

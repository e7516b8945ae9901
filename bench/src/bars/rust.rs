//! Bars of the Rust pair, the codec and the generator.

use bench_load::{Metric, Workload};

use super::{AtLeast, AtMost, Judge, MODES, Verdict, at};
use crate::{codec, generator};

impl Judge<'_> {
    /// What is asked of the Rust pair, of our Rust worker under the published parent, and of the generator.
    pub fn rust(&mut self) {
        for mode in MODES {
            self.calls(mode);
            self.stream(mode);
            self.large(mode);
            self.cpu(mode);
        }
        self.memory();
        for mode in MODES {
            self.under_node(mode);
        }
        self.codec();
        self.generator();
        self.compile();
    }

    fn calls(&mut self, mode: &str) {
        let small = at(mode, &Workload::Small, &Metric::P50);
        self.ratio("round trip p50", &small, ("procwire", "raw-tokio"), AtMost(1.25));
        if mode == "one core" {
            for peer in ["tarpc-bincode", "tarpc-msgpack", "tonic", "capnp"] {
                self.ratio("round trip p50", &small, ("procwire", peer), AtMost(1.0));
            }
        }
        for in_flight in [64, 256] {
            let kilo = at(mode, &Workload::Kilo(in_flight), &Metric::CallsPerSecond);
            let what = format!("1 KB, {in_flight} in flight");
            if mode == "one core" {
                for peer in ["tarpc-bincode", "tarpc-msgpack"] {
                    self.ratio(&what, &kilo, ("procwire", peer), AtLeast(5.0));
                }
                self.ratio(&what, &kilo, ("procwire", "tonic"), AtLeast(20.0));
            }
            for peer in ["tarpc-bincode-multi", "tarpc-msgpack-multi"] {
                self.ratio(&what, &kilo, ("procwire-multi", peer), AtLeast(3.0));
            }
        }
    }

    /// At least 5 million a second, or as many as tonic.
    fn stream(&mut self, mode: &str) {
        let place = at(mode, &Workload::Stream, &Metric::ItemsPerSecond);
        let Some(ours) = self.median(&place, "procwire") else {
            return;
        };
        let tonic = self.median(&place, "tonic");
        let others = tonic.map_or(String::new(), |tonic| format!(", tonic {:.1} M/s", tonic / 1e6));
        self.verdicts.push(Verdict {
            mode: mode.to_owned(),
            text: "stream ≥ 5 M items/s, or ≥ tonic's".to_owned(),
            seen: format!("{:.1} M/s{others}", ours / 1e6),
            met: ours >= 5e6 || tonic.is_some_and(|tonic| ours >= tonic),
        });
    }

    fn large(&mut self, mode: &str) {
        let sides = ("procwire", "raw-tokio");
        let place = at(mode, &Workload::Large, &Metric::MegabytesPerSecond);
        self.ratio("10 MB, MsgPack", &place, sides, AtLeast(0.7));
        let place = at(mode, &Workload::LargeRaw, &Metric::MegabytesPerSecond);
        self.ratio("10 MB, raw codec", &place, sides, AtLeast(0.85));
    }

    fn cpu(&mut self, mode: &str) {
        let place = at(mode, &Workload::Cpu, &Metric::CpuPerMillion);
        for peer in ["tarpc-bincode", "tarpc-msgpack"] {
            self.ratio("processor time a call", &place, ("procwire", peer), AtMost(0.35));
        }
    }

    fn memory(&mut self) {
        let cases = [(Workload::Idle, "idle worker", 3.5), (Workload::Peak, "worker's peak while 1 GB passes", 35.0)];
        for (workload, text, bound) in cases {
            let place = at("free", &workload, &Metric::Megabytes);
            let Some(ours) = self.median(&place, "procwire") else {
                continue;
            };
            self.verdicts.push(Verdict {
                mode: place.mode,
                text: format!("{text} ≤ {bound} MB"),
                seen: format!("{ours:.2} MB"),
                met: ours <= bound,
            });
        }
    }

    fn under_node(&mut self, mode: &str) {
        for workload in Workload::ALL {
            for metric in workload.metrics() {
                let bound = match metric {
                    Metric::CallsPerSecond | Metric::MegabytesPerSecond | Metric::ItemsPerSecond => AtLeast(1.0),
                    Metric::P50 | Metric::P99 | Metric::CpuPerMillion | Metric::Megabytes => AtMost(1.0),
                };
                let what = format!("under Node, {workload}, {metric}");
                self.ratio(&what, &at(mode, &workload, metric), ("node-procwire", "node-published"), bound);
            }
        }
    }

    fn codec(&mut self) {
        let of = |case: &str| at(codec::MODE, &case, &codec::NANOSECONDS);
        self.ratio("small record, encode", &of("small, encode"), ("procwire", "rmp-serde"), AtMost(0.7));
        self.ratio("small record, decode", &of("small, decode"), ("procwire", "rmp-serde"), AtMost(0.85));
        let sum = |contestant| {
            Some(self.median(&of("small, encode"), contestant)? + self.median(&of("small, decode"), contestant)?)
        };
        if let Some((ours, prost)) = sum("procwire").zip(sum("prost")) {
            self.verdicts.push(Verdict {
                mode: codec::MODE.to_owned(),
                text: "small record, encode and decode: below prost's sum".to_owned(),
                seen: format!("{ours:.0} ns, prost {prost:.0} ns"),
                met: ours < prost,
            });
        }
    }

    fn generator(&mut self) {
        let sides = ("ipcgen", generator::PROTOC);
        let of = |records: usize, metric: &str| at(generator::MODE, &records, &metric);
        self.ratio("1,000 records, wall time", &of(1_000, generator::SECONDS), sides, AtMost(0.5));
        for records in generator::RECORDS {
            let what = format!("{records} records, peak memory");
            self.ratio(&what, &of(records, generator::MEGABYTES), sides, AtMost(1.0));
        }
        for records in [1_000, 10_000] {
            self.all_languages(records);
        }
        let time = |records| self.median(&of(records, generator::SECONDS), "ipcgen");
        if let Some((more, less)) = time(10_000).zip(time(1_000)) {
            self.verdicts.push(Verdict {
                mode: generator::MODE.to_owned(),
                text: "10,000 records, wall time: ≤ 12 × that of 1,000".to_owned(),
                seen: format!("{:.2}", more / less),
                met: more <= 12.0 * less,
            });
        }
    }

    /// Three languages of ours beside the same three of theirs.
    fn all_languages(&mut self, records: usize) {
        let medians = |contestants: [&str; 3], metric: &str| -> Option<Vec<f64>> {
            let place = at(generator::MODE, &records, &metric);
            contestants.into_iter().map(|contestant| self.median(&place, contestant)).collect()
        };
        let sum = |values: Vec<f64>| values.into_iter().sum::<f64>();
        let most = |values: Vec<f64>| values.into_iter().fold(0.0, f64::max);
        let least = |values: Vec<f64>| values.into_iter().fold(f64::INFINITY, f64::min);
        let seconds = |contestants| medians(contestants, generator::SECONDS).map(sum);
        let ours = seconds(generator::OURS).zip(medians(generator::OURS, generator::MEGABYTES).map(most));
        let theirs = seconds(generator::THEIRS).zip(medians(generator::THEIRS, generator::MEGABYTES));
        let Some(((seconds, megabytes), (their_seconds, their_megabytes))) = ours.zip(theirs) else {
            return;
        };
        let smallest = least(their_megabytes);
        self.verdicts.push(Verdict {
            mode: generator::MODE.to_owned(),
            text: format!("{records} records, three languages: wall time below the sum of theirs"),
            seen: format!("{seconds:.2} s, theirs {their_seconds:.2} s"),
            met: seconds < their_seconds,
        });
        self.verdicts.push(Verdict {
            mode: generator::MODE.to_owned(),
            text: format!("{records} records, three languages: memory below that of each of theirs"),
            seen: format!("{megabytes:.0} MB, the smallest of theirs {smallest:.0} MB"),
            met: megabytes < smallest,
        });
    }

    fn compile(&mut self) {
        for profile in ["debug", "release"] {
            let place = at(generator::COMPILE, &profile, &generator::SECONDS);
            let what = format!("a user's crate, {profile}");
            self.ratio(&what, &place, ("procwire", "serde + rmp-serde"), AtMost(0.5));
        }
    }
}

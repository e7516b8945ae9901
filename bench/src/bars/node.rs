//! Bars of the TypeScript pair.

use bench_load::{Metric, Workload};

use super::{AtLeast, AtMost, Judge, MODES, at};
use crate::codec;

const OURS: &str = "ts-procwire";
const PUBLISHED: &str = "ts-published";
const FORK: [&str; 2] = ["ts-fork-json", "ts-fork-advanced"];
const GRPC: &str = "ts-grpc";

impl Judge<'_> {
    /// What is asked of it.
    pub fn node(&mut self) {
        for mode in MODES {
            for in_flight in [64, 256] {
                let kilo = at(mode, &Workload::Kilo(in_flight), &Metric::CallsPerSecond);
                let what = format!("1 KB, {in_flight} in flight");
                self.ratio(&what, &kilo, (OURS, PUBLISHED), AtLeast(3.0));
                for mode_of_fork in FORK {
                    self.ratio(&what, &kilo, (OURS, mode_of_fork), AtLeast(2.0));
                }
                self.ratio(&what, &kilo, (OURS, GRPC), AtLeast(30.0));
            }
            let small = at(mode, &Workload::Small, &Metric::P50);
            self.ratio("round trip p50", &small, (OURS, PUBLISHED), AtMost(1.1));
            let stream = at(mode, &Workload::Stream, &Metric::ItemsPerSecond);
            self.ratio("stream", &stream, (OURS, PUBLISHED), AtLeast(5.0));
            let large = at(mode, &Workload::Large, &Metric::MegabytesPerSecond);
            self.ratio("10 MB, MsgPack", &large, (OURS, PUBLISHED), AtLeast(2.5));
            let raw = at(mode, &Workload::LargeRaw, &Metric::MegabytesPerSecond);
            self.ratio("10 MB, raw codec", &raw, (OURS, PUBLISHED), AtLeast(1.3));
        }
        for step in ["encode", "decode"] {
            let place = at(codec::NODE, &format!("small, {step}"), &codec::NANOSECONDS);
            self.ratio(&format!("small record, {step}"), &place, ("procwire", "msgpackr"), AtMost(1.0));
        }
    }
}

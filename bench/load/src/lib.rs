//! What every contestant does alike: the workloads, the measuring, and the processes around them.
//!
//! A contestant is a pair of programs. The parent gets [`Settings`] from its arguments, starts the worker, runs one
//! workload against it and prints one line of JSON: a map of metric names to numbers.

mod flavor;
mod meter;
mod peer;
mod process;
mod settings;
mod usage;
mod workload;

pub use flavor::Flavor;
pub use meter::{Meter, latencies, paced};
pub use peer::{Call, Peer, caller, run};
pub use process::{Worker, listen};
pub use settings::Settings;
pub use usage::{cpu_time, peak_memory, resident_memory};
pub use workload::{Metric, Workload};

/// The name in every small record: 16 bytes.
pub const NAME: &str = "sixteen bytes ok";
/// The score in every small record.
pub const SCORE: f64 = 0.625;
/// The payload of the 1 KB rows.
pub const KILO: usize = 1024;
/// The payload of the 10 MB rows.
pub const LARGE: usize = 10_000_000;
/// How many large messages pass while the peak memory is looked at: 1 GB.
pub const LARGE_CALLS: usize = 100;

/// Prints what a parent measured, for the driver to read.
pub fn report(metrics: &[(Metric, f64)]) {
    let map: serde_json::Map<String, serde_json::Value> =
        metrics.iter().map(|(metric, value)| (metric.to_string(), serde_json::json!(value))).collect();
    println!("{}", serde_json::Value::Object(map));
}

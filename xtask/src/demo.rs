//! `cargo xtask demo`: the example program on this repository's own files.

use crate::report::{Detail, Report};

/// Runs the demonstration; tells whether it went well.
pub fn run() -> bool {
    let report = Report::new(Detail::Brief);
    report.end()
}

//! What the figures were measured on.

use std::fs;
use std::process::Command;
use std::thread;

use serde::Serialize;

/// The machine and its tools.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The day, in UTC.
    pub date: String,
    /// Logical processors.
    pub processors: usize,
    /// The processor's name.
    pub processor: String,
    /// The kernel's release.
    pub kernel: String,
    /// `rustc --version`.
    pub rustc: String,
    /// `node --version`.
    pub node: String,
    /// `python3 --version`.
    pub python: String,
    /// The load of the last minute when the run began: near 0 on a quiet machine.
    pub load: String,
}

/// Looks around.
pub fn describe() -> Machine {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    Machine {
        date: said("date", &["-u", "+%Y-%m-%d"]),
        processors: thread::available_parallelism().map_or(0, usize::from),
        processor: processor.trim_start_matches([' ', '\t', ':']).to_owned(),
        kernel: said("uname", &["-sr"]),
        rustc: said("rustc", &["--version"]),
        node: said("node", &["--version"]),
        python: said("python3", &["--version"]),
        load: fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default().to_owned(),
    }
}

fn said(program: &str, args: &[&str]) -> String {
    Command::new(program)
        .args(args)
        .output()
        .map_or_else(|_| "none".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

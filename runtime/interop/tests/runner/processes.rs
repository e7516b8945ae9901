//! The processes of a case, found by a mark in their environment, so that none escapes by changing its group.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The variable that carries the mark.
pub const MARK: &str = "INTEROP_CASE";

/// Waits until no marked process is left; gives back those that stay.
pub fn wait_for_end(mark: &str, limit: Duration) -> Vec<String> {
    let start = Instant::now();
    loop {
        let left = marked(mark);
        if left.is_empty() || start.elapsed() > limit {
            return left.into_iter().map(|(pid, command)| format!("{} {command}", pid.as_raw_nonzero())).collect();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Ends what is left.
pub fn kill(mark: &str) {
    for (pid, _) in marked(mark) {
        kill_process(pid, Signal::KILL).ok();
    }
}

fn marked(mark: &str) -> Vec<(Pid, String)> {
    let wanted = format!("{MARK}={mark}");
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
            // A process that ended and was not waited for has an empty environment.
            let environment = std::fs::read(entry.path().join("environ")).ok()?;
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes()).then(|| {
                let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                (pid, String::from_utf8_lossy(&command).replace('\0', " "))
            })
        })
        .collect()
}

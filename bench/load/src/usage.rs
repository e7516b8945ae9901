use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// The processor time that all threads of a process took so far, in user and kernel mode.
pub fn cpu_time(process: u32) -> anyhow::Result<Duration> {
    let clock: ClockId = clock_getcpuclockid(Pid::from_raw(process.try_into()?))?;
    Ok(clock.now()?.into())
}

/// Resident memory of a process, in millions of bytes.
pub fn resident_memory(process: u32) -> anyhow::Result<f64> {
    status(process, "VmRSS:")
}

/// The most resident memory that a process ever had, in millions of bytes.
pub fn peak_memory(process: u32) -> anyhow::Result<f64> {
    status(process, "VmHWM:")
}

fn status(process: u32, key: &str) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes: f64 = text
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .with_context(|| format!("no {key} in the status of process {process}"))?
        .trim()
        .parse()?;
    Ok(kibibytes * 1024.0 / 1e6)
}

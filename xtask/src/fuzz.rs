//! `cargo xtask fuzz`: each target of `fuzz/` for a while, from its kept corpus.

use std::ffi::{OsStr, OsString};

use crate::report::{Counting, Detail, Plan, Report};
use crate::workspace::{cargo, root, target};

/// What the command line says.
pub struct Options {
    /// How long each target runs.
    seconds: u64,
    /// What the inputs are made from; the clock where there is none.
    seed: Option<u32>,
}

impl Options {
    /// Reads `--seconds N` and `--seed N`; `None` where it is anything else.
    pub fn read(arguments: &[&str]) -> Option<Self> {
        let mut options = Self { seconds: 60, seed: None };
        for pair in arguments.chunks(2) {
            match pair {
                ["--seconds", seconds] => options.seconds = seconds.parse().ok()?,
                ["--seed", seed] => options.seed = Some(seed.parse().ok()?),
                _ => return None,
            }
        }
        Some(options)
    }
}

/// Runs every target; tells whether none found anything.
pub fn run(options: &Options) -> bool {
    let mut report = Report::new(Detail::Brief);
    if let Some(tool) = tool(&mut report) {
        run_targets(&mut report, &tool, options);
    }
    report.end()
}

fn run_targets(report: &mut Report, tool: &OsStr, options: &Options) {
    let fuzz = |arguments: &[&str]| {
        let mut command = cargo();
        command.arg("fuzz").args(arguments).env("PATH", tool);
        command
    };
    let mut names = Vec::new();
    report.check("list of fuzz targets", || {
        let list = fuzz(&["list"]).output().map_err(|error| format!("cargo fuzz does not start: {error}"))?;
        names.extend(String::from_utf8_lossy(&list.stdout).split_whitespace().map(str::to_owned));
        if names.is_empty() {
            return Err(format!("cargo fuzz names no target: {}", String::from_utf8_lossy(&list.stderr)));
        }
        Ok(())
    });
    // Once for all, so that no target has to wait for another's build.
    if names.is_empty()
        || !report.run("build of fuzz targets", Counting::Nothing, &mut fuzz(&["build", "--sanitizer", "none"]))
    {
        return;
    }
    let total = format!("-max_total_time={}", options.seconds);
    let seed = options.seed.map(|seed| format!("-seed={seed}"));
    let mut lanes = [Vec::new(), Vec::new()];
    for (at, name) in names.iter().enumerate() {
        // New inputs go where the first folder says, so that a run leaves the kept corpus as it is.
        let new = target().join("corpus").join(name);
        let kept = root().join("fuzz/corpus").join(name);
        if let Err(error) = std::fs::create_dir_all(&new) {
            report.check("folder for new inputs", || Err(format!("{}: {error}", new.display())));
            continue;
        }
        // The sanitizers need a nightly compiler; without them a panic, an abort and a hang are still found.
        let mut command = fuzz(&["run", "--sanitizer", "none", name]);
        command.arg(new).arg(kept).args(["--", &total, "-timeout=10", "-rss_limit_mb=2048"]).args(&seed);
        lanes[at % 2].push(Plan::new(&format!("fuzz {name}"), Counting::Once, command));
    }
    report.run_lanes(lanes);
}

/// The search path with cargo-fuzz on it, which is built below the target folder if the machine has none.
fn tool(report: &mut Report) -> Option<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = target().join("tools");
    let mut with_tools = tools.join("bin").into_os_string();
    with_tools.push(":");
    with_tools.push(path);
    if cargo().args(["fuzz", "--version"]).env("PATH", &with_tools).output().is_ok_and(|output| output.status.success())
    {
        return Some(with_tools);
    }
    let mut install = cargo();
    install.args(["install", "cargo-fuzz", "--locked", "--root"]).arg(&tools);
    report.run("install cargo-fuzz", Counting::Nothing, &mut install).then_some(with_tools)
}

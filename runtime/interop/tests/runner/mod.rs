//! What runs a case and judges it.

mod case;
mod gaps;
mod generated;
mod pattern;
mod processes;
mod typescript;

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use case::{Case, Pair, Peer, Scenario};
pub use gaps::Gaps;
pub use generated::check as check_generated;
pub use typescript::build as build_typescript;

/// A case that takes longer hangs; the longest waits out the published parent's 5 s of grace.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How long a process may outlive its parent.
const ORPHAN_LIMIT: Duration = Duration::from_secs(10);
/// How much of an output is kept, from its end.
const KEPT: usize = 64 * 1024;

/// Runs a case; the error says what differs and what both sides printed.
pub fn run(case: &Case) -> Result<(), String> {
    let files = tempfile::Builder::new().prefix("pw").tempdir().map_err(|error| error.to_string())?;
    let mark = format!("{}-{}", std::process::id(), files.path().display());
    let mut command = Command::new(&case.parent[0]);
    command
        .args(&case.parent[1..])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("INTEROP_WORKER", serde_json::Value::from(case.worker.clone()).to_string())
        .env("INTEROP_PAIR", &case.pair)
        .env(processes::MARK, &mark)
        .env("PYTHONPATH", python_path())
        .env("XDG_RUNTIME_DIR", files.path())
        .env("TMPDIR", files.path())
        .env_remove("PROCWIRE_TOKEN")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut parent = command.spawn().map_err(|error| format!("`{}` does not start: {error}", case.parent[0]))?;
    let printed = collect(parent.stdout.take());
    let logged = collect(parent.stderr.take());
    let status = wait(&mut parent);
    let orphans = processes::wait_for_end(&mark, ORPHAN_LIMIT);
    processes::kill(&mark);
    let status = status.map_or_else(|| parent.wait().ok().map(|_| None), |status| Some(Some(status))).flatten();
    let mut transcript = text(printed);
    let log = text(logged);
    let unwell = match status {
        None => Some(format!("no end within {} s", TIMEOUT.as_secs())),
        Some(status) if !status.success() => Some(end(status)),
        Some(_) => None,
    };
    if let Some(end) = unwell {
        transcript = format!("{transcript}({end})\n");
    }

    let mut problems = Vec::new();
    if transcript != case.expected {
        problems.push(format!("the transcript differs:\n{}", differences(&case.expected, &transcript)));
    }
    if !orphans.is_empty() {
        problems.push(format!("still running {} s after the parent:\n{}", ORPHAN_LIMIT.as_secs(), orphans.join("\n")));
    }
    let left = folders_and_files(files.path());
    if !left.is_empty() && case.leaves_no_files {
        problems.push(format!("files left behind: {left:?}"));
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n--- log of both sides\n{log}---", problems.join("\n")))
}

/// Where Python finds the runtime and what its scenarios share.
fn python_path() -> OsString {
    let interop = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [interop.join("../python/src"), interop.join("python")];
    std::env::join_paths(folders).unwrap_or_default()
}

fn wait(parent: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        match parent.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if start.elapsed() < TIMEOUT => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                parent.kill().ok();
                return None;
            }
        }
    }
}

fn end(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

/// Reads to the end, so that nobody blocks on a full pipe.
fn collect(source: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        let mut buffer = vec![0; KEPT];
        let Some(mut source) = source else {
            return kept;
        };
        while let Ok(read) = source.read(&mut buffer) {
            if read == 0 {
                break;
            }
            kept.extend_from_slice(&buffer[..read]);
            if kept.len() > 2 * KEPT {
                kept.drain(..kept.len() - KEPT);
            }
        }
        kept
    })
}

fn text(output: JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&output.join().unwrap_or_default()).into_owned()
}

fn differences(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same = expected.iter().zip(&found).take_while(|(one, other)| one == other).count();
    let marked = |mark, lines: &[&str]| lines.iter().map(|line| format!("{mark} {line}")).collect();
    let parts: [Vec<String>; 3] =
        [marked(" ", &expected[..same]), marked("-", &expected[same..]), marked("+", &found[same..])];
    parts.concat().join("\n")
}

fn folders_and_files(dir: &Path) -> Vec<String> {
    std::fs::read_dir(dir)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default()
}

//! `cargo xtask demo`: the example program on this repository's own files, under a Rust and under a Node parent.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::node;
use crate::report::{Counting, Detail, Report};
use crate::workspace::{cargo, command, root, target};

const INTRODUCTION: &str = "
A worker in Rust searches the text files of this repository. It is an `impl` of the trait that
examples/textsearch/textsearch.ipc became. Two parents start it, one after the other: one in Rust,
with the generated client, and one in Node, on the published @procwire/core. Both do the same.

  ──▶ the parent calls    ◀── the worker answers    ◀╌╌ the worker tells of an event
  `worker:` is the worker's own log
";

/// Runs the demonstration; tells whether it went well.
pub fn run() -> bool {
    let mut report = Report::new(Detail::Brief);
    if node::install(&mut report) {
        println!("{INTRODUCTION}");
        steps(&mut report, Screen::Show);
    }
    report.end()
}

/// Where the lines of the programs go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// To the standard output as they come.
    Show,
    /// Nowhere, unless the run fails.
    Hide,
}

/// The demonstration as steps of a report.
pub fn steps(report: &mut Report, screen: Screen) {
    // After the tests, the whole workspace is at hand as they built it; one package alone has other features.
    let packages: &[&str] = if screen == Screen::Show { &["--package", "textsearch"] } else { &["--workspace"] };
    if !report.run("build the example", Counting::Nothing, cargo().args(["build", "--bins"]).args(packages)) {
        return;
    }
    let built = target().join("debug");
    let mut rust = command(&built.join("textsearch-parent").to_string_lossy());
    rust.arg(root());
    let mut node = command("node");
    node.arg("examples/textsearch/parent.mjs").arg(built.join("textsearch-worker")).arg(root());
    let programs = [
        ("a Rust parent and the Rust worker", "rust", rust),
        ("a Node parent on @procwire/core and the Rust worker", "node", node),
    ];
    let mut results = Vec::new();
    for (title, parent, mut program) in programs {
        if screen == Screen::Show {
            println!("\n{title}\n");
        }
        report.check(title, || {
            let shown = show(&mut program, screen)?;
            results.push(shown.result(parent));
            if screen == Screen::Show {
                println!("\n  {}\n", shown.conclusion());
            }
            shown.adds_up()
        });
    }
    let path = target().join("xtask/demo.json");
    report.check("result as JSON", || write(&path, &Value::from(results)));
    if screen == Screen::Show {
        println!("\nthe result stands in {}", path.display());
    }
}

/// What a run said about itself.
struct Shown {
    time: Duration,
    lines: usize,
    parent: Frames,
    worker: Frames,
}

/// What one side counted on its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Frames {
    read: u64,
    written: u64,
}

impl Shown {
    fn result(&self, parent: &str) -> Value {
        let frames = |frames: Frames| json!({ "read": frames.read, "written": frames.written });
        json!({
            "parent": parent,
            "seconds": self.time.as_secs_f64(),
            "lines": self.lines,
            "frames": { "parent": frames(self.parent), "worker": frames(self.worker) },
        })
    }

    fn conclusion(&self) -> String {
        let Self { parent, worker, .. } = self;
        format!(
            "frames: parent wrote {}, worker read {}; worker wrote {}, parent read {}",
            parent.written, worker.read, worker.written, parent.read
        )
    }

    /// What one side wrote, the other has to have read.
    fn adds_up(&self) -> Result<(), String> {
        let Self { parent, worker, .. } = self;
        if parent.written == 0 || worker.written == 0 {
            return Err("one side wrote no frame".to_owned());
        }
        if parent.written != worker.read || worker.written != parent.read {
            return Err(format!("the sides do not agree: {}", self.conclusion()));
        }
        Ok(())
    }
}

/// Runs a parent, with what both sides print in one text.
fn show(program: &mut Command, screen: Screen) -> Result<Shown, String> {
    let start = Instant::now();
    let (reader, writer) = std::io::pipe().map_err(|error| error.to_string())?;
    let both = writer.try_clone().map_err(|error| error.to_string())?;
    let mut child =
        program.stdin(Stdio::null()).stdout(writer).stderr(both).spawn().map_err(|error| error.to_string())?;
    // The command holds the write ends; the pipe would never end otherwise.
    program.stdout(Stdio::null()).stderr(Stdio::null());
    let (mut text, mut parent, mut worker) = (String::new(), None, None);
    for line in BufReader::new(reader).lines() {
        let line = line.map_err(|error| error.to_string())?;
        if screen == Screen::Show {
            println!("  {line}");
        }
        text = format!("{text}  {line}\n");
        match counts(&line) {
            Some(("worker", frames)) => worker = Some(frames),
            Some((_, frames)) => parent = Some(frames),
            None => {}
        }
    }
    let output = if screen == Screen::Show { "" } else { &text };
    let status = child.wait().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("{output}the parent ended with {status}"));
    }
    let (Some(parent), Some(worker)) = (parent, worker) else {
        return Err(format!("{output}a side did not say how many frames it saw"));
    };
    Ok(Shown { time: start.elapsed(), lines: text.lines().count(), parent, worker })
}

/// `worker: 12 frames read, 345 frames written`.
fn counts(line: &str) -> Option<(&str, Frames)> {
    let (who, counts) = line.split_once(": ")?;
    let (read, written) = counts.split_once(" frames read, ")?;
    let written = written.strip_suffix(" frames written")?;
    Some((who, Frames { read: read.parse().ok()?, written: written.parse().ok()? }))
}

fn write(path: &Path, result: &Value) -> Result<(), String> {
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(path, format!("{result:#}\n")))
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Frames, Shown, counts};
    use std::time::Duration;

    #[test]
    fn counts_are_read_from_the_lines_that_tell_them() {
        let (who, frames) = counts("rust parent: 12 frames read, 345 frames written").unwrap();
        assert_eq!((who, frames.read, frames.written), ("rust parent", 12, 345));
        assert!(counts("worker: Info: the Rust parent is here").is_none());
    }

    #[test]
    fn a_frame_that_one_side_missed_is_noticed() {
        let shown = |read| Shown {
            time: Duration::ZERO,
            lines: 0,
            parent: Frames { read, written: 3 },
            worker: Frames { read: 3, written: 9 },
        };
        assert!(shown(9).adds_up().is_ok());
        assert!(shown(8).adds_up().is_err());
    }
}

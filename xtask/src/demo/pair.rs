//! One parent with one worker: what to start, and what came of it.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::workspace::{command, root, target};

/// The programs that call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    Rust,
    TypeScript,
    Python,
    /// The published package for Node.
    Published,
}

/// The programs that serve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    Rust,
    TypeScript,
    Python,
}

/// A parent and its worker.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub parent: Parent,
    pub worker: Worker,
}

/// Every pair, by parents.
pub fn all() -> impl Iterator<Item = Pair> {
    Parent::ALL.into_iter().flat_map(|parent| Worker::ALL.into_iter().map(move |worker| Pair { parent, worker }))
}

impl Parent {
    pub const ALL: [Self; 4] = [Self::Rust, Self::TypeScript, Self::Python, Self::Published];

    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
            Self::Published => "@procwire/core",
        }
    }

    fn command(self) -> Command {
        let example = root().join("examples/textsearch");
        match self {
            Self::Rust => command(&target().join("debug/textsearch-parent").to_string_lossy()),
            Self::TypeScript => with_argument("node", example.join("typescript/dist/parent.js")),
            Self::Python => with_argument(python(), example.join("python/parent.py")),
            Self::Published => with_argument("node", example.join("parent.mjs")),
        }
    }
}

impl Worker {
    pub const ALL: [Self; 3] = [Self::Rust, Self::TypeScript, Self::Python];

    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
        }
    }

    /// The command line, as a parent is given it.
    fn line(self) -> Vec<String> {
        let example = root().join("examples/textsearch");
        let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
        match self {
            Self::Rust => vec![text(target().join("debug/textsearch-worker"))],
            Self::TypeScript => vec!["node".to_owned(), text(example.join("typescript/dist/worker.js"))],
            Self::Python => vec![python(), text(example.join("python/worker.py"))],
        }
    }
}

/// The interpreter of the runtime's virtual environment.
fn python() -> String {
    root().join("runtime/python/.venv/bin/python").to_string_lossy().into_owned()
}

fn with_argument(program: impl AsRef<str>, argument: std::path::PathBuf) -> Command {
    let mut command = command(program.as_ref());
    command.arg(argument);
    command
}

impl Pair {
    /// Runs the parent with its worker; the lines that either prints are given out as they come.
    pub fn run(self, mut line_came: impl FnMut(&str)) -> Result<Shown, String> {
        let start = Instant::now();
        let mut program = self.parent.command();
        program.arg(root()).args(self.worker.line()).env("PYTHONPATH", root().join("runtime/python/src"));
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().map_err(|error| error.to_string())?;
        // The parent's own lines and those of the worker that it passes on: in one pipe they would cut into each other.
        let (came, coming) = mpsc::channel();
        let own = child.stdout.take().map(|pipe| pass_on(pipe, came.clone()));
        let passed = child.stderr.take().map(|pipe| pass_on(pipe, came));
        let (mut lines, mut parent, mut worker) = (Vec::new(), None, None);
        for line in coming {
            match counts(&line) {
                Some(("worker", frames)) => worker = Some(frames),
                Some((_, frames)) => parent = Some(frames),
                None => line_came(&line),
            }
            lines.push(line);
        }
        for reader in own.into_iter().chain(passed) {
            reader.join().map_err(|_| "a reader of the output broke")?.map_err(|error| error.to_string())?;
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("{}\nthe parent ended with {status}", lines.join("\n")));
        }
        let (Some(parent), Some(worker)) = (parent, worker) else {
            return Err(format!("{}\na side did not say how many frames it saw", lines.join("\n")));
        };
        Ok(Shown { time: start.elapsed(), lines, parent, worker })
    }
}

/// Gives out the lines of a pipe as they come.
fn pass_on(pipe: impl Read + Send + 'static, came: mpsc::Sender<String>) -> JoinHandle<std::io::Result<()>> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            // Whoever reads them goes on to the end.
            let _ = came.send(line?);
        }
        Ok(())
    })
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} parent and a {} worker", self.parent.name(), self.worker.name())
    }
}

/// What a run said about itself.
pub struct Shown {
    pub time: Duration,
    pub lines: Vec<String>,
    pub parent: Frames,
    pub worker: Frames,
}

/// What one side counted on its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frames {
    pub read: u64,
    pub written: u64,
}

impl Shown {
    pub fn frames(&self) -> u64 {
        self.parent.read + self.parent.written
    }

    pub fn conclusion(&self) -> String {
        let Self { parent, worker, .. } = self;
        format!(
            "frames: parent wrote {}, worker read {}; worker wrote {}, parent read {}",
            parent.written, worker.read, worker.written, parent.read
        )
    }

    /// What one side wrote, the other has to have read.
    pub fn adds_up(&self) -> Result<(), String> {
        let Self { parent, worker, .. } = self;
        if parent.written == 0 || worker.written == 0 {
            return Err("one side wrote no frame".to_owned());
        }
        if parent.written != worker.read || worker.written != parent.read {
            return Err(format!("the sides do not agree: {}", self.conclusion()));
        }
        Ok(())
    }

    /// Whether the parent says the same as another but for the times; the error is the first line that differs.
    pub fn says_what(&self, other: &Self) -> Result<(), String> {
        let (own, others) = (self.answers(), other.answers());
        let length = own.len().max(others.len());
        let line = |lines: &[&str], at: usize| lines.get(at).map_or("(nothing)", |line| *line).to_owned();
        match (0..length).find(|at| own.get(*at) != others.get(*at)) {
            Some(at) => Err(format!("  - {}\n  + {}", line(&others, at), line(&own, at))),
            None => Ok(()),
        }
    }

    /// The parent's lines without their times.
    fn answers(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line.split_once(" ms  ")).map(|(_, answer)| answer).collect()
    }
}

/// `worker: 12 frames read, 345 frames written`.
fn counts(line: &str) -> Option<(&str, Frames)> {
    let (who, counts) = line.split_once(": ")?;
    let (read, written) = counts.split_once(" frames read, ")?;
    let written = written.strip_suffix(" frames written")?;
    Some((who, Frames { read: read.parse().ok()?, written: written.parse().ok()? }))
}

#[cfg(test)]
mod tests {
    use super::{Frames, Shown, counts};
    use std::time::Duration;

    fn shown(read: u64, lines: &[&str]) -> Shown {
        Shown {
            time: Duration::ZERO,
            lines: lines.iter().map(ToString::to_string).collect(),
            parent: Frames { read, written: 3 },
            worker: Frames { read: 3, written: 9 },
        }
    }

    #[test]
    fn counts_are_read_from_the_lines_that_tell_them() {
        let (who, frames) = counts("parent: 12 frames read, 345 frames written").unwrap();
        assert_eq!((who, frames.read, frames.written), ("parent", 12, 345));
        assert!(counts("worker: Info: a parent in Rust is here").is_none());
    }

    #[test]
    fn a_frame_that_one_side_missed_is_noticed() {
        assert!(shown(9, &[]).adds_up().is_ok());
        assert!(shown(8, &[]).adds_up().is_err());
    }

    #[test]
    fn times_and_the_workers_own_lines_are_no_difference() {
        let first = shown(9, &["     1.0 ms  spawn  is ready", "worker: noise"]);
        assert_eq!(first.says_what(&shown(9, &["    12.5 ms  spawn  is ready"])), Ok(()));
        assert!(first.says_what(&shown(9, &["     1.0 ms  spawn  is late"])).is_err());
        assert!(first.says_what(&shown(9, &[])).is_err());
    }
}

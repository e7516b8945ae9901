//! One scenario with one pair of peers.

use std::path::Path;

/// A peer that a scenario can have on either side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The published packages.
    Real,
    /// Our Rust runtime.
    Rust,
}

/// A parent and a worker.
#[derive(Clone, Copy)]
pub struct Pair {
    parent: Peer,
    worker: Peer,
}

/// All pairs; the real pair is the control that the scenarios themselves are right.
pub const PAIRS: [Pair; 4] = [
    Pair { parent: Peer::Real, worker: Peer::Real },
    Pair { parent: Peer::Real, worker: Peer::Rust },
    Pair { parent: Peer::Rust, worker: Peer::Real },
    Pair { parent: Peer::Rust, worker: Peer::Rust },
];

impl Pair {
    /// The parent's name, then the worker's.
    pub fn name(self) -> &'static str {
        match (self.parent, self.worker) {
            (Peer::Real, Peer::Real) => "real-real",
            (Peer::Real, Peer::Rust) => "real-rust",
            (Peer::Rust, Peer::Real) => "rust-real",
            (Peer::Rust, Peer::Rust) => "rust-rust",
        }
    }
}

/// What to start, and what has to come of it.
pub struct Case {
    pub pair: &'static str,
    /// The parent's command line.
    pub parent: Vec<String>,
    /// The worker's command line, which the parent is told.
    pub worker: Vec<String>,
    pub expected: String,
    /// Whether files that stay behind are a fault.
    pub leaves_no_files: bool,
}

impl Case {
    /// The case, or the reason why its folder does not hold what it needs.
    pub fn new(root: &Path, scenario: &str, pair: Pair) -> Result<Self, String> {
        let folder = root.join("scenarios").join(scenario);
        let script = |name: &str| {
            let own = folder.join(name);
            let path = if own.exists() { own } else { root.join("node").join(name) };
            path.to_string_lossy().into_owned()
        };
        let parent = match pair.parent {
            Peer::Real => {
                needs(&folder, "parent.mjs")?;
                vec!["node".to_owned(), folder.join("parent.mjs").to_string_lossy().into_owned()]
            }
            Peer::Rust => {
                needs(&folder, "parent.rs")?;
                vec![env!("CARGO_BIN_EXE_interop-parent").to_owned(), scenario.to_owned()]
            }
        };
        let worker = match pair.worker {
            Peer::Real => vec!["node".to_owned(), script("child.mjs")],
            Peer::Rust => vec![env!("CARGO_BIN_EXE_interop-worker").to_owned(), scenario.to_owned()],
        };
        let expected = folder.join("expected.txt");
        let expected =
            std::fs::read_to_string(&expected).map_err(|error| format!("{}: {error}", expected.display()))?;
        Ok(Self { pair: pair.name(), parent, worker, expected, leaves_no_files: !leaves_files(&folder, pair) })
    }
}

/// The published child removes its socket only when a parent took it; others stand in `leaves-files.txt`.
fn leaves_files(folder: &Path, pair: Pair) -> bool {
    let listed = std::fs::read_to_string(folder.join("leaves-files.txt")).unwrap_or_default();
    pair.worker == Peer::Real || listed.lines().any(|line| line.starts_with(pair.name()))
}

fn needs(folder: &Path, file: &str) -> Result<(), String> {
    if folder.join(file).exists() {
        return Ok(());
    }
    Err(format!("{} has no {file}: write it, or list the pair in known-gaps.txt with the reason", folder.display()))
}

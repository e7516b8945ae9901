//! One scenario with one pair of peers.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

use super::pattern::matches;

/// What can stand on either side of a scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The published packages.
    Real,
    /// Our Rust runtime.
    Rust,
    /// Our TypeScript runtime.
    TypeScript,
    /// Our Python runtime.
    Python,
    /// Frames that the scenario makes by hand, since no runtime sends such.
    Raw,
}

/// The peers that a scenario has on a side unless it makes that side by hand.
const RUNTIMES: [Peer; 4] = [Peer::Real, Peer::Rust, Peer::TypeScript, Peer::Python];

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
            Self::Raw => "raw",
        }
    }
}

/// A parent and a worker.
#[derive(Clone, Copy)]
pub struct Pair {
    parent: Peer,
    worker: Peer,
}

impl Pair {
    /// Whether one of the two is this peer.
    pub fn has(self, peer: Peer) -> bool {
        self.parent == peer || self.worker == peer
    }
}

impl Display for Pair {
    /// The parent's name, then the worker's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.parent.name(), self.worker.name())
    }
}

/// A folder of `scenarios/`.
pub struct Scenario {
    pub name: String,
    folder: PathBuf,
}

/// A parent and a worker made by hand.
const RAW_PARENT: &str = "raw-parent.mjs";
const RAW_WORKER: &str = "raw-child.mjs";

impl Scenario {
    /// All scenarios, sorted.
    pub fn all(root: &Path) -> std::io::Result<Vec<Self>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(root.join("scenarios"))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                all.push(Self { name: entry.file_name().to_string_lossy().into_owned(), folder: entry.path() });
            }
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// The pairs that it runs with; the real pair is the control that the scenario itself is right.
    pub fn pairs(&self) -> Vec<Pair> {
        let side = |raw: &str| if self.has(raw) { vec![Peer::Raw] } else { RUNTIMES.to_vec() };
        let (parents, workers) = (side(RAW_PARENT), side(RAW_WORKER));
        parents.iter().flat_map(|&parent| workers.iter().map(move |&worker| Pair { parent, worker })).collect()
    }

    fn has(&self, file: &str) -> bool {
        self.folder.join(file).exists()
    }

    /// The path of a file that the scenario has to have.
    fn needs(&self, file: &str) -> Result<PathBuf, String> {
        if self.has(file) {
            return Ok(self.folder.join(file));
        }
        let folder = self.folder.display();
        Err(format!("{folder} has no {file}: write it, or list the pair in known-gaps.txt with the reason"))
    }

    /// The path of a worker, which is the one of all scenarios where none of them has its own.
    fn worker(&self, root: &Path, own: &str, common: &str) -> Result<PathBuf, String> {
        let special = ["child.mjs", "worker.rs", "worker.ts", "worker.py"].iter().any(|file| self.has(file));
        if special { self.needs(own) } else { Ok(root.join(common)) }
    }
}

/// What to start, and what has to come of it.
pub struct Case {
    pub pair: String,
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
    pub fn new(root: &Path, scenario: &Scenario, pair: Pair) -> Result<Self, String> {
        let parent = match pair.parent {
            Peer::Real => node(&scenario.needs("parent.mjs")?),
            Peer::Rust => {
                scenario.needs("parent.rs")?;
                vec![env!("CARGO_BIN_EXE_interop-parent").to_owned(), scenario.name.clone()]
            }
            Peer::TypeScript => node(&compiled(root, &scenario.needs("parent.ts")?)),
            Peer::Python => python(root, &scenario.needs("parent.py")?),
            Peer::Raw => node(&scenario.needs(RAW_PARENT)?),
        };
        let worker = match pair.worker {
            Peer::Real => node(&scenario.worker(root, "child.mjs", "node/child.mjs")?),
            Peer::Rust => {
                scenario.worker(root, "worker.rs", "src/desk.rs")?;
                vec![env!("CARGO_BIN_EXE_interop-worker").to_owned(), scenario.name.clone()]
            }
            Peer::TypeScript => node(&compiled(root, &scenario.worker(root, "worker.ts", "typescript/worker.ts")?)),
            Peer::Python => python(root, &scenario.worker(root, "worker.py", "python/worker.py")?),
            Peer::Raw => node(&scenario.needs(RAW_WORKER)?),
        };
        let expected = scenario.needs("expected.txt")?;
        let expected =
            std::fs::read_to_string(&expected).map_err(|error| format!("{}: {error}", expected.display()))?;
        let leaves_no_files = !leaves_files(&scenario.folder, pair);
        Ok(Self { pair: pair.to_string(), parent, worker, expected, leaves_no_files })
    }
}

fn node(script: &Path) -> Vec<String> {
    vec!["node".to_owned(), text(script)]
}

/// What `tsconfig.json` makes of a source file.
fn compiled(root: &Path, source: &Path) -> PathBuf {
    root.join("dist").join(source.strip_prefix(root).unwrap_or(source)).with_extension("js")
}

fn python(root: &Path, script: &Path) -> Vec<String> {
    vec![text(&root.join("../python/.venv/bin/python")), text(script)]
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The published child removes its socket only when a parent took it; others stand in `leaves-files.txt`.
fn leaves_files(folder: &Path, pair: Pair) -> bool {
    let listed = std::fs::read_to_string(folder.join("leaves-files.txt")).unwrap_or_default();
    let mut patterns = listed.lines().filter_map(|line| line.split_once(": ")).map(|(pattern, _)| pattern);
    matches!(pair.worker, Peer::Real | Peer::Raw) || patterns.any(|pattern| matches(pattern, &pair.to_string()))
}

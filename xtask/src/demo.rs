//! `cargo xtask demo`: one schema, a parent in each language with a worker in each, and the published parent.

mod pair;

use serde_json::{Value, json};

use self::pair::{Pair, Parent, Shown, Worker};
use crate::report::{Counting, Detail, Report};
use crate::workspace::{cargo, root, target};
use crate::{node, python};

const INTRODUCTION: &str = "
examples/textsearch/textsearch.ipc declares a service that searches text files: four methods, one of each kind
(result, stream, ack, none), an event, an error. It became Rust, TypeScript and Python. Each parent below
starts each worker and asks for the same on this repository's own files; the published @procwire/core, which
knows nothing of the schema, does so, too. Three of the twelve runs in full, then all:
";
/// The runs that are shown line by line; each language is once a parent and once a worker.
const IN_FULL: [Pair; 3] = [
    Pair { parent: Parent::Rust, worker: Worker::Python },
    Pair { parent: Parent::TypeScript, worker: Worker::Rust },
    Pair { parent: Parent::Python, worker: Worker::TypeScript },
];

/// Runs the demonstration; tells whether it went well.
pub fn run() -> bool {
    let mut report = Report::new(Detail::Brief);
    if node::install(&mut report) && node::build(&mut report) && python::install(&mut report) {
        println!("{INTRODUCTION}");
        steps(&mut report, Screen::Show);
    }
    report.end()
}

/// Where the lines of the programs go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// To the standard output.
    Show,
    /// Nowhere, unless the run fails.
    Hide,
}

/// The demonstration as steps of a report.
pub fn steps(report: &mut Report, screen: Screen) {
    // After the tests, the whole workspace is at hand as they built it; one package alone has other features.
    let packages: &[&str] = if screen == Screen::Show { &["--package", "textsearch"] } else { &["--workspace"] };
    if !report.run("build the Rust example", Counting::Nothing, cargo().args(["build", "--bins"]).args(packages)) {
        return;
    }
    let mut tsc = node::tool("tsc");
    tsc.arg("-p").arg(root().join("examples/textsearch/typescript"));
    if !report.run("build the TypeScript example", Counting::Nothing, &mut tsc) {
        return;
    }
    let mut runs: Vec<(Pair, Shown)> = Vec::new();
    let others = pair::all().filter(|pair| !IN_FULL.contains(pair));
    for pair in IN_FULL.into_iter().chain(others) {
        let is_shown = screen == Screen::Show && IN_FULL.contains(&pair);
        if is_shown {
            println!("\n{} parent, {} worker\n", pair.parent.name(), pair.worker.name());
        }
        let well = report.check(&format!("{} parent, {} worker", pair.parent.name(), pair.worker.name()), || {
            let shown = pair.run(|line| {
                if is_shown {
                    println!("  {line}");
                }
            })?;
            if is_shown {
                println!("\n  {}\n", shown.conclusion());
            }
            shown.adds_up()?;
            if let Some((first, expected)) = runs.first() {
                shown.says_what(expected).map_err(|line| format!("{line}\nother than with {first}"))?;
            }
            runs.push((pair, shown));
            Ok(())
        });
        if !well {
            return;
        }
    }
    if screen == Screen::Show {
        println!("\n{}", table(&runs));
    }
    let path = target().join("xtask/demo.json");
    let result: Value = runs.iter().map(|(pair, shown)| result(*pair, shown)).collect();
    report.check("result as JSON", || write(&path, &result));
    if screen == Screen::Show {
        println!("\nall twelve said the same, and each frame that one side wrote the other read; the figures stand in");
        println!("{}", path.display());
    }
}

/// A row for each parent, a column for each worker: from the start to the end, and the frames of both directions.
fn table(runs: &[(Pair, Shown)]) -> String {
    let cell = |parent, worker| match runs.iter().find(|(pair, _)| *pair == Pair { parent, worker }) {
        Some((_, shown)) => format!("{:5.0} ms, {:>5} frames", shown.time.as_secs_f64() * 1e3, shown.frames()),
        None => String::new(),
    };
    let row = |name: String, cells: [String; 3]| {
        let cells = cells.map(|cell| format!("{cell:<26}"));
        format!("  {name:<24}{}", cells.concat()).trim_end().to_owned()
    };
    let head = row("from start to end".to_owned(), Worker::ALL.map(|worker| format!("{} worker", worker.name())));
    let rows = Parent::ALL.map(|parent| {
        let name = format!("{} parent", parent.name());
        row(name, Worker::ALL.map(|worker| cell(parent, worker)))
    });
    format!("{head}\n{}", rows.join("\n"))
}

fn result(pair: Pair, shown: &Shown) -> Value {
    json!({
        "parent": pair.parent.name(),
        "worker": pair.worker.name(),
        "seconds": shown.time.as_secs_f64(),
        "lines": shown.lines,
        "frames": {
            "parent": { "read": shown.parent.read, "written": shown.parent.written },
            "worker": { "read": shown.worker.read, "written": shown.worker.written },
        },
    })
}

fn write(path: &std::path::Path, result: &Value) -> Result<(), String> {
    let folder = path.parent().map_or_else(std::path::PathBuf::new, std::path::Path::to_owned);
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(path, format!("{result:#}\n")))
        .map_err(|error| format!("{}: {error}", path.display()))
}

//! A schema of many files, of which one changes: what `check` and `watch` take for it.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::programs::Programs;
use crate::results::{Key, Results};

/// The section's name in the results.
pub const MODE: &str = "many files";
const MILLISECONDS: &str = "ms";
/// So many files.
const FILES: usize = 1_000;
/// The records of each file, of eight fields with docs.
const RECORDS: [usize; 2] = [2, 10];
/// Changes of one watch; the first is not counted.
const CHANGES: usize = 5;

/// `check`, and `watch` in each language, in rounds.
pub fn run(programs: &Programs, rounds: usize, results: &mut Results) -> Result<()> {
    let ipcgen = programs.path("ipcgen");
    for records in RECORDS {
        let folder = TempDir::new()?;
        write(folder.path(), records)?;
        let case = format!("{records} records each");
        for round in 0..rounds {
            eprintln!("many files: {case}, round {} of {rounds}", round + 1);
            change(folder.path(), records, round)?;
            let begin = Instant::now();
            let checked = Command::new(&ipcgen).args(["check", "all.ipc"]).current_dir(folder.path()).output()?;
            results.add(Key::new(MODE, "check", &case, &MILLISECONDS), milliseconds(begin));
            ensure!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        }
        for language in ["rust", "typescript", "python"] {
            let mut watch = Watch::new(&ipcgen, folder.path(), language)?;
            watch.round()?;
            for round in 0..=CHANGES {
                let begin = Instant::now();
                change(folder.path(), records, rounds + round)?;
                watch.written()?;
                if round > 0 {
                    let contestant = format!("watch, {language}");
                    results.add(Key::new(MODE, &contestant, &case, &MILLISECONDS), milliseconds(begin));
                }
                watch.round()?;
            }
        }
    }
    Ok(())
}

fn milliseconds(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

/// The file that is changed lies in the middle: others need it, and it needs others.
const CHANGED: usize = FILES / 2;

fn write(folder: &Path, records: usize) -> Result<()> {
    fs::create_dir(folder.join("acme"))?;
    for at in 0..FILES {
        fs::write(folder.join(format!("acme/p{at:04}.ipc")), package(at, records, "note"))?;
    }
    let uses: String = (0..FILES).map(|at| format!("use acme.p{at:04};\n")).collect();
    let last = FILES - 1;
    let all =
        format!("ipc 1;\npackage all;\n{uses}record All {{ last: p{last:04}.R0 }}\nservice S {{ get() -> All; }}\n");
    fs::write(folder.join("all.ipc"), all)?;
    Ok(())
}

fn change(folder: &Path, records: usize, round: usize) -> Result<()> {
    let text = package(CHANGED, records, &format!("note{round}"));
    fs::write(folder.join(format!("acme/p{CHANGED:04}.ipc")), text)?;
    Ok(())
}

/// A package that needs the one at half its number.
fn package(at: usize, records: usize, field: &str) -> String {
    let below = at.saturating_sub(1) / 2;
    let mut out = format!("ipc 1;\npackage acme.p{at:04};\n");
    if at > 0 {
        let _ = writeln!(out, "use acme.p{below:04};");
    }
    for record in 0..records {
        let other = if at > 0 { format!("p{below:04}.R{record}") } else { "string".to_owned() };
        let _ = write!(
            out,
            "\n/// Record {record} of package {at}.\nrecord R{record} {{\n  /// The number.\n  id: u64,\n  name: string,\n  score: f64,\n  \
             active: bool,\n  tags: list<string>,\n  {field}?: u32,\n  labels: map<string, string>,\n  other?: {other},\n}}\n"
        );
    }
    out
}

/// A running `ipcgen watch`.
struct Watch {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Watch {
    fn new(ipcgen: &Path, folder: &Path, language: &str) -> Result<Self> {
        let out = format!("out-{language}");
        let mut child = Command::new(ipcgen)
            .args(["watch", "all.ipc", "--lang", language, "--out", &out])
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()?;
        let said = BufReader::new(child.stderr.take().context("no standard error")?).lines();
        Ok(Self { child, said })
    }

    /// Reads on until it waits again.
    fn round(&mut self) -> Result<()> {
        self.until("watching ")
    }

    /// Reads on until a file is written.
    fn written(&mut self) -> Result<()> {
        self.until("wrote ")
    }

    fn until(&mut self, start: &str) -> Result<()> {
        loop {
            let line = self.said.next().context("ipcgen watch ended")??;
            if line.starts_with(start) {
                return Ok(());
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

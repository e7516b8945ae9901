//! Steps with names, times and counts; a failure is shown where it happens and named again at the end.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::workspace::target;

/// How much of a step's output is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Only of steps that failed.
    Brief,
    /// All of it, as it comes.
    Full,
}

/// What a step that ends well counts as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// One check.
    Once,
    /// The tests that its output reports.
    Tests,
    /// Nothing: it only prepares another step.
    Nothing,
}

struct Step {
    name: String,
    time: Duration,
    passed: usize,
    failed: usize,
    ignored: usize,
    failures: Vec<String>,
}

/// What ran so far.
pub struct Report {
    detail: Detail,
    steps: Vec<Step>,
}

impl Report {
    pub fn new(detail: Detail) -> Self {
        Self { detail, steps: Vec::new() }
    }

    /// Runs a command as a step; tells whether it succeeded.
    pub fn run(&mut self, name: &str, counting: Counting, command: &mut Command) -> bool {
        announce(name);
        let start = Instant::now();
        let (success, output) = match execute(command, self.detail) {
            Ok(done) => done,
            Err(error) => {
                let program = command.get_program().to_string_lossy().into_owned();
                (false, format!("`{program}` does not start: {error}\n"))
            }
        };
        let mut step = Step {
            name: name.to_owned(),
            time: start.elapsed(),
            passed: 0,
            failed: 0,
            ignored: 0,
            failures: Vec::new(),
        };
        if counting == Counting::Tests {
            let tally = Tally::read(&output);
            step.passed = tally.passed;
            step.failed = tally.failed;
            step.ignored = tally.ignored;
            step.failures = tally.failures;
        } else if success && counting == Counting::Once {
            step.passed = 1;
        }
        if !success && step.failed == 0 {
            // A build that breaks reports no test at all, and must not count as none failed.
            step.failed = 1;
        }
        if !success && self.detail == Detail::Brief {
            print_tail(name, &output);
        }
        self.finish(step);
        success
    }

    /// Counts a step that is no command.
    pub fn check(&mut self, name: &str, check: impl FnOnce() -> Result<(), String>) -> bool {
        announce(name);
        let start = Instant::now();
        let outcome = check();
        if let Err(message) = &outcome {
            println!("{message}");
        }
        let success = outcome.is_ok();
        self.finish(Step {
            name: name.to_owned(),
            time: start.elapsed(),
            passed: usize::from(success),
            failed: usize::from(!success),
            ignored: 0,
            failures: Vec::new(),
        });
        success
    }

    fn finish(&mut self, step: Step) {
        clear_line();
        println!("{}", line(&step));
        self.steps.push(step);
    }

    /// Prints the whole as a table; the last line holds the counts. Tells whether all is well.
    pub fn end(self) -> bool {
        let failed: usize = self.steps.iter().map(|step| step.failed).sum();
        let passed: usize = self.steps.iter().map(|step| step.passed).sum();
        let time: Duration = self.steps.iter().map(|step| step.time).sum();
        if failed > 0 {
            println!("\nfailed:");
            for step in self.steps.iter().filter(|step| step.failed > 0) {
                println!("  {}", step.name);
                for failure in &step.failures {
                    println!("    {failure}");
                }
            }
        }
        println!("\n{} steps in {:.1} s", self.steps.len(), time.as_secs_f64());
        println!("{passed} passed, {failed} failed");
        failed == 0
    }
}

fn line(step: &Step) -> String {
    let mark = if step.failed == 0 { "ok    " } else { "FAILED" };
    let mut counts = String::new();
    if step.passed + step.failed > 1 {
        counts = format!("  {} passed", step.passed);
        if step.failed > 0 {
            counts = format!("{counts}, {} failed", step.failed);
        }
        if step.ignored > 0 {
            counts = format!("{counts}, {} ignored", step.ignored);
        }
    }
    format!("{mark} {:<28} {:>7.1} s{counts}", step.name, step.time.as_secs_f64())
}

fn announce(name: &str) {
    if std::io::stdout().is_terminal() {
        print!("...    {name}");
        std::io::stdout().flush().ok();
    }
}

fn clear_line() {
    if std::io::stdout().is_terminal() {
        print!("\r\x1b[2K");
    }
}

/// What is worth reading of a failure; all of it goes to a file.
fn print_tail(name: &str, output: &str) {
    const SHOWN: usize = 600;
    clear_line();
    let is_noise = |line: &&str| {
        let line = line.trim_start();
        line.ends_with("... ok") || line.starts_with("Compiling ") || line.starts_with("Checking ")
    };
    let lines: Vec<&str> = output.lines().filter(|line| !is_noise(line)).collect();
    let left_out = lines.len().saturating_sub(SHOWN);
    for line in &lines[left_out..] {
        println!("  {line}");
    }
    let log = target().join("xtask").join(format!("{}.log", name.replace(['/', ' '], "-")));
    let written = std::fs::create_dir_all(target().join("xtask")).and_then(|()| std::fs::write(&log, output));
    if written.is_ok() {
        println!("  (all of it: {})", log.display());
    }
}

/// Runs a command to its end, with standard output and standard error in one text.
fn execute(command: &mut Command, detail: Detail) -> std::io::Result<(bool, String)> {
    let (reader, writer) = std::io::pipe()?;
    let mut child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // The command holds the write ends; the pipe would never end otherwise.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut text = String::new();
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        let line = String::from_utf8_lossy(&bytes);
        if detail == Detail::Full {
            print!("{line}");
        }
        text.push_str(&line);
        bytes.clear();
    }
    Ok((child.wait()?.success(), text))
}

/// What the output of test runs says.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
    failures: Vec<String>,
}

impl Tally {
    fn read(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            if let Some(counts) = line.trim_start().strip_prefix("test result: ") {
                for part in counts.split([';', '.']) {
                    let mut words = part.split_whitespace();
                    let (Some(number), Some(what)) = (words.next(), words.next()) else {
                        continue;
                    };
                    let Ok(number) = number.parse::<usize>() else {
                        continue;
                    };
                    match what {
                        "passed" => tally.passed += number,
                        "failed" => tally.failed += number,
                        "ignored" => tally.ignored += number,
                        _ => {}
                    }
                }
            } else if let Some(test) = line.strip_prefix("test ")
                && let Some(name) = test.strip_suffix(" ... FAILED")
            {
                tally.failures.push(name.trim_end().to_owned());
            } else if line.starts_with("error: test failed, to rerun pass")
                && tally.failures.is_empty()
                && tally.failed == 0
            {
                // A test binary that dies (abort, signal) prints no result line.
                tally.failures.push(line.to_owned());
            }
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn result_lines_of_all_binaries_are_added_up() {
        let tally = Tally::read(
            "running 2 tests\ntest a ... ok\ntest b::c ... FAILED\n\
             test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: ok. 40 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.10s\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.ignored), (41, 1, 3));
        assert_eq!(tally.failures, ["b::c"]);
    }

    #[test]
    fn a_binary_that_dies_is_named() {
        let tally = Tally::read("running 1 test\nerror: test failed, to rerun pass `-p x --lib`\n");
        assert_eq!((tally.passed, tally.failed), (0, 0));
        assert_eq!(tally.failures.len(), 1);
    }
}

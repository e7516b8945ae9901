//! Steps with names, times and counts; a failure is shown where it happens and named again at the end.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::tally::Tally;
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

/// A command to be run as a step.
pub struct Plan {
    name: String,
    counting: Counting,
    command: Command,
}

impl Plan {
    pub fn new(name: &str, counting: Counting, command: Command) -> Self {
        Self { name: name.to_owned(), counting, command }
    }
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
    start: Instant,
    steps: Vec<Step>,
}

impl Report {
    pub fn new(detail: Detail) -> Self {
        Self { detail, start: Instant::now(), steps: Vec::new() }
    }

    /// Runs a command as a step; tells whether it succeeded.
    pub fn run(&mut self, name: &str, counting: Counting, command: &mut Command) -> bool {
        announce(name);
        let done = Done::of(name, counting, command, self.detail);
        self.take(done)
    }

    /// Runs lanes side by side, each lane's steps one after the other.
    pub fn run_lanes<const N: usize>(&mut self, lanes: [Vec<Plan>; N]) {
        if self.detail == Detail::Full {
            // The outputs of several would be one tangle.
            for mut plan in lanes.into_iter().flatten() {
                self.run(&plan.name, plan.counting, &mut plan.command);
            }
            return;
        }
        let detail = self.detail;
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            for lane in lanes {
                let sender = sender.clone();
                scope.spawn(move || {
                    for mut plan in lane {
                        sender.send(Done::of(&plan.name, plan.counting, &mut plan.command, detail)).ok();
                    }
                });
            }
            drop(sender);
            for done in receiver {
                self.take(done);
            }
        });
    }

    fn take(&mut self, done: Done) -> bool {
        if !done.success && self.detail == Detail::Brief {
            print_tail(&done.step.name, &done.output);
        }
        self.finish(done.step);
        done.success
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
        if failed > 0 {
            println!("\nfailed:");
            for step in self.steps.iter().filter(|step| step.failed > 0) {
                println!("  {}", step.name);
                for failure in &step.failures {
                    println!("    {failure}");
                }
            }
        }
        println!("\n{} steps in {:.1} s", self.steps.len(), self.start.elapsed().as_secs_f64());
        println!("{passed} passed, {failed} failed");
        failed == 0
    }
}

/// A step that has ended.
struct Done {
    step: Step,
    success: bool,
    output: String,
}

impl Done {
    fn of(name: &str, counting: Counting, command: &mut Command, detail: Detail) -> Self {
        let start = Instant::now();
        let (success, output) = execute(command, detail).unwrap_or_else(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            (false, format!("`{program}` does not start: {error}\n"))
        });
        let mut tally = match counting {
            Counting::Tests => Tally::read(&output),
            Counting::Once => Tally { passed: usize::from(success), ..Tally::default() },
            Counting::Nothing => Tally::default(),
        };
        if !success && tally.failed == 0 {
            // A build that breaks reports no test at all, and must not count as none failed.
            tally.failed = 1;
        }
        let Tally { passed, failed, ignored, failures } = tally;
        let step = Step { name: name.to_owned(), time: start.elapsed(), passed, failed, ignored, failures };
        Self { step, success, output }
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

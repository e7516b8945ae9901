//! The project's own commands: `cargo xtask test`, `demo`, `fuzz` and parts of them.
//!
//! They need cargo, node, npm and python3 on the machine, and fetch the rest themselves.

mod demo;
mod fuzz;
mod node;
mod packages;
mod python;
mod report;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  demo                  workers in three languages search this repository, each driven by parents in three and by the published one
  setup                 installs what the others need: npm packages and a virtual environment, from lock files
  scripts [--verbose]   what is in TypeScript and Python: formatting, lints, types, tests
  packages [--verbose]  what is published, packed, installed and used from elsewhere
  test [--verbose]      formatting, lints, documentation, tests, scenarios, packages
  fuzz [--seconds N] [--seed N]
                        every fuzz target for N seconds (60), the same inputs first where the seed is the same
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let well = match arguments.as_slice() {
        ["demo"] => demo::run(),
        ["setup"] => test::setup(),
        ["scripts"] => test::scripts(report::Detail::Brief),
        ["scripts", "--verbose"] => test::scripts(report::Detail::Full),
        ["packages"] => test::packages(report::Detail::Brief),
        ["packages", "--verbose"] => test::packages(report::Detail::Full),
        ["test"] => test::run(report::Detail::Brief),
        ["test", "--verbose"] => test::run(report::Detail::Full),
        ["fuzz", options @ ..] if let Some(options) = fuzz::Options::read(options) => fuzz::run(&options),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

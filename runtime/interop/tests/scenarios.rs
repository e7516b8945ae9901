//! Every folder of `scenarios/` with every pair of peers, as a named case: `abort-call/real-rust` is the real
//! parent with our worker.
//!
//! A case passes when its parent prints what `expected.txt` says, which is the same for all pairs, and leaves no
//! process and no file behind. A pair that cannot run stands in `known-gaps.txt` with its reason.

mod runner;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use runner::{Case, Gaps, PAIRS, run};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenarios = match runner::folders(&root.join("scenarios")) {
        Ok(scenarios) => scenarios,
        Err(error) => {
            eprintln!("scenarios cannot be listed: {error}");
            return ExitCode::FAILURE;
        }
    };
    let gaps = match Gaps::read(&root.join("known-gaps.txt")) {
        Ok(gaps) => gaps,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let mut trials = Vec::new();
    for scenario in &scenarios {
        for pair in PAIRS {
            let case = Case::new(root, scenario, pair);
            let gap = gaps.reason(scenario, pair.name()).map(str::to_owned);
            let is_gap = gap.is_some();
            trials.push(
                Trial::test(format!("{scenario}/{}", pair.name()), move || {
                    // An ignored case that is asked for all the same runs, so that a gap can be looked at.
                    Ok(run(&case?)?)
                })
                .with_ignored_flag(is_gap),
            );
        }
    }
    let unknown = gaps.unknown(&scenarios);
    trials.push(Trial::test("every gap names a scenario", move || {
        if unknown.is_empty() { Ok(()) } else { Err(format!("known-gaps.txt names {unknown:?}").into()) }
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

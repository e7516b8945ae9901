//! Every folder of `scenarios/` with every pair of peers, as a named case: `abort-call/real-rust` is the real
//! parent with our worker.
//!
//! A case passes when its parent prints what `expected.txt` says, which is the same for all pairs, and leaves no
//! process and no file behind. A pair that cannot run stands in `known-gaps.txt` with its reason.

mod runner;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use runner::{Case, Gaps, Pair, Peer, Scenario, build_typescript, check_generated, run};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Many cases wait for a time to pass, and leave their core to others meanwhile.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads = arguments.test_threads.or(Some(2 * cores));
    match trials(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn trials(root: &'static Path) -> Result<Vec<Trial>, String> {
    let scenarios = Scenario::all(root).map_err(|error| format!("scenarios cannot be listed: {error}"))?;
    let gaps = Gaps::read(&root.join("known-gaps.txt"))?;
    let mut trials = Vec::new();
    let mut cases = Vec::new();
    for scenario in &scenarios {
        for pair in scenario.pairs() {
            let name = pair.to_string();
            let is_gap = gaps.hold(&scenario.name, &name);
            let case = Case::new(root, scenario, pair);
            // An ignored case that is asked for all the same runs, so that a gap can be looked at.
            let trial = Trial::test(format!("{}/{name}", scenario.name), move || judge(root, pair, case));
            trials.push(trial.with_ignored_flag(is_gap));
            cases.push((scenario.name.clone(), name));
        }
    }
    let unknown = gaps.unknown(&cases);
    trials.push(Trial::test("every gap names a case", move || {
        if unknown.is_empty() { Ok(()) } else { Err(format!("known-gaps.txt names {unknown:?}").into()) }
    }));
    let stubs = Trial::test("generated files are those of the schemas", move || Ok(check_generated(root)?));
    // There is a time before the first of them; the run says that the case was left out.
    let none_yet = !root.join("python/interop.py").exists();
    trials.push(stubs.with_ignored_flag(none_yet));
    Ok(trials)
}

fn judge(root: &Path, pair: Pair, case: Result<Case, String>) -> Result<(), Failed> {
    if pair.has(Peer::TypeScript) {
        build_typescript(root)?;
    }
    Ok(run(&case?)?)
}

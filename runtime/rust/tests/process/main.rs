//! The process plane with real processes: this executable is the parent, the worker and every stranger.
//!
//! A role in the environment makes it one of the others; without one it is the runner of the tests.

mod agreement;
mod answering;
mod blocking;
mod ends;
mod extensions;
mod leftovers;
mod liveness;
mod parent;
mod raw;
mod roles;
mod start;
mod worker;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The variable that says which role this process has.
pub const ROLE: &str = "PROCESS_TEST_ROLE";

fn main() -> ExitCode {
    if let Ok(role) = std::env::var(ROLE) {
        return roles::run(&role);
    }
    let tests = [
        leftovers::tests(),
        answering::tests(),
        blocking::tests(),
        start::tests(),
        worker::tests(),
        liveness::tests(),
        parent::tests(),
        ends::tests(),
        extensions::tests(),
        agreement::tests(),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests.into_iter().flatten().collect()).exit_code()
}

/// Makes trials of functions, each named after the function.
#[macro_export]
macro_rules! trials {
    ($($test:ident),* $(,)?) => {
        vec![$($crate::trial(concat!(module_path!(), "::", stringify!($test)), $test)),*]
    };
}

/// A test that fails by a panic.
fn trial(name: &str, test: fn()) -> Trial {
    let name = name.trim_start_matches("process::");
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

//! What a person is told who starts a worker in a shell.

use std::io::{IsTerminal, Write};

use super::builder::Worker;
use super::environment::Environment;

/// The exit status of wrong use.
const WRONG_USE: i32 = 2;

/// Whether no parent started this process: every parent gives a name and a pipe.
pub(super) fn is_by_hand(environment: &Environment) -> bool {
    environment.module_name.is_none() || std::io::stdin().is_terminal()
}

/// Says what this program is, and leaves: nothing could be served.
pub(super) fn explain_and_exit(worker: &Worker) -> ! {
    let names: Vec<&str> = worker.parts.services.iter().map(|bound| bound.service().name).collect();
    let program = std::env::args().next().unwrap_or_else(|| "this program".to_owned());
    let _ = writeln!(std::io::stderr(), "{}", explanation(&program, &names));
    std::process::exit(WRONG_USE)
}

fn explanation(program: &str, services: &[&str]) -> String {
    let services = match services {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    };
    format!(
        "{program}: this is a worker: it serves {services} to the program that starts it, over pipes, and has nothing to \
         say to a terminal; start that program instead (in Rust it says `spawn(Command::new(\"{program}\"))`)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_are_named_as_in_a_sentence() {
        assert!(explanation("desk", &["A"]).contains("serves A to"));
        assert!(explanation("desk", &["A", "B", "C"]).contains("serves A, B and C to"));
    }
}

//! The command line of procwire.
//!
//! Exit status: 0 where everything is well, 1 where something was found (an error in a schema, a stale file), 2 where
//! the command could not do its work (a wrong argument, a file that cannot be read or written).

mod approvals;
mod commands;
mod commit;
mod findings;
mod form;
mod ipc_text;
mod job;
mod json;
mod output;
mod plugin;
mod settings;
mod values;
mod worker;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::complain(&error);
            ExitCode::from(2)
        }
    }
}

//! `ipcgen completions`: a script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use crate::output::{self, Outcome};

/// Print the completion script of a shell
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  ipcgen completions bash > ~/.local/share/bash-completion/completions/ipcgen")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(&self) -> Result<Outcome, String> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "ipcgen", &mut script);
        output::result(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Clean)
    }
}

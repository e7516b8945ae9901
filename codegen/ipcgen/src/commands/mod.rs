//! The commands, one file each.

mod breaking;
mod build;
mod call;
mod check;
mod completions;
mod dump;
mod explain;
mod export;
mod fmt;
mod init;
mod inspect;
mod lint;
mod located;
mod watch;

use clap::{Parser, Subcommand};

use crate::output::{Color, Outcome};

/// Compiles procwire schemas.
#[derive(Debug, Parser)]
#[command(name = "ipcgen", version, about, long_about = None, after_help = "Example:\n  ipcgen build trading.ipc --lang rust --out src/generated")]
pub struct Cli {
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Build(build::Build),
    Watch(watch::Watch),
    Check(check::Check),
    Fmt(fmt::Fmt),
    Lint(lint::Lint),
    Breaking(breaking::Breaking),
    Call(call::Call),
    Inspect(inspect::Inspect),
    Explain(explain::Explain),
    Dump(dump::Dump),
    Export(export::Export),
    Completions(completions::Completions),
}

/// Runs a command; the error says why it could not do its work.
pub fn run(cli: Cli) -> Result<Outcome, String> {
    let color = cli.color;
    match cli.command {
        Command::Init(command) => command.run(),
        Command::Build(command) => command.run(color),
        Command::Watch(command) => command.run(color),
        Command::Check(command) => command.run(color),
        Command::Fmt(command) => command.run(color),
        Command::Lint(command) => command.run(color),
        Command::Breaking(command) => command.run(color),
        Command::Call(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Dump(command) => command.run(color),
        Command::Export(command) => command.run(color),
        Command::Completions(command) => command.run(),
    }
}

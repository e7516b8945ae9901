//! `ipcgen inspect`: prints what a worker speaks.

use clap::{Args, ValueEnum};
use procwire_idl::evolution::{Interface, Node};

use super::call::with_runtime;
use crate::ipc_text;
use crate::output::{self, Outcome};
use crate::worker::Worker;

/// Print the schema of a worker
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen inspect ./worker > worker.ipc\n  ipcgen inspect worker.py --format json   # what the worker answers to `$schema`\n\nNames are those on the wire; docs are not in it. A worker that does not know its schema, such as one of `@procwire/client`, has none to print: `ipcgen call WORKER` lists its methods."
)]
pub struct Inspect {
    /// The worker: a program with its arguments, or a `.js` or `.py` file
    worker: String,
    /// As a schema, or as JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The text of a schema, which compiles
    #[default]
    Ipc,
    /// The form that programs exchange
    Json,
}

impl Inspect {
    pub fn run(&self) -> Result<Outcome, String> {
        let interface = interface(&self.worker)?;
        output::result(&match self.format {
            Format::Ipc => ipc_text::schema(&interface),
            Format::Json => Node::from(&interface).json_lines(2) + "\n",
        })?;
        Ok(Outcome::Clean)
    }
}

/// What a worker says of itself. It is started for this, without answers to callbacks that it needs, and ended.
pub fn interface(worker: &str) -> Result<Interface, String> {
    with_runtime(async {
        let running = Worker::start_to_ask(worker).await?;
        let interface = running.interface.clone();
        running.end().await?;
        let interface = interface.ok_or_else(|| {
            format!(
                "the worker `{worker}` does not know its schema: it has no `$schema`; `ipcgen call` lists its methods"
            )
        })?;
        Ok((*interface).clone())
    })
}

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use crate::Workload;

/// What the driver tells a parent: `parent WORKLOAD MILLISECONDS ITEMS WORKER…`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What to do.
    pub workload: Workload,
    /// How long to measure; a third of it is spent on warming up before.
    pub measure: Duration,
    /// The length of the stream.
    pub items: u32,
    /// The worker's program.
    pub worker: PathBuf,
    /// Its arguments: a script, where the program is an interpreter.
    pub worker_args: Vec<OsString>,
}

impl Settings {
    /// Reads the arguments.
    pub fn from_args() -> anyhow::Result<Self> {
        let mut args = env::args_os().skip(1);
        let mut text = |what: &str| {
            let arg = args.next().with_context(|| format!("the argument {what} is missing"))?;
            arg.into_string().map_err(|_| anyhow::anyhow!("the argument {what} is no text"))
        };
        Ok(Self {
            workload: text("WORKLOAD")?.parse()?,
            measure: Duration::from_millis(text("MILLISECONDS")?.parse()?),
            items: text("ITEMS")?.parse()?,
            worker: args.next().context("the argument WORKER is missing")?.into(),
            worker_args: args.collect(),
        })
    }

    /// How long to warm up.
    #[must_use]
    pub fn warm_up(&self) -> Duration {
        self.measure / 3
    }

    /// The worker, ready to be started.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.worker);
        command.args(&self.worker_args);
        command
    }
}

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
    /// How long to measure.
    pub measure: Duration,
    /// How long to warm up before, at least; otherwise it is a third of the measuring.
    pub least_warm_up: Duration,
    /// The length of the stream.
    pub items: u32,
    /// The worker's program.
    pub worker: PathBuf,
    /// Its arguments: a script, where the program is an interpreter.
    pub worker_args: Vec<OsString>,
}

impl Settings {
    /// The variable with the milliseconds of [`Settings::least_warm_up`].
    pub const WARM_UP: &'static str = "BENCH_WARM_UP";

    /// Reads the arguments and the environment.
    pub fn from_args() -> anyhow::Result<Self> {
        let mut args = env::args_os().skip(1);
        let mut text = |what: &str| {
            let arg = args.next().with_context(|| format!("the argument {what} is missing"))?;
            arg.into_string().map_err(|_| anyhow::anyhow!("the argument {what} is no text"))
        };
        Ok(Self {
            workload: text("WORKLOAD")?.parse()?,
            measure: Duration::from_millis(text("MILLISECONDS")?.parse()?),
            least_warm_up: Duration::from_millis(match env::var(Self::WARM_UP) {
                Ok(milliseconds) => milliseconds.parse()?,
                Err(_) => 0,
            }),
            items: text("ITEMS")?.parse()?,
            worker: args.next().context("the argument WORKER is missing")?.into(),
            worker_args: args.collect(),
        })
    }

    /// How long to warm up.
    #[must_use]
    pub fn warm_up(&self) -> Duration {
        self.least_warm_up.max(self.measure / 3)
    }

    /// The worker, ready to be started.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.worker);
        command.args(&self.worker_args);
        command
    }
}

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use crate::Workload;

/// What the driver tells a parent: `parent WORKER WORKLOAD MILLISECONDS ITEMS`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The worker's program.
    pub worker: PathBuf,
    /// What to do.
    pub workload: Workload,
    /// How long to measure; a third of it is spent on warming up before.
    pub measure: Duration,
    /// The length of the stream.
    pub items: u32,
}

impl Settings {
    /// Reads the arguments.
    pub fn from_args() -> anyhow::Result<Self> {
        let mut args = env::args().skip(1);
        let mut next = |what: &str| args.next().with_context(|| format!("the argument {what} is missing"));
        Ok(Self {
            worker: next("WORKER")?.into(),
            workload: next("WORKLOAD")?.parse()?,
            measure: Duration::from_millis(next("MILLISECONDS")?.parse()?),
            items: next("ITEMS")?.parse()?,
        })
    }

    /// How long to warm up.
    #[must_use]
    pub fn warm_up(&self) -> Duration {
        self.measure / 3
    }
}

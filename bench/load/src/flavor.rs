use std::env;
use std::io;

use tokio::runtime::{Builder, Runtime};

/// How both processes of a pair run their runtime. The worker inherits it in the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// One thread, the form that our documents show.
    CurrentThread,
    /// Two worker threads, whatever the number of cores that the process may use.
    MultiThread,
}

impl Flavor {
    /// The variable that carries it.
    pub const VARIABLE: &'static str = "BENCH_FLAVOR";
    const MULTI: &'static str = "multi";

    /// What the driver asked for.
    #[must_use]
    pub fn from_env() -> Self {
        if env::var(Self::VARIABLE).is_ok_and(|value| value == Self::MULTI) {
            Self::MultiThread
        } else {
            Self::CurrentThread
        }
    }

    /// The variable's value.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Self::CurrentThread => "current",
            Self::MultiThread => Self::MULTI,
        }
    }

    /// A runtime of this kind.
    pub fn runtime(self) -> io::Result<Runtime> {
        match self {
            Self::CurrentThread => Builder::new_current_thread().enable_all().build(),
            Self::MultiThread => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
        }
    }
}

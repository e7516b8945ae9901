//! Why a child could not be started.

use std::fmt;
use std::process::ExitStatus;

use super::exit::{Exit, last_lines};
use crate::error::{Code, Error, Failure};

/// Why a child could not be started, with what is known of it.
pub struct SpawnError(Box<Parts>);

struct Parts {
    kind: SpawnErrorKind,
    worker: String,
    message: String,
    exit: Option<Exit>,
    stderr: Vec<String>,
}

/// At which step a start failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpawnErrorKind {
    /// The system could not start the program.
    Start,
    /// The child ended before it was ready.
    Ended,
    /// The child did not announce itself in time.
    Timeout,
    /// The child said itself why it cannot start.
    Refused,
    /// The child announced itself in a form that cannot be used.
    Malformed,
    /// The child does not serve what this program calls.
    Mismatch,
    /// The child's socket could not be reached.
    Connect,
}

impl SpawnError {
    #[cold]
    pub(crate) fn new(kind: SpawnErrorKind, worker: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            worker: worker.to_owned(),
            message: message.into(),
            exit: None,
            stderr: Vec::new(),
        }))
    }

    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.0.stderr.clone_from(&exit.stderr);
        self.0.exit = Some(exit);
        self
    }

    pub(crate) fn with_stderr(mut self, lines: Vec<String>) -> Self {
        self.0.stderr = lines;
        self
    }

    /// At which step the start failed.
    #[must_use]
    pub fn kind(&self) -> SpawnErrorKind {
        self.0.kind
    }

    /// How the child ended, where it ended by itself.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.0.exit.as_ref().and_then(Exit::status)
    }

    /// The number of the signal that ended the child, if one did.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.0.exit.as_ref().and_then(Exit::signal)
    }

    /// The last lines that the child wrote on stderr, the newest last.
    #[must_use]
    pub fn stderr(&self) -> &[String] {
        &self.0.stderr
    }
}

impl fmt::Display for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker `{}` could not be started: {}", self.0.worker, self.0.message)?;
        if let Some(status) = self.exit_status() {
            write!(f, ": {status}")?;
        }
        last_lines(f, &self.0.stderr)
    }
}

impl fmt::Debug for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnError")
            .field("kind", &self.0.kind)
            .field("worker", &self.0.worker)
            .field("message", &self.0.message)
            .field("exit", &self.0.exit)
            .field("stderr", &self.0.stderr)
            .finish()
    }
}

impl std::error::Error for SpawnError {}

impl<E> From<SpawnError> for Error<E> {
    fn from(error: SpawnError) -> Self {
        Self::Failure(Failure::new(Code::Unavailable, error.to_string()))
    }
}

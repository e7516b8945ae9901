//! How a child ended, in words that a person can act on.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// How a child process ended, with what it last wrote on stderr.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    pub(crate) status: Option<ExitStatus>,
    pub(crate) cause: Option<String>,
    pub(crate) stderr: Vec<String>,
}

impl Exit {
    /// The status that the system gave, if the child could be waited for.
    #[must_use]
    pub fn status(&self) -> Option<ExitStatus> {
        self.status
    }

    /// The exit code, if the child ended by itself.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.and_then(|status| status.code())
    }

    /// The number of the signal that ended the child, if one did.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.status.and_then(|status| status.signal())
    }

    /// Why this parent ended the child, if it did so by force: a lost heartbeat, a shutdown that took too long.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The last lines that the child wrote on stderr, the newest last.
    #[must_use]
    pub fn stderr(&self) -> &[String] {
        &self.stderr
    }

    /// Whether the child ended by itself with exit code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("its exit status is not known")?,
        }
        if let Some(cause) = &self.cause {
            write!(f, ", ended by its parent: {cause}")?;
        }
        last_lines(f, &self.stderr)
    }
}

/// Adds the last lines of stderr to a message.
pub(crate) fn last_lines(f: &mut fmt::Formatter<'_>, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    f.write_str("; its last lines on stderr:")?;
    lines.iter().try_for_each(|line| write!(f, "\n    {line}"))
}

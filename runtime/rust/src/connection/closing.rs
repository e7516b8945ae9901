//! The end of a connection.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::deadlines::Graces;
use super::running::Running;
use super::shared::{Role, Shared};
use crate::error::{Code, Failure};
use crate::frame::WireError;

/// Why a connection ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum CloseReason {
    /// The peer closed it, or is gone.
    Ended,
    /// The peer closed it inside a frame.
    Truncated,
    /// The system could not read or write any more.
    Broken(io::Error),
    /// The peer sent what the protocol does not allow.
    Protocol(WireError),
    /// This side closed it.
    Local(Failure),
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("the peer closed the connection"),
            Self::Truncated => f.write_str("the peer closed the connection inside a frame"),
            Self::Broken(error) => write!(f, "the connection broke: {error}"),
            Self::Protocol(error) => write!(f, "the peer broke the protocol: {error}"),
            Self::Local(failure) => f.write_str(failure.message()),
        }
    }
}

/// Fails all calls when it goes, unless somebody did so before with better words.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) shared: Arc<Shared>,
    pub(super) reason: Option<String>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let peer = match self.shared.role {
            Role::Parent => "child",
            Role::Child => "parent",
        };
        let reason = self.reason.as_deref().unwrap_or("its driver was dropped");
        let failure = Failure::new(Code::Unavailable, format!("the connection to the {peer} is over: {reason}"));
        self.shared.fail_all(&failure);
    }
}

/// A connection that has ended. Its calls wait until this says why they fail, or goes.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(super) reason: CloseReason,
    pub(super) running: Running,
    pub(super) graces: Graces,
    pub(super) guard: Guard,
}

impl Closed {
    /// Why it ended.
    pub(crate) fn reason(&self) -> &CloseReason {
        &self.reason
    }

    /// Ends every call with `failure`.
    pub(crate) fn fail_calls(&self, failure: &Failure) {
        self.guard.shared.fail_all(failure);
    }

    /// Lets the handlers that run in threads end, whose tokens have fired, for as long as those of an aborted call may; then
    /// ends them where they wait. One that blocks its thread goes on, and is heard no more.
    pub(crate) async fn end_handlers(mut self) {
        let shared = &self.guard.shared;
        let _ = tokio::time::timeout(shared.limits.cancel_grace, shared.handlers_ended()).await;
        self.graces.end_all();
        self.guard.shared.end_served();
    }

    /// Runs the handlers, whose tokens have fired, until the last has ended.
    pub(crate) async fn settle(&mut self) {
        self.running.finish().await;
        self.guard.shared.handlers_ended().await;
    }
}

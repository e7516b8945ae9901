//! A child that runs: what its clients share, and what is told of it at its end.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use procwire_idl::evolution::Interface;

use super::agreement::{self, Resolved};
use super::exit::Exit;
use super::process::{Process, State, Watched};
use super::reader::Mover;
use super::schema;
use super::spawn_error::SpawnError;
use super::start;
use crate::client::{Remote, RemoteMethod};
use crate::codec::Writer;
use crate::connection::{CloseReason, Closed, Connection, Counts, Driver, Extensions};
use crate::control::Init;
use crate::error::{Code, Error, Failure, NoError, Result};
use crate::service::builtin::{BUILTINS, HEALTH, Health};
use crate::service::{Handlers, ServiceDescriptor};

/// How long a child that lost its connection may take to end by itself, for the sake of its exit status.
const END_AFTER_LOSS: Duration = Duration::from_millis(80);
/// How long the system may take to end a child.
const END_BY_FORCE: Duration = Duration::from_secs(5);

/// The process behind a client. All clients of one process share it; it is ended when the last of them is dropped.
#[derive(Debug)]
pub struct Peer {
    pub(super) name: String,
    pub(super) process: Process,
    pub(super) connection: Connection,
    /// What moves the bytes where no runtime of the program does.
    pub(super) mover: Option<Mover>,
    pub(super) init: Init,
    pub(super) grace: Duration,
    pub(super) allow_missing: bool,
    /// The child's schema, where it was asked for.
    pub(super) schema: OnceLock<Interface>,
}

impl Peer {
    /// The name that the process goes by in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// What was read, written, dropped or went wrong on the connection so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.connection.counts()
    }

    /// How the process ended, if it did.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        exit(&self.process.lock())
    }

    /// What is in force between this program and the process.
    #[must_use]
    pub fn extensions(&self) -> Extensions {
        self.connection.shared().agreed().map_or(Extensions::NONE, |agreed| agreed.extensions)
    }

    /// What answers the callbacks of the process; handlers may be added and removed.
    #[must_use]
    pub fn callbacks(&self) -> Handlers {
        self.connection.shared().handlers().clone()
    }

    /// How the process is, by its own account. `unsupported` where it is no worker of ours.
    pub async fn health(&self) -> Result<Health> {
        let Some(found) = self.init.methods.get(HEALTH.0) else {
            let message = format!("worker `{}` has no method `{}`", self.name, HEALTH.0);
            return Err(Error::new(Code::Unsupported, message));
        };
        let methods = vec![RemoteMethod { id: Some(found.id), timeout: None }];
        let remote = Remote::new(self.connection.clone(), &BUILTINS, methods, Vec::new(), Arc::new(()));
        remote.call::<Health, NoError>(0, Writer::nil).await
    }

    /// Waits until the process has ended.
    pub async fn exited(&self) -> Exit {
        self.process.wait_for(exit).await
    }

    /// Ends the process: new calls fail, what runs may go on for the grace, and then it is ended by force.
    pub async fn shutdown(&self) -> Result<()> {
        self.refuse_calls();
        // What does not leave in the time of the grace would not be answered either.
        let _ = tokio::time::timeout(self.grace, self.connection.flush()).await;
        self.process.shutdown(self.grace);
        self.ended_in_order(&self.exited().await)
    }

    /// Waits in this thread until the process has ended.
    pub fn exited_blocking(&self) -> Exit {
        // Without an end of the time there is nothing but an exit.
        self.process.block_for(None, exit).unwrap_or_default()
    }

    /// Ends the process as [`Peer::shutdown`] does, and waits for it in this thread.
    pub fn shutdown_blocking(&self) -> Result<()> {
        self.refuse_calls();
        if let Some(mover) = &self.mover {
            // What does not leave in the time of the grace would not be answered either.
            mover.flush(&self.connection, self.grace);
        }
        self.process.shutdown(self.grace);
        self.ended_in_order(&self.exited_blocking())
    }

    fn refuse_calls(&self) {
        let message = format!("worker `{}` is shutting down", self.name);
        self.connection.refuse_calls(Failure::new(Code::Unavailable, message));
    }

    fn ended_in_order(&self, exit: &Exit) -> Result<()> {
        if exit.success() {
            return Ok(());
        }
        Err(Error::new(Code::Unavailable, format!("worker `{}` did not end in order: {exit}", self.name)))
    }

    /// What moves the bytes for the threads that wait; none where a runtime of the program does.
    pub(crate) fn mover(&self) -> Option<&Mover> {
        self.mover.as_ref()
    }

    pub(super) fn remote(
        self: &Arc<Self>,
        service: &'static ServiceDescriptor,
    ) -> std::result::Result<Remote, Vec<String>> {
        let resolved = agreement::resolve(&self.init, service, self.allow_missing)?;
        schema::clashes_with(self, service)?;
        Ok(self.remote_with(service, resolved))
    }

    pub(super) fn remote_with(self: &Arc<Self>, service: &'static ServiceDescriptor, resolved: Resolved) -> Remote {
        Remote::new(self.connection.clone(), service, resolved.methods, resolved.events, Arc::clone(self) as _)
    }
}

pub(super) fn exit(state: &State) -> Option<Exit> {
    state.exit.clone()
}

impl Remote {
    /// The process of this service.
    ///
    /// # Panics
    ///
    /// Never for a client that a builder started or that was attached to one.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        self.keep().downcast_ref().expect("a client that is not of a process is never handed out")
    }

    /// Another service of the same process.
    ///
    /// # Panics
    ///
    /// Never for a client that a builder started or that was attached to one.
    pub fn attach(&self, service: &'static ServiceDescriptor) -> std::result::Result<Self, SpawnError> {
        let keep = Arc::clone(self.keep());
        let peer = keep.downcast::<Peer>().expect("a client that is not of a process is never handed out");
        peer.remote(service).map_err(|mismatches| start::mismatched(&peer.process, &peer.name, &mismatches))
    }

    /// Ends the process, as [`Peer::shutdown`] does.
    pub async fn shutdown(&self) -> Result<()> {
        self.peer().shutdown().await
    }
}

/// Runs the connection, and tells those who wait how the child ended.
pub(super) async fn attend(driver: Driver, process: Arc<Watched>, name: String) -> Closed {
    let closed = driver.await;
    let failure = obituary(&process, closed.reason(), &name).await;
    closed.fail_calls(&failure);
    closed
}

/// Why nobody answers any more. Makes sure that the child has ended.
async fn obituary(process: &Watched, reason: &CloseReason, name: &str) -> Failure {
    let by_itself = match reason {
        CloseReason::Protocol(_) => None,
        _ => tokio::time::timeout(END_AFTER_LOSS, process.wait_for(exit)).await.ok(),
    };
    if by_itself.is_some() {
        return gone(name, reason, by_itself);
    }
    process.end_lost(reason.to_string());
    let ended = tokio::time::timeout(END_BY_FORCE, process.wait_for(exit)).await.ok();
    gone(name, reason, ended)
}

/// The same in this thread.
pub(crate) fn block_obituary(process: &Watched, reason: &CloseReason, name: &str) -> Failure {
    let block_for = |time: Duration| process.block_for(Some(Instant::now() + time), exit);
    let by_itself = match reason {
        CloseReason::Protocol(_) => None,
        _ => block_for(END_AFTER_LOSS),
    };
    let ended = by_itself.or_else(|| {
        process.end_lost(reason.to_string());
        block_for(END_BY_FORCE)
    });
    gone(name, reason, ended)
}

/// The failure of every call to a child that is gone.
pub(crate) fn gone(name: &str, reason: &CloseReason, exit: Option<Exit>) -> Failure {
    let message = match exit {
        Some(exit) => format!("worker `{name}` is gone: {exit}"),
        None => format!("worker `{name}` is gone: {reason}"),
    };
    Failure::new(Code::Unavailable, message)
}

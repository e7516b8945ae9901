//! A child process and the thread that keeps it company.
//!
//! The thread reads the child's stdout and stderr, keeps the heartbeat and the end's deadlines, and waits for the exit. It
//! belongs to no runtime, so that the async and the blocking parent share it and a busy runtime delays none of it.

use std::io::{self, Write};
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use rustix::pipe::PipeFlags;
use rustix::process::{Pid, Signal};
use tokio::sync::watch;

use super::exit::Exit;
use super::keeper::Keeper;
use super::tail::Tail;
use crate::control::{self, Init};

/// From SIGTERM to SIGKILL.
pub(crate) const TERM_TO_KILL: Duration = Duration::from_secs(1);
const STACK: usize = 256 * 1024;

/// Takes each piece of a child's stderr, instead of this process's own stderr.
pub(crate) type StderrSink = Box<dyn FnMut(&[u8]) + Send>;

/// How often a child is asked whether it is alive, and how long it may take to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heartbeat {
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
}

/// The first thing that a child says about its start.
#[derive(Clone, Debug)]
pub(crate) enum Start {
    Init(Init),
    /// An `$init` that cannot be used.
    BadInit(String),
    /// `$error`.
    Refused(String),
}

/// What is known of a child. Grows, and never changes what it once said.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) start: Option<Start>,
    pub(crate) exit: Option<Exit>,
    pub(crate) tail: Tail,
    /// Why it is ended by force.
    pub(crate) cause: Option<String>,
    pub(crate) heartbeat: Option<Heartbeat>,
    pub(crate) terminate_at: Option<Instant>,
    pub(crate) kill_at: Option<Instant>,
}

/// A child as everybody who watches it sees it.
#[derive(Debug)]
pub(crate) struct Watched {
    pid: Pid,
    state: Mutex<State>,
    changed: Condvar,
    /// Counts the changes, for those who wait on a runtime.
    version: watch::Sender<u64>,
    stdin: Mutex<Option<ChildStdin>>,
    wake: OwnedFd,
}

impl Watched {
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who wait that the state grew.
    pub(crate) fn announce(&self) {
        self.changed.notify_all();
        self.version.send_modify(|version| *version += 1);
    }

    /// Sends a signal, unless the child was waited for and its pid may be somebody else's.
    pub(crate) fn signal(&self, state: &State, signal: Signal) {
        if state.exit.is_none() {
            let _ = rustix::process::kill_process(self.pid, signal);
        }
    }

    /// Ends the child at once; its thread waits for it.
    pub(crate) fn kill(&self, cause: Option<String>) {
        let mut state = self.lock();
        if state.exit.is_none() && state.cause.is_none() {
            state.cause = cause;
        }
        self.signal(&state, Signal::KILL);
    }

    /// Waits on a runtime until `look` finds something.
    pub(crate) async fn wait_for<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut version = self.version.subscribe();
        loop {
            version.mark_unchanged();
            if let Some(found) = look(&self.lock()) {
                return found;
            }
            // The sender lives as long as this does.
            let _ = version.changed().await;
        }
    }

    /// Waits in this thread until `look` finds something or the time is over.
    pub(crate) fn block_for<T>(&self, until: Option<Instant>, mut look: impl FnMut(&State) -> Option<T>) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            state = match until {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.checked_duration_since(Instant::now())?;
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Begins to ask whether the child is alive.
    pub(crate) fn watch_over(&self, heartbeat: Heartbeat) {
        self.lock().heartbeat = Some(heartbeat);
        self.wake();
    }

    /// Asks the child to end; SIGTERM follows after `grace`, SIGKILL a second later.
    pub(crate) fn shutdown(&self, grace: Duration) {
        {
            let mut state = self.lock();
            let terminate_at = Instant::now() + grace;
            state.terminate_at = Some(terminate_at);
            state.kill_at = Some(terminate_at + TERM_TO_KILL);
        }
        self.wake();
        self.write(&control::print_shutdown(grace));
    }

    /// Ends a child that cannot be reached any more, unless it is about to end anyhow.
    pub(crate) fn end_lost(&self, cause: String) {
        let ends = self.lock().kill_at.is_some();
        if !ends {
            self.kill(Some(cause));
        }
    }

    /// Writes a control line.
    pub(crate) fn write(&self, line: &[u8]) {
        let mut stdin = self.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stdin) = stdin.as_mut() {
            // A child that is gone cannot hear; its exit says so.
            let _ = stdin.write_all(line);
        }
    }

    pub(crate) fn close_stdin(&self) {
        drop(self.stdin.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn wake(&self) {
        let _ = rustix::io::write(&self.wake, b"x");
    }
}

/// A running child. Dropping it kills the child.
#[derive(Debug)]
pub(crate) struct Process(Arc<Watched>);

impl Process {
    /// Starts a child with its three standard streams piped.
    pub(crate) fn spawn(command: &mut Command, stderr: Option<StderrSink>) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (woken, wake) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        // The thread comes first: a child without one could not be waited for.
        let (send, keeper) = mpsc::sync_channel::<Keeper>(1);
        std::thread::Builder::new()
            .name("procwire-child".to_owned())
            .stack_size(STACK)
            .spawn(move || keeper.recv().map(Keeper::run))?;
        let mut child = command.spawn()?;
        let (version, _) = watch::channel(0);
        let watched = Arc::new(Watched {
            pid: Pid::from_child(&child),
            state: Mutex::default(),
            changed: Condvar::new(),
            version,
            stdin: Mutex::new(child.stdin.take()),
            wake,
        });
        let keeper = Keeper::new(child, Arc::clone(&watched), woken, stderr)?;
        let _ = send.send(keeper);
        Ok(Self(watched))
    }

    /// The child for those who only watch it: they do not keep it alive.
    pub(crate) fn watched(&self) -> &Arc<Watched> {
        &self.0
    }
}

impl Deref for Process {
    type Target = Watched;

    fn deref(&self) -> &Watched {
        &self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill(None);
    }
}

/// The path of the child's socket, once it has said one.
pub(crate) fn socket(state: &State) -> Option<PathBuf> {
    match &state.start {
        Some(Start::Init(init)) => Some(PathBuf::from(&init.pipe)),
        _ => None,
    }
}

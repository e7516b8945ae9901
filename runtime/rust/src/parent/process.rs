//! A child process and the thread that keeps it company.
//!
//! The thread reads the child's stdout and stderr, keeps the heartbeat and the end's deadlines, and waits for the exit. It
//! belongs to no runtime, so that the async and the blocking parent share it and a busy runtime delays none of it.

use std::io::{self, Write};
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
const TERM_TO_KILL: Duration = Duration::from_secs(1);
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

#[derive(Debug)]
pub(crate) struct Shared {
    pid: Pid,
    state: Mutex<State>,
    changed: Condvar,
    /// Counts the changes, for those who wait on a runtime.
    version: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

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

    /// Ends the child at once.
    pub(crate) fn kill(&self, cause: Option<String>) {
        let mut state = self.lock();
        if state.cause.is_none() {
            state.cause = cause;
        }
        self.signal(&state, Signal::KILL);
    }
}

/// A running child. Dropping it kills the child.
#[derive(Debug)]
pub(crate) struct Process {
    shared: Arc<Shared>,
    stdin: Arc<Mutex<Option<ChildStdin>>>,
    wake: OwnedFd,
}

impl Process {
    /// Starts a child with its three standard streams piped.
    pub(crate) fn spawn(command: &mut Command, stderr: Option<StderrSink>) -> io::Result<Self> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (woken, wake) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        // The thread comes first: a child without one could not be waited for.
        let (send, keeper) = mpsc::sync_channel::<Keeper>(1);
        std::thread::Builder::new()
            .name("procwire-child".to_owned())
            .stack_size(STACK)
            .spawn(move || keeper.recv().map(Keeper::run))?;
        let mut child = command.spawn()?;
        let pid = Pid::from_child(&child);
        let stdin = Arc::new(Mutex::new(child.stdin.take()));
        let (version, _) = watch::channel(0);
        let shared = Arc::new(Shared {
            pid,
            state: Mutex::default(),
            changed: Condvar::new(),
            version,
        });
        let keeper = Keeper::new(
            child,
            Arc::clone(&shared),
            Arc::clone(&stdin),
            woken,
            stderr,
        )?;
        let _ = send.send(keeper);
        Ok(Self {
            shared,
            stdin,
            wake,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.shared.pid.as_raw_nonzero().get().unsigned_abs()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Waits on a runtime until `look` finds something.
    pub(crate) async fn wait_for<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut version = self.shared.version.subscribe();
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
    pub(crate) fn block_for<T>(
        &self,
        until: Option<Instant>,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            state = match until {
                None => self
                    .shared
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.checked_duration_since(Instant::now())?;
                    self.shared
                        .changed
                        .wait_timeout(state, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
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

    /// Ends the child at once; the thread waits for it.
    pub(crate) fn kill(&self, cause: Option<String>) {
        self.shared.kill(cause);
    }

    /// Ends the child by force if it has not ended by then.
    pub(crate) fn kill_at(&self, at: Instant, cause: &str) {
        let mut state = self.lock();
        if state.kill_at.is_none_or(|known| at < known) {
            state.kill_at = Some(at);
            if state.cause.is_none() {
                state.cause = Some(cause.to_owned());
            }
        }
        drop(state);
        self.wake();
    }

    fn write(&self, line: &[u8]) {
        let mut stdin = self.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stdin) = stdin.as_mut() {
            // A child that is gone cannot hear; its exit says so.
            let _ = stdin.write_all(line);
        }
    }

    fn wake(&self) {
        let _ = rustix::io::write(&self.wake, b"x");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.shared.kill(None);
    }
}

/// The path of the child's socket, once it has said one.
pub(crate) fn socket(state: &State) -> Option<PathBuf> {
    match &state.start {
        Some(Start::Init(init)) => Some(PathBuf::from(&init.pipe)),
        _ => None,
    }
}

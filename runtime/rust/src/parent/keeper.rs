//! The thread beside a child: one loop over its output, its clock and its exit, that nothing can block.

use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, ChildStderr, ChildStdout};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fmt, io};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use super::exit::Exit;
use super::passing::Passing;
use super::process::{Start, State, StderrSink, Watched, socket};
use crate::control::{self, Lines, Message, Piece};
use crate::worker::socket::remove_left_behind;

const READ: usize = 64 * 1024;
/// What is read after the exit: enough for the last lines, whoever else still holds the pipe.
const READS_AFTER_EXIT: usize = 16;

pub(crate) struct Keeper {
    child: Child,
    watched: Arc<Watched>,
    woken: OwnedFd,
    exited: OwnedFd,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    sink: Option<StderrSink>,
    passing: Passing,
    lines: Lines,
    pinged_at: Option<Instant>,
    next_ping: Option<Instant>,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").field("pid", &self.child.id()).finish_non_exhaustive()
    }
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each descriptor")]
struct Ready {
    exited: bool,
    woken: bool,
    stdout: bool,
    stderr: bool,
    own_stderr: bool,
}

impl Keeper {
    /// Takes a child that was just started. On an error the child is ended and waited for.
    pub(crate) fn new(
        mut child: Child,
        watched: Arc<Watched>,
        woken: OwnedFd,
        sink: Option<StderrSink>,
    ) -> io::Result<Self> {
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let prepared = (|| {
            for pipe in [stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd)].into_iter().flatten() {
                rustix::fs::fcntl_setfl(pipe, OFlags::NONBLOCK)?;
            }
            exit_descriptor(Pid::from_child(&child))
        })();
        let exited = match prepared {
            Ok(exited) => exited,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        Ok(Self {
            child,
            watched,
            woken,
            exited,
            stdout,
            stderr,
            sink,
            passing: Passing::default(),
            lines: Lines::default(),
            pinged_at: None,
            next_ping: None,
        })
    }

    pub(crate) fn run(mut self) {
        let mut buffer = vec![0; READ];
        loop {
            let ready = self.wait();
            if ready.woken {
                let _ = rustix::io::read(&self.woken, &mut [0; 64]);
            }
            // Answers are read before the clock is looked at: after a stop of this process they are there already.
            if ready.stdout {
                self.read_stdout(&mut buffer);
            }
            if ready.stderr {
                self.read_stderr(&mut buffer);
            }
            if ready.own_stderr {
                self.passing.write();
            }
            if ready.exited {
                break;
            }
            self.keep_time();
        }
        self.finish(&mut buffer);
    }

    fn wait(&self) -> Ready {
        let own_stderr = rustix::stdio::stderr();
        let mut polled = vec![PollFd::new(&self.exited, PollFlags::IN), PollFd::new(&self.woken, PollFlags::IN)];
        let mut add = |descriptor, flags| {
            polled.push(PollFd::from_borrowed_fd(descriptor, flags));
            polled.len() - 1
        };
        let stdout = self.stdout.as_ref().map(|pipe| add(pipe.as_fd(), PollFlags::IN));
        // While our own stderr takes nothing the child waits with its own, as it would with an inherited one.
        let wants = self.sink.is_some() || !self.passing.is_full();
        let stderr = self.stderr.as_ref().filter(|_| wants).map(|pipe| add(pipe.as_fd(), PollFlags::IN));
        let passing = (!self.passing.is_empty()).then(|| add(own_stderr, PollFlags::OUT));
        let timeout = self.next_time().map(|at| timespec(at.saturating_duration_since(Instant::now())));
        match rustix::event::poll(&mut polled, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            // Out of memory is all that is left, and passes.
            Err(_) => std::thread::yield_now(),
        }
        let is_ready = |index: Option<usize>| index.is_some_and(|index| !polled[index].revents().is_empty());
        Ready {
            exited: is_ready(Some(0)),
            woken: is_ready(Some(1)),
            stdout: is_ready(stdout),
            stderr: is_ready(stderr),
            own_stderr: is_ready(passing),
        }
    }

    /// Reads once; `false` where nothing is left for now.
    fn read_stdout(&mut self, buffer: &mut [u8]) -> bool {
        let Some(pipe) = &mut self.stdout else {
            return false;
        };
        let count = match pipe.read(buffer) {
            Ok(0) => {
                self.stdout = None;
                if let Some(line) = self.lines.finish() {
                    self.pass(&line, true);
                }
                return false;
            }
            Ok(count) => count,
            Err(error) => return error.kind() == io::ErrorKind::Interrupted,
        };
        let mut pieces = Vec::new();
        self.lines.push(&buffer[..count], |piece| pieces.push(piece));
        for piece in pieces {
            match piece {
                Piece::Overlong(part) => self.pass(&part, false),
                Piece::Line(line) => self.hear(&line),
            }
        }
        true
    }

    fn hear(&mut self, line: &[u8]) {
        let start = match control::parse(line) {
            Message::Init(init) => Start::Init(init),
            Message::BadInit(reason) => Start::BadInit(reason),
            Message::Error { message } => Start::Refused(message),
            Message::Pong => {
                self.pinged_at = None;
                return;
            }
            _ => {
                if !line.is_empty() {
                    self.pass(line, true);
                }
                return;
            }
        };
        let mut state = self.watched.lock();
        if state.start.is_none() {
            state.start = Some(start);
            drop(state);
            self.watched.announce();
        }
    }

    fn read_stderr(&mut self, buffer: &mut [u8]) -> bool {
        let Some(pipe) = &mut self.stderr else {
            return false;
        };
        let count = match pipe.read(buffer) {
            Ok(0) => {
                self.stderr = None;
                return false;
            }
            Ok(count) => count,
            Err(error) => return error.kind() == io::ErrorKind::Interrupted,
        };
        self.watched.lock().tail.push(&buffer[..count]);
        if !self.hand_over(&buffer[..count]) {
            self.passing.push(&buffer[..count]);
        }
        true
    }

    /// Passes on what is no control line.
    fn pass(&mut self, noise: &[u8], is_line: bool) {
        let mut bytes = noise.to_vec();
        if is_line {
            bytes.push(b'\n');
        }
        if !self.hand_over(&bytes) {
            self.passing.push_or_drop(&bytes);
        }
    }

    /// Gives output to whoever took it; false where nobody did, or did so with a panic.
    fn hand_over(&mut self, bytes: &[u8]) -> bool {
        let Some(sink) = &mut self.sink else { return false };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| sink(bytes))) {
            self.sink = None;
            // It may be of a type that panics again when it is dropped.
            std::mem::forget(panic);
        }
        true
    }

    fn next_time(&self) -> Option<Instant> {
        let state = self.watched.lock();
        let heartbeat = state.heartbeat.map(|heartbeat| match self.pinged_at {
            Some(at) => at + heartbeat.timeout,
            None => self.next_ping.unwrap_or_else(Instant::now),
        });
        [heartbeat, state.terminate_at, state.kill_at].into_iter().flatten().min()
    }

    fn keep_time(&mut self) {
        let now = Instant::now();
        let watched = Arc::clone(&self.watched);
        let mut state = watched.lock();
        if state.terminate_at.is_some_and(|at| now >= at) {
            state.terminate_at = None;
            self.watched.signal(&state, Signal::TERM);
        }
        if state.kill_at.is_some_and(|at| now >= at) {
            state.kill_at = None;
            self.end_by_force(&mut state, || "it did not end when asked to".to_owned());
        }
        let Some(heartbeat) = state.heartbeat else {
            return;
        };
        match self.pinged_at {
            Some(at) if now >= at + heartbeat.timeout => {
                state.heartbeat = None;
                self.end_by_force(&mut state, || format!("no answer to $ping within {:?}", heartbeat.timeout));
            }
            None if self.next_ping.is_none_or(|at| now >= at) => {
                drop(state);
                self.pinged_at = Some(now);
                self.next_ping = Some(now + heartbeat.interval);
                self.watched.write(&control::print_ping());
            }
            _ => {}
        }
    }

    fn end_by_force(&self, state: &mut State, cause: impl FnOnce() -> String) {
        state.cause.get_or_insert_with(cause);
        self.watched.signal(state, Signal::KILL);
    }

    fn finish(mut self, buffer: &mut [u8]) {
        for _ in 0..READS_AFTER_EXIT {
            let more = self.read_stdout(buffer);
            if !self.read_stderr(buffer) && !more {
                break;
            }
        }
        let socket = {
            let mut state = self.watched.lock();
            // Under the lock, so that nobody signals a pid that is free again.
            let status = self.child.wait().ok();
            state.exit = Some(Exit { status, cause: state.cause.clone(), stderr: state.tail.lines() });
            socket(&state)
        };
        if let Some(path) = socket {
            remove_left_behind(&path);
        }
        self.watched.close_stdin();
        self.watched.announce();
        self.passing.finish();
    }
}

/// A descriptor that is readable once the process has ended, which is still to be waited for.
fn exit_descriptor(pid: Pid) -> io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
        Ok(descriptor) => return Ok(descriptor),
        // Before Linux 5.3, and in sandboxes that filter system calls.
        Err(Errno::NOSYS | Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    exit_pipe(pid)
}

fn exit_pipe(pid: Pid) -> io::Result<OwnedFd> {
    use rustix::process::{WaitId, WaitIdOptions};

    let (exited, writer) = io::pipe()?;
    std::thread::Builder::new().name("procwire-exit".to_owned()).stack_size(64 * 1024).spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(rustix::process::waitid(WaitId::Pid(pid), options), Err(Errno::INTR)) {}
        drop(writer);
    })?;
    Ok(exited.into())
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}

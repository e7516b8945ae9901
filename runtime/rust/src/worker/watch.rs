//! The control thread: it answers `$ping`, hears the end of the parent, and ends a process that a handler blocks.
//!
//! It never waits for the runtime, takes no lock that a handler can hold, and so keeps its promises whatever handlers do.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::pipe::PipeFlags;
use tokio::sync::watch;

use super::socket::{self, SocketFolder};
use super::stdio::{ControlPlane, Output};
use crate::control::{self, Lines, Message, Piece, SHUTDOWN_GRACE};

/// From the loss of the parent to the end of the process, whatever handlers do.
const EXIT_AFTER_LOSS: Duration = Duration::from_millis(400);
/// A published parent says no grace and kills after 5 s; a clean end has to come before.
const GRACE_MARGIN: Duration = Duration::from_millis(500);
/// A grace over this is taken as this, since a deadline has to fit the clock.
const MAX_GRACE: Duration = Duration::from_secs(24 * 3600);
const STACK: usize = 128 * 1024;

/// Where the worker stands, as the control plane says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Running,
    /// No new calls; those that run may go on until then.
    Draining {
        until: Instant,
    },
    /// The parent is gone: nobody can get an answer.
    Leaving,
}

/// The folder of the socket, for whoever removes it first.
pub(crate) type Folder = Arc<Mutex<Option<SocketFolder>>>;

/// Drops the folder that a shared place holds.
pub(crate) fn remove_folder(folder: &Folder) {
    drop(folder.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// The async side's view of the control thread.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) phase: watch::Receiver<Phase>,
    output: Arc<Output>,
    data: Arc<Mutex<Option<OwnedFd>>>,
    wake: OwnedFd,
}

impl Watch {
    /// Starts the thread. `folder` is removed before a forced exit.
    pub(crate) fn start(plane: ControlPlane, folder: Folder) -> io::Result<Self> {
        let (sender, phase) = watch::channel(Phase::Running);
        let (woken, wake) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let (terminated, on_sigterm) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        signal_hook::low_level::pipe::register(signal_hook::consts::SIGTERM, on_sigterm)?;
        // Ctrl-C reaches the whole group; the parent decides what it means and says so on stdin.
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::default())?;
        let output = Arc::new(plane.output);
        let data = Arc::new(Mutex::new(None));
        let thread = Thread {
            input: Some(plane.input),
            output: Arc::clone(&output),
            phase: sender,
            lines: Lines::default(),
            terminated,
            woken: Some(woken),
            data: Arc::clone(&data),
            folder,
            exit_at: None,
        };
        std::thread::Builder::new()
            .name("procwire-control".to_owned())
            .stack_size(STACK)
            .spawn(move || thread.run())?;
        Ok(Self { phase, output, data, wake })
    }

    /// Writes a control line.
    pub(crate) fn write(&self, line: &[u8]) -> io::Result<()> {
        self.output.write(line)
    }

    /// From now on the loss of this socket ends the process too.
    pub(crate) fn data_plane(&self, socket: BorrowedFd<'_>) -> io::Result<()> {
        let socket = socket.try_clone_to_owned()?;
        self.set_data_plane(Some(socket));
        Ok(())
    }

    /// The data plane ended in order.
    pub(crate) fn data_plane_ended(&self) {
        self.set_data_plane(None);
    }

    fn set_data_plane(&self, socket: Option<OwnedFd>) {
        *self.data.lock().unwrap_or_else(PoisonError::into_inner) = socket;
        let _ = rustix::io::write(&self.wake, b"x");
    }
}

struct Thread {
    /// `None` after its end.
    input: Option<OwnedFd>,
    output: Arc<Output>,
    phase: watch::Sender<Phase>,
    lines: Lines,
    terminated: OwnedFd,
    /// `None` once nobody serves any more.
    woken: Option<OwnedFd>,
    data: Arc<Mutex<Option<OwnedFd>>>,
    folder: Folder,
    exit_at: Option<Instant>,
}

impl Thread {
    fn run(mut self) {
        socket::sweep();
        let mut data: Option<OwnedFd> = None;
        loop {
            let ready = self.wait(data.as_ref());
            if self.exit_at.is_some_and(|at| Instant::now() >= at) {
                remove_folder(&self.folder);
                std::process::exit(0);
            }
            if ready.input {
                self.read();
            }
            if ready.terminated {
                let _ = rustix::io::read(&self.terminated, &mut [0; 64]);
                self.terminate();
            }
            if ready.woken {
                self.wake();
                data = self.data.lock().unwrap_or_else(PoisonError::into_inner).take();
            }
            if ready.data_lost {
                // The driver sees the end by itself, after what is left in the socket; this is for one that is blocked.
                data = None;
                self.exit_by(Instant::now() + EXIT_AFTER_LOSS);
            }
        }
    }

    fn wait(&self, data: Option<&OwnedFd>) -> Ready {
        let mut polled = vec![PollFd::new(&self.terminated, PollFlags::IN)];
        let mut add = |descriptor, flags| {
            polled.push(PollFd::from_borrowed_fd(descriptor, flags));
            polled.len() - 1
        };
        let woken = self.woken.as_ref().map(|pipe| add(pipe.as_fd(), PollFlags::IN));
        // An input that ended would be ready for ever.
        let input = self.input.as_ref().map(|input| add(input.as_fd(), PollFlags::IN));
        // No flags ask for the end of the data plane alone.
        let data = data.map(|data| add(data.as_fd(), PollFlags::empty()));
        let timeout = self.exit_at.map(|at| timespec(at.saturating_duration_since(Instant::now())));
        match rustix::event::poll(&mut polled, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            // Out of memory is all that is left, and passes.
            Err(_) => std::thread::yield_now(),
        }
        let is_ready = |index: Option<usize>| index.is_some_and(|index| !polled[index].revents().is_empty());
        Ready {
            terminated: is_ready(Some(0)),
            woken: is_ready(woken),
            input: is_ready(input),
            data_lost: is_ready(data),
        }
    }

    fn wake(&mut self) {
        let ended = self.woken.as_ref().is_some_and(|pipe| rustix::io::read(pipe, &mut [0; 64]) == Ok(0));
        if ended {
            self.woken = None;
        }
    }

    fn read(&mut self) {
        let Some(input) = &self.input else { return };
        let mut bytes = [0; 4096];
        let count = match rustix::io::read(input, &mut bytes) {
            Ok(count) => count,
            Err(Errno::INTR | Errno::AGAIN) => return,
            Err(_) => 0,
        };
        if count == 0 {
            self.input = None;
            self.phase.send_replace(Phase::Leaving);
            self.exit_by(Instant::now() + EXIT_AFTER_LOSS);
            return;
        }
        let mut messages = Vec::new();
        self.lines.push(&bytes[..count], |piece| {
            if let Piece::Line(line) = piece {
                messages.push(control::parse(&line));
            }
        });
        for message in messages {
            match message {
                // A parent that does not read its pipe, or is gone, needs no answer.
                Message::Ping => drop(self.output.write(&control::print_pong())),
                Message::Shutdown { grace } => self.shutdown(grace),
                _ => {}
            }
        }
    }

    fn shutdown(&mut self, grace: Option<Duration>) {
        let grace = grace.unwrap_or(SHUTDOWN_GRACE.saturating_sub(GRACE_MARGIN)).min(MAX_GRACE);
        let until = Instant::now() + grace;
        self.phase.send_if_modified(|phase| {
            let begins = *phase == Phase::Running;
            if begins {
                *phase = Phase::Draining { until };
            }
            begins
        });
        self.exit_by(until + EXIT_AFTER_LOSS);
    }

    /// The first SIGTERM is `$shutdown`; one that comes while calls still end asks to end now.
    fn terminate(&mut self) {
        if *self.phase.borrow() == Phase::Running {
            self.shutdown(None);
        } else {
            self.phase.send_replace(Phase::Leaving);
            self.exit_by(Instant::now() + EXIT_AFTER_LOSS);
        }
    }

    fn exit_by(&mut self, at: Instant) {
        self.exit_at = Some(self.exit_at.map_or(at, |known| known.min(at)));
    }
}

#[expect(clippy::struct_excessive_bools, reason = "one for each descriptor")]
struct Ready {
    input: bool,
    terminated: bool,
    woken: bool,
    data_lost: bool,
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}

//! What a child prints, on its way to this process's own stderr.
//!
//! Nothing here waits: a stderr that nobody reads must not stop the thread that hears the child.

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

const ROOM: usize = 64 * 1024;
/// A pipe that is ready takes this much without waiting.
const WRITE: usize = 4096;
/// How long the last words of a child that ended may take.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Bytes that wait for stderr.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    waiting: Vec<u8>,
    dropped: usize,
    /// Nobody can read our stderr any more.
    deaf: bool,
}

impl Passing {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= ROOM
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if !self.deaf {
            self.waiting.extend_from_slice(bytes);
        }
    }

    /// For what comes beside control lines, which have to be read on.
    pub(crate) fn push_or_drop(&mut self, bytes: &[u8]) {
        if self.is_full() {
            self.dropped += bytes.len();
            return;
        }
        if self.dropped > 0 {
            let note = format!("[procwire: {} bytes of a child's output were dropped here]\n", self.dropped);
            self.dropped = 0;
            self.push(note.as_bytes());
        }
        self.push(bytes);
    }

    /// Writes what stderr takes at once; it was found ready.
    pub(crate) fn write(&mut self) {
        let length = self.waiting.len().min(WRITE);
        match rustix::io::write(rustix::stdio::stderr(), &self.waiting[..length]) {
            Ok(count) => drop(self.waiting.drain(..count)),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => {
                self.deaf = true;
                self.waiting.clear();
            }
        }
    }

    /// Writes the rest, as far as somebody reads it.
    pub(crate) fn finish(&mut self) {
        let until = Instant::now() + LAST_WORDS;
        while !self.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
            let stderr = rustix::stdio::stderr();
            let mut polled = [PollFd::from_borrowed_fd(stderr, PollFlags::OUT)];
            match rustix::event::poll(&mut polled, Some(&timeout)) {
                Ok(0) => return,
                Ok(_) => self.write(),
                Err(rustix::io::Errno::INTR) if !left.is_zero() => {}
                Err(_) => return,
            }
        }
    }
}

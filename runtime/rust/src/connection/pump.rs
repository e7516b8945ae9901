//! A connection without a runtime: whoever waits for an answer writes and reads in its own thread.
//!
//! One of the threads that wait reads for all of them; when it has what it waited for, the next one does. A call in a
//! program of one thread is one write and one read.

use std::fmt;
use std::future::Future;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{Thread, ThreadId};
use std::time::Duration;

use rustix::net::RecvFlags;
use tokio::time::Instant;

use super::closing::CloseReason;
use super::event_context::EventContext;
use super::extensions::Extensions;
use super::outbox::Writing;
use super::park::{Parker, with_parker};
use super::shared::Shared;
use super::spin::Spin;
use crate::error::Failure;
use crate::frame::{Decoder, Flags, Frame, WireError, id};

/// Bytes that one read may bring.
const CHUNK: usize = 64 * 1024;
/// How long a write may wait before deadlines are looked at.
const WRITE_WAIT: Duration = Duration::from_millis(100);
/// The shortest wait of a read.
const LEAST_WAIT: Duration = Duration::from_millis(1);

/// Says why a connection that is over is so, for all who wait on it.
pub(crate) type Obituary = Box<dyn Fn(&CloseReason) -> Failure + Send + Sync>;

/// Moves the bytes of one connection.
pub(crate) struct Pump {
    shared: Arc<Shared>,
    stream: UnixStream,
    incoming: Mutex<Incoming>,
    outgoing: Mutex<Writing>,
    queue: Mutex<Queue>,
    obituary: Obituary,
}

impl fmt::Debug for Pump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pump").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// The reading half, which belongs to one thread at a time.
struct Incoming {
    decoder: Decoder,
    scratch: Vec<u8>,
    wakers: Vec<Waker>,
    spin: Spin,
    /// What the system was told that a read may wait.
    wait: Option<Duration>,
    closed: bool,
}

/// Who reads, and who waits for somebody to read.
#[derive(Default)]
struct Queue {
    leader: Option<ThreadId>,
    waiting: Vec<Thread>,
}

impl Pump {
    pub(super) fn new(stream: UnixStream, shared: Arc<Shared>, spin: bool, obituary: Obituary) -> io::Result<Self> {
        stream.set_write_timeout(Some(WRITE_WAIT))?;
        let mut decoder = Decoder::new(shared.limits().payload);
        if shared.agreed_on(Extensions::META) {
            decoder.allow_metadata();
        }
        let incoming = Incoming {
            decoder,
            scratch: vec![0; CHUNK],
            wakers: Vec::new(),
            spin: Spin::new(spin),
            wait: None,
            closed: false,
        };
        Ok(Self {
            shared,
            stream,
            incoming: Mutex::new(incoming),
            outgoing: Mutex::default(),
            queue: Mutex::default(),
            obituary,
        })
    }

    /// Whether this thread reads at this moment, so that a function of the user that it calls must not wait for the peer.
    pub(crate) fn is_led_here(&self) -> bool {
        lock(&self.queue).leader == Some(std::thread::current().id())
    }

    /// Runs `future` in this thread, with everything that it waits for on this connection.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        with_parker(|parker, waker| self.move_for(future, parker, waker))
    }

    fn move_for<F: Future>(&self, future: F, parker: &Parker, waker: &Waker) -> F::Output {
        let mut future = pin!(future);
        let mut followed = false;
        let output = loop {
            parker.rest();
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(waker)) {
                break output;
            }
            self.flush(parker);
            if parker.is_woken() {
                continue;
            }
            if self.lead() {
                while !parker.is_woken() && self.read() {}
                self.abdicate();
            } else {
                followed = true;
                self.follow(parker);
            }
        };
        if followed {
            // Whoever was called to lead and has its answer already calls the next.
            self.call_next(&lock(&self.queue));
        }
        // An abort, or the request of a method without an answer.
        self.flush(parker);
        output
    }

    /// Takes the lead where nobody has it; queues this thread otherwise.
    fn lead(&self) -> bool {
        let mut queue = lock(&self.queue);
        if queue.leader.is_some() {
            queue.waiting.push(std::thread::current());
            return false;
        }
        queue.leader = Some(std::thread::current().id());
        true
    }

    fn abdicate(&self) {
        let mut queue = lock(&self.queue);
        queue.leader = None;
        self.call_next(&queue);
    }

    #[expect(clippy::unused_self, reason = "the queue is this pump's")]
    fn call_next(&self, queue: &Queue) {
        if queue.leader.is_none()
            && let Some(next) = queue.waiting.first()
        {
            next.unpark();
        }
    }

    /// Waits until another thread has read something for this one, or calls it to lead.
    fn follow(&self, parker: &Parker) {
        // The leader may wait for longer than this call may take.
        let until = self.earliest();
        match until {
            None if !parker.is_woken() => std::thread::park(),
            Some(at) if !parker.is_woken() => {
                std::thread::park_timeout(at.saturating_duration_since(Instant::now()).max(LEAST_WAIT));
                self.expire();
            }
            _ => {}
        }
        let own = std::thread::current().id();
        lock(&self.queue).waiting.retain(|thread| thread.id() != own);
    }

    fn earliest(&self) -> Option<Instant> {
        self.shared.lock().calls.earliest()
    }

    /// Fails what took too long.
    fn expire(&self) {
        let now = Instant::now();
        let due = self.earliest().is_some_and(|at| at <= now);
        if due {
            let mut wakers = Vec::new();
            self.shared.expire_calls(now, &mut wakers);
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    /// Writes what waits, unless the call of this thread ends before.
    fn flush(&self, parker: &Parker) {
        let mut writing = lock(&self.outgoing);
        loop {
            if writing.is_empty() {
                let mut state = self.shared.lock();
                if state.outbox.is_empty() {
                    return;
                }
                writing.take(&mut state.outbox);
            }
            match writing.with_slices(|slices| (&self.stream).write_vectored(slices)) {
                Ok(count) => {
                    writing.advance(count);
                    let room = self.shared.wrote(&mut self.shared.lock(), count);
                    if room {
                        self.shared.tell_room();
                    }
                    self.shared.progressed();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.expire();
                    if parker.is_woken() {
                        return;
                    }
                }
                Err(_) => {
                    // What the peer sent before is read; then reading finds the end.
                    let _ = self.stream.shutdown(std::net::Shutdown::Both);
                    *writing = Writing::default();
                    return;
                }
            }
        }
    }

    /// One read, and all whole frames that are there afterwards. False once there is nothing to read any more.
    fn read(&self) -> bool {
        let mut incoming = lock(&self.incoming);
        if incoming.closed {
            return false;
        }
        let until = self.earliest();
        let reason = match incoming.read(&self.stream, until) {
            Ok(0) if incoming.decoder.buffered() > 0 => CloseReason::Truncated,
            Ok(0) => CloseReason::Ended,
            Ok(count) => match incoming.dispatch(&self.shared, count) {
                Ok(()) => return true,
                Err(error) => CloseReason::Protocol(error),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.expire();
                return true;
            }
            Err(error) => CloseReason::Broken(error),
        };
        incoming.closed = true;
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        let failure = (self.obituary)(&reason);
        self.shared.fail_all(&failure);
        false
    }
}

impl Incoming {
    fn read(&mut self, stream: &UnixStream, until: Option<Instant>) -> io::Result<usize> {
        self.spin.sent();
        let outcome = self.receive(stream, until);
        self.spin.found();
        outcome
    }

    fn receive(&mut self, stream: &UnixStream, until: Option<Instant>) -> io::Result<usize> {
        while self.spin.begin(|| true) {
            match rustix::net::recv(stream, &mut self.scratch[..], RecvFlags::DONTWAIT) {
                Ok((read, _)) => return Ok(read),
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) if self.spin.go_on() => {}
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.limit_wait(stream, until)?;
        let outcome = (&*stream).read(&mut self.scratch);
        if matches!(&outcome, Err(error) if error.kind() == io::ErrorKind::WouldBlock) {
            // It was too early, or the wait that suited an earlier call.
            self.set_wait(stream, until.map(power_of_two_below))?;
        }
        outcome
    }

    /// Makes sure that a read does not wait beyond `until`. A wait that is shorter costs one turn more, and most calls
    /// no system call.
    fn limit_wait(&mut self, stream: &UnixStream, until: Option<Instant>) -> io::Result<()> {
        let Some(until) = until else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if self.wait.is_some_and(|wait| wait <= left.max(LEAST_WAIT)) {
            return Ok(());
        }
        self.set_wait(stream, Some(power_of_two_below(until)))
    }

    fn set_wait(&mut self, stream: &UnixStream, wait: Option<Duration>) -> io::Result<()> {
        if self.wait != wait {
            stream.set_read_timeout(wait)?;
            self.wait = wait;
        }
        Ok(())
    }

    fn dispatch(&mut self, shared: &Shared, count: usize) -> Result<(), WireError> {
        self.decoder.push(&self.scratch[..count]);
        let mut frames = 0;
        let end = self.deliver(shared, &mut frames);
        self.wakers.drain(..).for_each(Waker::wake);
        shared.counters().frames_read.add(frames);
        end
    }

    fn deliver(&mut self, shared: &Shared, frames: &mut u64) -> Result<(), WireError> {
        let mut state = None;
        while let Some(Frame { header, payload }) = self.decoder.next_frame()? {
            *frames += 1;
            if header.flags.contains(Flags::RESPONSE) {
                let state = state.get_or_insert_with(|| shared.lock());
                shared.deliver(state, header, payload, &mut self.wakers);
                continue;
            }
            match header.id {
                // This side serves nothing, so that no stream of it can be given credit.
                id::ABORT | id::AUTHENTICATE => continue,
                id::CREDIT if shared.agreed_on(Extensions::CREDIT) => continue,
                id::HELLO => return Err(WireError::Hello("came to a parent")),
                id if id >= id::RESERVED => return Err(WireError::ReservedId { id }),
                _ => {}
            }
            let context = EventContext::of(header, &payload, 0..payload.len(), shared.counters())?;
            let Some((context, range)) = context else { continue };
            let payload = if range.start == 0 { payload } else { payload.slice(range) };
            let state = state.get_or_insert_with(|| shared.lock());
            shared.publish(state, header, &payload, &context, false, &mut self.wakers);
        }
        drop(state);
        shared.fault().map_or(Ok(()), Err)
    }
}

/// The longest power of two of milliseconds that ends before `until`.
fn power_of_two_below(until: Instant) -> Duration {
    let left = until.saturating_duration_since(Instant::now()).as_millis();
    let left = u64::try_from(left).unwrap_or(u64::MAX);
    Duration::from_millis(1 << left.max(1).ilog2().min(30))
}

/// No code of a user runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

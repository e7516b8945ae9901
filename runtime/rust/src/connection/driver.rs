//! The one task of a connection: it reads, starts and runs handlers, and writes.
//!
//! Reading and writing never wait for each other, since a peer that does the same could wait for ever.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::net::UnixStream;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::Instant;

use super::Handling;
use super::answers::Lent;
use super::closing::{CloseReason, Closed, Guard};
use super::deadlines::Alarm;
use super::event_context::EventContext;
use super::extensions::{Agreed, Extensions};
use super::hello::Hello;
use super::listeners::{Listener, Listeners};
use super::outbox::Writing;
use super::serving::Serving;
use super::shared::{Intake, Role, Shared};
use super::socket::Socket;
use super::spin::Spin;
use crate::frame::{Batch, Decoder, Flags, WireError, id};

/// An answer from this length on is a slice of what was read in any case.
const SLICED: usize = 4096;
/// Answers that may be slices while nobody takes them.
const UNTAKEN: usize = 64;
/// Rounds of reading and writing before other tasks have their turn.
const TURNS: usize = 16;

/// Runs a connection until it ends.
#[derive(Debug)]
#[must_use = "nothing happens on a connection before its driver runs"]
pub(crate) struct Driver {
    stream: Socket,
    shared: Arc<Shared>,
    decoder: Decoder,
    writing: Writing,
    serving: Serving,
    spin: Spin,
    alarm: Alarm,
    listeners: Listeners,
    wakers: Vec<Waker>,
    /// It is known what is in force.
    greeted: bool,
    /// The peer does not read any more; what it sent before is still taken.
    write_error: Option<io::Error>,
    guard: Option<Guard>,
}

/// What a turn of reading brought.
enum Read {
    /// Frames; some of them may have woken callers.
    Frames { answers: bool },
    /// Nothing, and the driver is woken when there is something.
    Nothing,
    /// Reading rests until somebody takes items or bytes are written.
    Paused,
}

impl Driver {
    pub(super) fn new(stream: UnixStream, shared: Arc<Shared>, handling: Handling, spin: bool, read: &[u8]) -> Self {
        let mut decoder = Decoder::new(shared.limits.payload);
        decoder.push(read);
        if shared.agreed_on(Extensions::META) {
            decoder.allow_metadata();
        }
        // With several threads it would be the next task that a processor is offered to, and a thread that is woken for it.
        let alone = Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::CurrentThread);
        Self {
            stream: Socket::new(stream),
            decoder,
            writing: Writing::default(),
            serving: Serving::new(Arc::clone(&shared), handling),
            spin: Spin::new(spin && alone),
            alarm: Alarm::default(),
            listeners: Listeners::default(),
            wakers: Vec::new(),
            greeted: shared.agreed().is_some(),
            write_error: None,
            guard: Some(Guard { shared: Arc::clone(&shared), reason: None }),
            shared,
        }
    }

    /// Gives every event of this id to `listener`, in this task.
    pub(crate) fn listen(&mut self, event: u16, listener: Listener) {
        self.listeners.add(event, listener);
    }

    fn poll_turns(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        self.shared.awake();
        for _ in 0..TURNS {
            self.poll_handlers(cx);
            self.poll_deadlines(cx);
            if let Some(failure) = self.shared.lock().close.take() {
                return Poll::Ready(CloseReason::Local(failure));
            }
            self.flush(cx);
            match self.read(cx) {
                Ok(Read::Frames { answers: false }) => {}
                Ok(Read::Frames { answers: true }) => {
                    // The callers that were woken run first, so that what they send next leaves in one write.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Ok(Read::Nothing) if self.looks_again() => {
                    // All other tasks have their turn in between.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Ok(Read::Nothing | Read::Paused) => {
                    if let Some(error) = self.write_error.take() {
                        return Poll::Ready(CloseReason::Broken(error));
                    }
                    if self.shared.sleep(cx.waker(), self.writing.is_empty()) {
                        return Poll::Pending;
                    }
                }
                Err(reason) => return Poll::Ready(reason),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_handlers(&mut self, cx: &mut Context<'_>) {
        loop {
            while let Some(call) = self.serving.running.poll_ended(cx) {
                call.ended();
            }
            if self.serving.none_waits() || !self.serving.start_waiting() {
                return;
            }
        }
    }

    fn poll_deadlines(&mut self, cx: &mut Context<'_>) {
        loop {
            let calls = self.shared.lock().calls.earliest();
            let earliest = match (calls, self.serving.graces.earliest()) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            if !self.alarm.due(earliest, cx) {
                return;
            }
            let now = Instant::now();
            self.serving.graces.expire(now);
            self.shared.expire_calls(now, &mut self.wakers);
            self.wake_all();
        }
    }

    /// Writes until there is nothing left or the system takes no more.
    fn flush(&mut self, cx: &mut Context<'_>) {
        let mut written = 0;
        while self.write_error.is_none() {
            if self.writing.is_empty() {
                let mut state = self.shared.lock();
                if state.outbox.is_empty() {
                    drop(state);
                    self.stream.wrote_all(cx);
                    break;
                }
                self.writing.take(&mut state.outbox);
            }
            let stream = &mut self.stream;
            let polled = self.writing.with_slices(|slices| stream.poll_write(cx, slices));
            match polled {
                Poll::Ready(Ok(count)) => {
                    self.writing.advance(count);
                    written += count;
                }
                Poll::Ready(Err(error)) => self.write_error = Some(error),
                Poll::Pending => break,
            }
        }
        if written > 0 {
            self.spin.sent();
            let room = {
                let mut state = self.shared.lock();
                self.shared.wrote(&mut state, written)
            };
            if room {
                self.shared.tell_room();
            }
            self.shared.progressed();
        }
    }

    /// One read, and all whole frames that are there afterwards.
    fn read(&mut self, cx: &mut Context<'_>) -> Result<Read, CloseReason> {
        if self.decoder.has_frame() {
            return self.take_frames();
        }
        if self.rests() {
            self.spin.stop();
            return Ok(Read::Paused);
        }
        match self.receive(cx) {
            Poll::Ready(Ok(0)) if self.decoder.buffered() > 0 => Err(CloseReason::Truncated),
            Poll::Ready(Ok(0)) => Err(CloseReason::Ended),
            Poll::Ready(Ok(_)) => {
                self.spin.found();
                self.take_frames()
            }
            Poll::Ready(Err(error)) => Err(CloseReason::Broken(error)),
            Poll::Pending => {
                if self.spin.is_active() {
                    return Ok(Read::Nothing);
                }
                // The runtime may not have seen yet what lies in the socket; then it wakes the driver for it.
                if self.shared.intake() == Intake::Draining && !self.stream.has_unread() {
                    self.shared.set_intake(Intake::Refusing);
                }
                Ok(Read::Nothing)
            }
        }
    }

    fn receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.spin.is_active() {
            let read = self.stream.try_read(self.decoder.space());
            if read.is_ready() || self.spin.go_on() {
                return read;
            }
        }
        self.stream.poll_read(cx, self.decoder.space())
    }

    /// Whether to look again instead of sleeping.
    fn looks_again(&mut self) -> bool {
        let Self { spin, shared, writing, write_error, .. } = self;
        spin.begin(|| {
            let waits = shared.role == Role::Child || shared.lock().calls.len() > 0;
            waits && writing.is_empty() && write_error.is_none() && shared.intake() == Intake::Open
        })
    }

    /// Whether nothing may be read now.
    fn rests(&self) -> bool {
        // A parent reads on: if both sides stopped, neither could write any more.
        if self.shared.role == Role::Child && self.shared.queued() > self.shared.limits.unwritten_answers {
            return true;
        }
        let mut state = self.shared.lock();
        let paused = self.shared.must_pause(&mut state);
        state.paused = paused;
        paused
    }

    fn take_frames(&mut self) -> Result<Read, CloseReason> {
        let taken = self.dispatch();
        let answers = !self.wakers.is_empty();
        self.wake_all();
        taken.map_err(CloseReason::Protocol)?;
        Ok(Read::Frames { answers })
    }

    fn dispatch(&mut self) -> Result<(), WireError> {
        let shared = Arc::clone(&self.shared);
        let lent = Lent::new(self.serving.answers.take());
        let mut count = 0;
        let end = loop {
            match self.decoder.next_batch() {
                Ok(Some(mut batch)) => {
                    if let Err(error) = self.dispatch_batch(&shared, &mut batch, &mut count) {
                        break Err(error);
                    }
                    if let Some(fault) = shared.fault() {
                        break Err(fault);
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.serving.answers = lent.end();
        shared.counters.frames_read.add(count);
        end
    }

    fn dispatch_batch(&mut self, shared: &Arc<Shared>, batch: &mut Batch, count: &mut u64) -> Result<(), WireError> {
        if !self.greeted {
            self.greet(shared, batch)?;
        }
        // Held over a run of answers, given back before a handler runs.
        let mut state = None;
        while let Some((header, range)) = batch.next() {
            *count += 1;
            if header.flags.contains(Flags::RESPONSE) {
                let state = state.get_or_insert_with(|| shared.lock());
                let payload = &batch.memory()[range.clone()];
                if payload.len() < SLICED && shared.deliver_item(state, header, payload, &mut self.wakers) {
                    continue;
                }
                // Each answer that nobody takes would keep a whole read buffer alive.
                let copy = payload.len() < SLICED && state.calls.untaken() >= UNTAKEN;
                let payload = if copy { Bytes::copy_from_slice(payload) } else { batch.payload(range) };
                shared.deliver(state, header, payload, &mut self.wakers);
                continue;
            }
            if header.id >= id::RESERVED {
                match header.id {
                    id::ABORT => {
                        state = None;
                        self.serving.abort(header.request);
                    }
                    // The token was taken before; a parent may send one to a child that wants none.
                    id::AUTHENTICATE => {}
                    id::CREDIT if shared.agreed_on(Extensions::CREDIT) => {
                        state = None;
                        self.serving.credit(header.request, &batch.memory()[range])?;
                    }
                    id::HELLO => return Err(WireError::Hello("came late or twice, or to a parent")),
                    id => return Err(WireError::ReservedId { id }),
                }
                continue;
            }
            if shared.services().method(header.id).is_none() && !shared.is_request(header) {
                let context = EventContext::of(header, batch.memory(), range, &shared.counters)?;
                let Some((context, range)) = context else { continue };
                let payload = batch.payload(range);
                let heard = self.listeners.hear_any(header.id);
                if heard {
                    state = None;
                    self.listeners.hear(header.id, &payload, &context, &shared.counters);
                }
                let state = state.get_or_insert_with(|| shared.lock());
                shared.publish(state, header, &payload, &context, heard, &mut self.wakers);
                continue;
            }
            state = None;
            self.serving.request(shared, header, batch.memory(), range)?;
        }
        Ok(())
    }

    /// Takes the parent's first frame, which says what is in force.
    #[cold]
    fn greet(&mut self, shared: &Arc<Shared>, batch: &mut Batch) -> Result<(), WireError> {
        while let Some(header) = batch.peek() {
            let agreed = match header.id {
                // What opens a connection is not counted, since a parent writes it before there is one.
                id::AUTHENTICATE => {
                    batch.next();
                    continue;
                }
                id::HELLO => {
                    let Some((header, range)) = batch.next() else { break };
                    let Hello { extensions, takes, paths } = Hello::decode(header, &batch.payload(range))?;
                    let extensions = extensions.and(shared.offers).consistent();
                    Agreed { extensions, peer: takes, paths, base: false }
                }
                _ => Agreed::nothing(),
            };
            if agreed.extensions.contains(Extensions::META) {
                self.decoder.allow_metadata();
            }
            shared.agree(agreed);
            self.greeted = true;
            break;
        }
        Ok(())
    }

    fn wake_all(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// Takes the connection apart. Its socket is closed, its handlers go on.
    fn close(&mut self, reason: CloseReason) -> Option<Closed> {
        let mut guard = self.guard.take()?;
        guard.reason = Some(reason.to_string());
        self.shared.abort_served();
        self.wake_all();
        let running = std::mem::take(&mut self.serving.running);
        let graces = std::mem::take(&mut self.serving.graces);
        self.serving.drop_waiting();
        Some(Closed { reason, running, graces, guard })
    }
}

impl Future for Driver {
    type Output = Closed;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Closed> {
        let this = &mut *self;
        match this.poll_turns(cx) {
            Poll::Ready(reason) => match this.close(reason) {
                Some(closed) => Poll::Ready(closed),
                None => Poll::Pending,
            },
            Poll::Pending => Poll::Pending,
        }
    }
}

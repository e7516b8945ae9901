//! Sending events, and what goes along with them.

use std::sync::Arc;
use std::task::Waker;

use super::super::answers;
use super::super::extensions::Extensions;
use super::super::held::{HeldEvent, Verdict};
use super::super::meta::Meta;
use super::super::outgoing::Outgoing;
use super::{Shared, State, wake};
use crate::error::{Code, Failure};
use crate::frame::{Flags, Header};

/// What became of an event that was handed over.
pub(crate) enum Emitted {
    Sent,
    /// The write queue is full.
    Full(Outgoing),
    /// It waits for the parent's first frame, or behind an event that does.
    Held(HeldPlace),
}

/// The place of an event among those that wait. Dropping it takes the event away.
pub(crate) struct HeldPlace {
    shared: Arc<Shared>,
    ticket: u64,
    verdict: Verdict,
    /// It is nobody's any more.
    stays: bool,
}

impl Shared {
    /// Puts metadata in front of the payload of an event, once it is known what is in force. What the user gave cannot be
    /// sent to a parent that takes none; it does not hear of a trace.
    pub(crate) fn attach_to_event(&self, meta: &Meta, frame: &mut Outgoing) -> Result<(), Failure> {
        if !self.agreed_on(Extensions::META) {
            let unsaid = meta.user.is_empty();
            return if unsaid { Ok(()) } else { Err(self.unsupported(Extensions::META, "takes no metadata")) };
        }
        if let Some(bytes) = meta.encode()? {
            frame.take_along(&bytes);
            self.admit(frame.payload(), || "the event with its metadata".to_owned())?;
        }
        Ok(())
    }

    /// Sends an event, or gives it back while the write queue is full, or keeps it behind those that wait.
    pub(crate) fn emit(self: &Arc<Self>, id: u16, mut frame: Outgoing) -> Result<Emitted, Failure> {
        answers::hand_over(self);
        let mut state = self.lock();
        if let Some(failure) = &state.closed {
            return Err(failure.clone());
        }
        if !state.held.is_empty() {
            let (ticket, verdict) = state.held.push(id, frame, None);
            return Ok(Emitted::Held(HeldPlace { shared: Arc::clone(self), ticket, verdict, stays: false }));
        }
        if self.is_full() {
            return Ok(Emitted::Full(frame));
        }
        let waker = self.append_event(&mut state, id, &mut frame);
        drop(state);
        wake(waker);
        Ok(Emitted::Sent)
    }

    /// Sends an event with metadata, or keeps it until it is known whether it may have any.
    pub(crate) fn emit_with(
        self: &Arc<Self>,
        id: u16,
        meta: Box<Meta>,
        mut frame: Outgoing,
    ) -> Result<Emitted, Failure> {
        let mut state = self.lock();
        if self.agreed().is_none() && state.closed.is_none() {
            // What is wrong in any case need not wait.
            meta.encode()?;
            let (ticket, verdict) = state.held.push(id, frame, Some(meta));
            return Ok(Emitted::Held(HeldPlace { shared: Arc::clone(self), ticket, verdict, stays: false }));
        }
        drop(state);
        self.attach_to_event(&meta, &mut frame)?;
        self.emit(id, frame)
    }

    /// Sends what waited: it is known what is in force.
    pub(in crate::connection) fn release_held(&self) {
        let mut state = self.lock();
        let mut waker = None;
        for event in state.held.take() {
            waker = self.append_held(&mut state, event).or(waker);
        }
        drop(state);
        wake(waker);
    }

    /// Sends the events up to that of `ticket`, and those behind it that wait for nothing.
    fn release_up_to(&self, state: &mut State, ticket: u64) -> Option<Waker> {
        let mut waker = None;
        while let Some(event) = state.held.next(ticket) {
            waker = self.append_held(state, event).or(waker);
        }
        waker
    }

    fn append_held(&self, state: &mut State, event: HeldEvent) -> Option<Waker> {
        let HeldEvent { id, mut frame, meta, sender, .. } = event;
        let attached = meta.map_or(Ok(()), |meta| self.attach_to_event(&meta, &mut frame));
        let waker = if attached.is_ok() { self.append_event(state, id, &mut frame) } else { None };
        // Whoever is gone does not need to know.
        let _ = sender.send(attached);
        waker
    }

    fn append_event(&self, state: &mut State, id: u16, frame: &mut Outgoing) -> Option<Waker> {
        frame.address(Header { id, flags: self.outgoing_flags(Flags::NONE), request: 0, length: 0 });
        self.append(state, 1, |outbox| outbox.push(frame))
    }
}

impl HeldPlace {
    /// Waits until the event is sent, or cannot be.
    pub(crate) async fn sent(mut self) -> Result<(), Failure> {
        self.shared.settled().await;
        // Where the parent said nothing in time, it is taken for one without extensions by all that waited so long.
        let waker = self.shared.release_up_to(&mut self.shared.lock(), self.ticket);
        wake(waker);
        match (&mut self.verdict).await {
            Ok(verdict) => verdict,
            Err(_) => Err(self.shared.why_over().unwrap_or_else(|| {
                Failure::new(Code::Unavailable, "the connection is closed, so that the event was not sent")
            })),
        }
    }

    /// Leaves the event there, for those in front of it to take along, unless too much is there already.
    pub(crate) fn stay(mut self) -> bool {
        self.stays = self.shared.lock().held.bytes() <= self.shared.limits.write_queue;
        self.stays
    }
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        if self.stays {
            return;
        }
        let mut state = self.shared.lock();
        let removed = state.held.remove(self.ticket);
        let waker = self.shared.release_up_to(&mut state, 0);
        drop(state);
        drop(removed);
        wake(waker);
    }
}

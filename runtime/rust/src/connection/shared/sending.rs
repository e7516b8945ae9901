//! Handing frames over: answers of handlers, and requests without an answer.

use std::sync::Arc;

use super::super::answers;
use super::super::outbox::Outbox;
use super::super::outgoing::Outgoing;
use super::super::served::ServedCall;
use super::{Shared, wake};
use crate::codec::Writer;
use crate::error::Failure;
use crate::frame::{Flags, Header};

impl Shared {
    /// Adds what a handler sends, unless its caller has left.
    fn append_answer(&self, call: &ServedCall, frames: u64, last: bool, add: impl FnOnce(&mut Outbox) -> usize) {
        answers::hand_over(self);
        let mut state = self.lock();
        if call.is_aborted() || state.closed.is_some() {
            return;
        }
        if last && call.has_a_key() {
            // The peer may use the id again once it has the answer, even if the handler still has something to do.
            let key = u64::from(call.request);
            if state.served.get(&key).is_some_and(|served| std::ptr::eq(Arc::as_ptr(served), call)) {
                state.served.remove(&key);
            }
        }
        let waker = self.append(&mut state, frames, add);
        drop(state);
        wake(waker);
    }

    /// Sends the last frame of a call.
    pub(in crate::connection) fn send_answer(&self, mut frame: Outgoing, call: &ServedCall) {
        self.append_answer(call, 1, true, |outbox| outbox.push(&mut frame));
    }

    /// Sends the last frame of a call, which has no payload.
    pub(in crate::connection) fn send_header(&self, header: Header, call: &ServedCall) {
        self.append_answer(call, 1, true, |outbox| outbox.push_header(header));
    }

    /// Sends the last frames of calls whose handlers ended at once.
    pub(in crate::connection) fn send_answers(&self, batch: &mut Writer, frames: u64) {
        let mut state = self.lock();
        let waker = if state.closed.is_none() {
            self.append(&mut state, frames, |outbox| outbox.push_batch(batch))
        } else {
            batch.take(Vec::new());
            None
        };
        drop(state);
        wake(waker);
    }

    pub(in crate::connection) fn send_batch(&self, batch: &mut Writer, frames: u64, call: &ServedCall) {
        if call.request == 0 {
            batch.take(Vec::new());
            return;
        }
        self.append_answer(call, frames, false, |outbox| outbox.push_batch(batch));
        if !batch.is_empty() {
            batch.take(Vec::new());
        }
    }

    /// Sends a request that has no answer, or gives it back while the write queue is full.
    pub(crate) fn try_send_request(&self, id: u16, mut frame: Outgoing) -> Result<Option<Outgoing>, Failure> {
        frame.address(Header { id, flags: self.outgoing_flags(Flags::NONE), request: 0, length: 0 });
        let state = self.lock();
        if let Some(failure) = &state.refused {
            return Err(failure.clone());
        }
        drop(state);
        answers::hand_over(self);
        let mut state = self.lock();
        if let Some(failure) = &state.closed {
            return Err(failure.clone());
        }
        if self.is_full() {
            return Ok(Some(frame));
        }
        let waker = self.append(&mut state, 1, |outbox| outbox.push(&mut frame));
        drop(state);
        wake(waker);
        Ok(None)
    }
}

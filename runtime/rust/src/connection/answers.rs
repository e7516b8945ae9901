//! Answers of handlers that end at once: they are encoded where they leave from, and handed over together.
//!
//! Whoever dispatches requests lends its thread the place for their answers. An answer that comes into being anywhere
//! else makes a frame of its own.

use std::cell::Cell;
use std::fmt;
use std::ptr;
use std::sync::Arc;

use super::shared::Shared;
use crate::codec::{EncodeError, Mark, Writer};
use crate::frame::{HEADER_LENGTH, Header};

/// Answers are gathered up to this length before they are handed over; it is a chunk of the outbox.
const BATCH: usize = 120 * 1024;

thread_local! {
    static LENT: Cell<Option<Box<Answers>>> = const { Cell::new(None) };
}

/// Whole frames of one connection that nobody else knows of yet.
pub(super) struct Answers {
    shared: Arc<Shared>,
    batch: Writer,
    frames: u64,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").field("frames", &self.frames).finish_non_exhaustive()
    }
}

impl Answers {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, batch: Writer::with_buffer(Vec::new()), frames: 0 }
    }

    fn hand_over(&mut self) {
        if self.frames > 0 {
            self.shared.send_answers(&mut self.batch, std::mem::take(&mut self.frames));
        }
    }
}

/// A thread that has the place for the answers of a connection.
pub(super) struct Lent {
    /// What it had before.
    before: Option<Box<Answers>>,
}

impl Lent {
    pub(super) fn new(answers: Option<Box<Answers>>) -> Self {
        Self { before: LENT.replace(answers) }
    }

    /// Hands over what was answered meanwhile.
    pub(super) fn end(mut self) -> Option<Box<Answers>> {
        let mut answers = LENT.replace(self.before.take());
        if let Some(answers) = &mut answers {
            answers.hand_over();
        }
        answers
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.before.is_some() {
            LENT.set(self.before.take());
        }
    }
}

/// Hands over the answers that this thread holds, before something that must not overtake them.
pub(super) fn hand_over(shared: &Shared) {
    if let Some(mut answers) = LENT.take() {
        if ptr::eq(Arc::as_ptr(&answers.shared), shared) {
            answers.hand_over();
        }
        LENT.set(Some(answers));
    }
}

/// One answer on its way into the place that was lent. It is gone again unless it is sent.
pub(super) struct Answer {
    answers: Option<Box<Answers>>,
    mark: Mark,
}

impl Answer {
    /// `None` where this thread has no place for answers of this connection.
    #[inline]
    pub(super) fn begin(shared: &Shared) -> Option<Self> {
        let mut answers = LENT.take()?;
        if !ptr::eq(Arc::as_ptr(&answers.shared), shared) {
            LENT.set(Some(answers));
            return None;
        }
        let mark = answers.batch.mark();
        answers.batch.raw(&[0; HEADER_LENGTH]);
        Some(Self { answers: Some(answers), mark })
    }

    /// Encodes the payload and gives its length.
    #[inline]
    pub(super) fn encode(&mut self, encode: impl FnOnce(&mut Writer)) -> Result<usize, EncodeError> {
        let Some(answers) = &mut self.answers else { return Ok(0) };
        encode(&mut answers.batch);
        match answers.batch.take_error() {
            Some(error) => Err(error),
            None => Ok(answers.batch.written_since(self.mark) - HEADER_LENGTH),
        }
    }

    /// Sends it behind this header.
    #[inline]
    pub(super) fn send(mut self, header: Header) {
        if let Some(mut answers) = self.answers.take() {
            answers.batch.patch(self.mark, &header.encode());
            answers.frames += 1;
            if answers.batch.len() >= BATCH {
                answers.hand_over();
            }
            LENT.set(Some(answers));
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(mut answers) = self.answers.take() {
            // What was encoded of it, and the failure if that is why.
            answers.batch.take_error();
            answers.batch.rewind(self.mark);
            LENT.set(Some(answers));
        }
    }
}

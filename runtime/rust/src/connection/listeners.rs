//! Functions that hear the peer's events in the connection's own task, so that none is dropped.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;

use super::counters::Counters;
use super::event_context::EventContext;
use super::running::drop_panic;

/// Takes the payload of an event and what came beside it; false where it does not decode.
pub(crate) type Listener = Box<dyn FnMut(&Bytes, &EventContext) -> bool + Send>;

#[derive(Default)]
pub(super) struct Listeners {
    by_event: HashMap<u16, Vec<Listener>>,
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_event.keys()).finish()
    }
}

impl Listeners {
    pub(super) fn add(&mut self, event: u16, listener: Listener) {
        self.by_event.entry(event).or_default().push(listener);
    }

    pub(super) fn hear_any(&self, event: u16) -> bool {
        !self.by_event.is_empty() && self.by_event.contains_key(&event)
    }

    /// Calls the listeners of this event. One that panics harms nobody else.
    pub(super) fn hear(&mut self, event: u16, payload: &Bytes, context: &EventContext, counters: &Counters) {
        for listener in self.by_event.get_mut(&event).into_iter().flatten() {
            match catch_unwind(AssertUnwindSafe(|| listener(payload, context))) {
                Ok(true) => {}
                Ok(false) => counters.events_undecodable.one(),
                Err(panic) => {
                    counters.panics.one();
                    drop_panic(panic);
                }
            }
        }
    }
}

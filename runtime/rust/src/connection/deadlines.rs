//! One timer a connection, for all deadlines of its calls and for the grace of aborted handlers.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::served::ServedCall;

/// Deadlines are looked at no more often than this, so that many of them cost one look.
const COARSENESS: Duration = Duration::from_millis(1);

/// Wakes the driver at the earliest time that it was asked for.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    armed: Option<Instant>,
}

impl Alarm {
    /// Whether `at` has come; if not, the driver is woken then.
    pub(super) fn due(&mut self, at: Option<Instant>, cx: &mut Context<'_>) -> bool {
        let Some(at) = at else { return false };
        let armed = match self.armed {
            // It rings too early at most, and is set anew then.
            Some(armed) if armed <= at + COARSENESS => armed,
            _ => {
                self.arm(at + COARSENESS);
                at + COARSENESS
            }
        };
        let Some(sleep) = &mut self.sleep else {
            return false;
        };
        if sleep.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.armed = None;
        if armed < at {
            return self.due(Some(at), cx);
        }
        true
    }

    fn arm(&mut self, at: Instant) {
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(at),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(at))),
        }
        self.armed = Some(at);
    }
}

/// Handlers of aborted calls, and when they are dropped.
#[derive(Debug, Default)]
pub(super) struct Graces {
    /// The grace is the same for all, so that the first is the earliest.
    pending: VecDeque<(Instant, Arc<ServedCall>)>,
}

impl Graces {
    pub(super) fn add(&mut self, until: Instant, call: Arc<ServedCall>) {
        // Those that ended by themselves need no memory until their time.
        while self.pending.front().is_some_and(|(_, call)| call.has_ended()) {
            self.pending.pop_front();
        }
        self.pending.push_back((until, call));
    }

    pub(super) fn earliest(&self) -> Option<Instant> {
        self.pending.front().map(|(until, _)| *until)
    }

    /// Ends all of them now.
    pub(super) fn end_all(&mut self) {
        for (_, call) in self.pending.drain(..) {
            call.kill();
        }
    }

    /// Ends the handlers whose grace is over.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some((until, call)) = self.pending.front() {
            if *until > now && !call.has_ended() {
                return;
            }
            call.kill();
            self.pending.pop_front();
        }
    }
}

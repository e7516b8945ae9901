//! What a frame that is no request means for the calls and subscriptions of this side.

use std::sync::atomic::Ordering;
use std::task::Waker;

use bytes::Bytes;

use super::calls::{Call, Outcome};
use super::event_context::EventContext;
use super::items::End;
use super::shared::{Shared, State};
use crate::error::{Code, Failure};
use crate::frame::{Flags, Header, WireError};
use crate::service::Response;

/// What an answer is, by its flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Result,
    Ack,
    Item,
    End,
    Error,
}

impl Answer {
    fn of(flags: Flags) -> Self {
        if flags.contains(Flags::ERROR) {
            Self::Error
        } else if flags.contains(Flags::STREAM_END) {
            Self::End
        } else if flags.contains(Flags::STREAM) {
            Self::Item
        } else if flags.contains(Flags::ACK) {
            Self::Ack
        } else {
            Self::Result
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Result => "a result",
            Self::Ack => "an ack",
            Self::Item => "an item of a stream",
            Self::End => "the end of a stream",
            Self::Error => "an error",
        }
    }
}

impl Shared {
    /// Gives an answer to the call that waits for it.
    pub(super) fn deliver(&self, state: &mut State, header: Header, payload: Bytes, wakers: &mut Vec<Waker>) {
        let answer = Answer::of(header.flags);
        let Some(call) = state.calls.get(header.request) else {
            self.counters.late_frames.one();
            return;
        };
        let fits = match call.kind {
            Response::Result => matches!(answer, Answer::Result | Answer::Error),
            // The published parent takes a result for an ack, and so its children may send one.
            Response::Ack => matches!(answer, Answer::Ack | Answer::Result | Answer::Error),
            Response::Stream => matches!(answer, Answer::Item | Answer::End | Answer::Error),
            Response::None => false,
        };
        if !fits {
            if is_over(call) {
                self.counters.late_frames.one();
                return;
            }
            let message = format!("the peer answered a call of kind {} with {}", call.kind.as_str(), answer.name());
            wakers.extend(Self::fail_call(call, Failure::new(Code::Internal, message)));
            wakers.extend(self.append_abort(state, header.request));
            return;
        }
        match &mut call.outcome {
            Outcome::Pending => {
                call.outcome = if answer == Answer::Error { Outcome::Error(payload) } else { Outcome::Value(payload) };
                wakers.extend(call.waker.take());
                state.calls.answered();
            }
            Outcome::Stream(items) if !items.ended() => {
                let cost = match answer {
                    Answer::Item => {
                        let cost = items.push(payload);
                        if items.is_overrun() {
                            self.overrun.store(header.request, Ordering::Relaxed);
                        }
                        cost
                    }
                    Answer::Error => {
                        items.end(End::Error(payload));
                        0
                    }
                    _ => {
                        items.end(End::Done);
                        0
                    }
                };
                wakers.extend(call.waker.take());
                self.watch_lag(state, header.request, cost, wakers);
            }
            _ => self.counters.late_frames.one(),
        }
    }

    /// Gives a short item to its stream without making a value of its own of it. False if the frame is something else.
    pub(super) fn deliver_item(
        &self,
        state: &mut State,
        header: Header,
        payload: &[u8],
        wakers: &mut Vec<Waker>,
    ) -> bool {
        if Answer::of(header.flags) != Answer::Item {
            return false;
        }
        let Some(call) = state.calls.get(header.request) else {
            return false;
        };
        let Outcome::Stream(items) = &mut call.outcome else {
            return false;
        };
        if items.ended() {
            return false;
        }
        let cost = items.push_copy(payload);
        if items.is_overrun() {
            self.overrun.store(header.request, Ordering::Relaxed);
        }
        if let Some(waker) = call.waker.take() {
            wakers.push(waker);
        }
        if cost >= self.limits.stream_pause {
            self.watch_lag(state, header.request, cost, wakers);
        }
        true
    }

    /// What the peer did wrong in an answer.
    pub(super) fn fault(&self) -> Option<WireError> {
        match self.overrun.load(Ordering::Relaxed) {
            0 => None,
            request => Some(WireError::CreditOverrun { request }),
        }
    }

    /// Notes a stream whose consumer lags, and aborts it where it lags too far.
    fn watch_lag(&self, state: &mut State, request: u32, cost: usize, wakers: &mut Vec<Waker>) {
        if cost < self.limits.stream_pause || self.own_window().is_some() {
            return;
        }
        state.lagging = true;
        if cost <= self.limits.stream_queue {
            return;
        }
        let message = format!(
            "{cost} bytes of the stream were not taken while other calls waited, above the limit of {}",
            self.limits.stream_queue
        );
        if let Some(call) = state.calls.get(request) {
            wakers.extend(Self::fail_call(call, Failure::new(Code::ResourceExhausted, message)));
        }
        wakers.extend(self.append_abort(state, request));
    }

    /// Whether reading must rest: some stream lags, and no other call waits.
    pub(super) fn must_pause(&self, state: &mut State) -> bool {
        if !state.lagging || !self.may_pause() {
            return false;
        }
        let (mut lags, mut waits) = (false, false);
        for call in state.calls.iter_mut() {
            match &call.outcome {
                Outcome::Pending => waits = true,
                Outcome::Stream(items) if items.ended() => {}
                Outcome::Stream(items) if items.cost() >= self.limits.stream_pause => lags = true,
                // A stream waits when somebody asked it for an item in vain.
                Outcome::Stream(_) => waits |= call.waker.is_some(),
                _ => {}
            }
        }
        state.lagging = lags;
        lags && !waits
    }

    /// Gives an event to those that are subscribed to it; `heard` where a listener had it before.
    pub(super) fn publish(
        &self,
        state: &mut State,
        header: Header,
        payload: &Bytes,
        context: &EventContext,
        heard: bool,
        wakers: &mut Vec<Waker>,
    ) {
        let published = state.subscriptions.publish(header.id, payload, context, self.limits.events, wakers);
        if published.dropped > 0 {
            self.counters.events_dropped.add(published.dropped);
        }
        if !heard && !published.heard {
            self.counters.events_unheard.one();
        }
    }

    /// Fails the calls whose deadline has passed.
    pub(super) fn expire_calls(&self, now: tokio::time::Instant, wakers: &mut Vec<Waker>) {
        let mut state = self.lock();
        let state = &mut *state;
        let mut aborts = Vec::new();
        state.calls.expire(now, |call| {
            if matches!(&call.outcome, Outcome::Stream(items) if items.ended()) {
                return;
            }
            if call.sent {
                aborts.push(call.id);
            }
            let failure = Failure::new(Code::DeadlineExceeded, "the peer did not answer before the deadline");
            wakers.extend(Self::fail_call(call, failure));
        });
        for request in aborts {
            wakers.extend(self.append_abort(state, request));
        }
    }
}

fn is_over(call: &Call) -> bool {
    match &call.outcome {
        Outcome::Pending => false,
        Outcome::Stream(items) => items.ended(),
        _ => true,
    }
}

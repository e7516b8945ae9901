//! What both sides agreed on, and what follows from it.

use std::sync::atomic::Ordering;

use super::super::extensions::{Agreed, Extensions, FIRST_FRAME, WINDOW};
use super::{Role, Shared, State};
use crate::error::{Code, Failure, watch_panics};

impl Shared {
    /// What is in force from now on.
    pub(in crate::connection) fn agree(&self, agreed: Agreed) {
        if let Some(payload) = agreed.peer.payload {
            self.peer_payload.store(payload, Ordering::Relaxed);
        }
        if agreed.peer.tracebacks {
            watch_panics();
        }
        let credit = agreed.extensions.contains(Extensions::CREDIT);
        let window = credit.then_some(self.limits.window);
        self.lock().calls.set_window(window);
        let _ = self.agreed.set(agreed);
        self.release_held();
        self.settled.notify_waiters();
    }

    /// Whether both sides agreed on all of these. False as well while nothing is agreed.
    pub(crate) fn agreed_on(&self, extensions: Extensions) -> bool {
        self.agreed.get().is_some_and(|agreed| agreed.extensions.contains(extensions))
    }

    /// Whether the connection is closed.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().closed.is_some()
    }

    /// Why the connection is closed, if it is.
    pub(crate) fn why_over(&self) -> Option<Failure> {
        self.lock().closed.clone()
    }

    pub(crate) fn agreed(&self) -> Option<&Agreed> {
        self.agreed.get()
    }

    /// Waits for the first frame of the parent, but not for long.
    pub(crate) async fn settled(&self) {
        let waits = async {
            loop {
                let settled = self.settled.notified();
                if self.agreed.get().is_some() || self.lock().closed.is_some() {
                    return;
                }
                settled.await;
            }
        };
        let _ = tokio::time::timeout(FIRST_FRAME, waits).await;
    }

    /// Why an extension cannot be used.
    #[cold]
    pub(crate) fn unsupported(&self, extension: Extensions, what: &str) -> Failure {
        let name = extension.names().next().unwrap_or_default();
        let (own, peer, published) = match self.role {
            Role::Parent => ("this parent", "the worker", "@procwire/client"),
            Role::Child => ("this worker", "the parent", "@procwire/core"),
        };
        let reason = match self.agreed.get() {
            _ if !self.offers.contains(extension) => format!("{own} does not offer the extension `{name}`"),
            None => format!("{peer} said nothing within {FIRST_FRAME:?} that would allow it"),
            Some(agreed) if agreed.base => {
                format!("{peer} speaks the base protocol alone, as {published} does, which {what}")
            }
            Some(_) => format!("{peer} does not offer the extension `{name}`"),
        };
        Failure::new(Code::Unsupported, reason)
    }

    /// The window of a stream that this side sends; `None` where there is no credit.
    pub(crate) fn peer_window(&self) -> Option<u32> {
        let agreed = self.agreed.get()?;
        agreed.extensions.contains(Extensions::CREDIT).then(|| agreed.peer.window.unwrap_or(WINDOW))
    }

    /// The window of a stream that this side receives; `None` where there is no credit.
    pub(crate) fn own_window(&self) -> Option<u32> {
        self.agreed_on(Extensions::CREDIT).then_some(self.limits.window)
    }

    /// Whether a lagging stream may stop the reader: never where the peer's calls lie behind its items.
    pub(in crate::connection) fn may_pause(&self) -> bool {
        !self.agreed_on(Extensions::CALLBACKS)
    }

    /// Gives back what the consumer of a stream has taken.
    pub(crate) fn give_back(&self, request: u32, mut cost: u64) {
        let mut guard = self.lock();
        let state = &mut *guard;
        if state.closed.is_some() || !state.calls.give_back(request, cost) {
            return;
        }
        let mut waker = None;
        while cost > 0 {
            let part = u32::try_from(cost).unwrap_or(u32::MAX);
            cost -= u64::from(part);
            waker = waker.or(self.append_credit(state, request, part));
        }
        drop(guard);
        super::wake(waker);
    }

    fn append_credit(&self, state: &mut State, request: u32, cost: u32) -> Option<std::task::Waker> {
        use crate::frame::{Flags, Header, id};

        let flags = self.outgoing_flags(Flags::NONE);
        let header = Header { id: id::CREDIT, flags, request, length: 4 };
        self.append(state, 1, |outbox| outbox.push_short(header, &cost.to_be_bytes()))
    }
}

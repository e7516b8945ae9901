//! One connection between a parent and a child: calls, streams and events in both directions.
//!
//! It is symmetric. A [`Driver`] reads, runs handlers and writes, as one task; everything else reaches it through
//! [`Shared`]. How a connection comes to be, and what its end means for the process, is not known here.

mod answers;
mod calls;
mod closing;
mod counters;
mod deadlines;
mod driver;
mod event_context;
mod events;
pub(crate) mod extensions;
mod held;
mod hello;
mod items;
mod limits;
mod listeners;
pub(crate) mod meta;
mod outbox;
mod outgoing;
pub(crate) mod park;
mod pump;
mod receiving;
mod running;
mod served;
mod serving;
mod shared;
mod socket;
mod spin;

#[cfg(any(test, feature = "_fuzzing"))]
pub(crate) mod tests;

use std::sync::Arc;

use tokio::net::UnixStream;

pub(crate) use calls::Outcome;
pub use closing::CloseReason;
pub(crate) use closing::Closed;
pub use counters::Counts;
pub(crate) use driver::Driver;
pub use event_context::EventContext;
pub(crate) use events::NextEvent;
pub use extensions::Extensions;
pub(crate) use extensions::{Agreed, Takes};
pub(crate) use hello::Hello;
pub(crate) use items::{End, Taken};
pub use limits::Limits;
pub(crate) use listeners::Listener;
pub(crate) use meta::Meta;
pub use meta::{Metadata, MetadataValue, Trace};
pub(crate) use outgoing::Outgoing;
pub(crate) use pump::{Obituary, Pump};
pub(crate) use served::ServedCall;
pub(crate) use shared::{Begun, Emitted, Made, Role, Shared, TakenItems};

use crate::error::Failure;
use crate::service::{Handlers, Services};
use shared::Intake;

/// One end of a connection, for everything but reading and writing.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
}

/// What a connection is made with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) role: Role,
    /// What a child serves.
    pub(crate) services: Services,
    /// What a parent answers its child.
    pub(crate) handlers: Handlers,
    /// What this side would agree to.
    pub(crate) offers: Extensions,
    /// What a parent agreed to with its child; a child hears of it in the first frame.
    pub(crate) agreed: Option<Agreed>,
    pub(crate) limits: Limits,
    pub(crate) handling: Handling,
    /// Looking again for a moment before sleeping is allowed.
    pub(crate) spin: bool,
}

/// Where handlers run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Handling {
    /// In the connection's own task.
    #[default]
    Here,
    /// Each in a task of its own.
    Tasks,
    /// Each in a thread of its own, which it may block.
    Threads,
}

impl Connection {
    /// A connection over `stream`, and the future that must run for anything to happen.
    ///
    /// `read` is what was read from the stream already. The token, where there is one, was written or read before.
    pub(crate) fn new(stream: UnixStream, settings: Settings, read: &[u8]) -> (Self, Driver) {
        let Settings { role, services, handlers, offers, agreed, limits, handling, spin } = settings;
        let shared = Arc::new(Shared::new(role, limits, services, handlers, offers));
        if let Some(agreed) = agreed {
            shared.agree(agreed);
        }
        let driver = Driver::new(stream, Arc::clone(&shared), handling, spin, read);
        (Self { shared }, driver)
    }

    /// A parent's connection over `stream` without a runtime, and what moves its bytes in the threads that wait.
    pub(crate) fn blocking(
        stream: std::os::unix::net::UnixStream,
        settings: Settings,
        obituary: Obituary,
    ) -> std::io::Result<(Self, Pump)> {
        let Settings { role, services, handlers, offers, agreed, limits, spin, .. } = settings;
        let shared = Arc::new(Shared::new(role, limits, services, handlers, offers));
        shared.agree(agreed.unwrap_or_else(Agreed::nothing));
        let pump = Pump::new(stream, Arc::clone(&shared), spin, obituary)?;
        Ok((Self { shared }, pump))
    }

    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Takes the requests that lie in the socket already, and answers those after them `unavailable`.
    pub(crate) fn drain(&self) {
        self.shared.set_intake(Intake::Draining);
    }

    /// Waits until requests are refused and the last handler has ended.
    pub(crate) async fn drained(&self) {
        self.shared.drained().await;
    }

    /// Fires the token of every running handler. Their answers still go out.
    pub(crate) fn cancel_handlers(&self) {
        self.shared.abort_served();
    }

    /// Lets new calls of this side fail. Those that run go on.
    pub(crate) fn refuse_calls(&self, failure: Failure) {
        self.shared.refuse_calls(failure);
    }

    /// Waits until the last call of this side has ended.
    #[cfg(test)]
    pub(crate) async fn calls_ended(&self) {
        self.shared.calls_ended().await;
    }

    /// Waits until all that was sent so far is written, or cannot be any more.
    pub(crate) async fn flush(&self) {
        self.shared.flush().await;
    }

    /// Ends the driver, which then tells this failure.
    pub(crate) fn close(&self, failure: Failure) {
        self.shared.lock().close.get_or_insert(failure);
        self.shared.wake_driver();
    }

    /// What was dropped or went wrong so far.
    pub(crate) fn counts(&self) -> Counts {
        self.shared.counters().read()
    }

    /// Calls of this side that have not ended.
    #[cfg(test)]
    pub(crate) fn calls_live(&self) -> usize {
        self.shared.calls_live()
    }

    /// Handlers that run or wait to run.
    #[cfg(test)]
    pub(crate) fn handlers_live(&self) -> usize {
        self.shared.live.load(std::sync::atomic::Ordering::SeqCst)
    }
}

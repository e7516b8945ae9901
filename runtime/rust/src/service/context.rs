//! What a handler can know and do besides its arguments.

use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::Emitter;
use crate::connection::ServedCall;

/// The call that a handler serves.
///
/// It costs nothing to have one: the cancellation token comes into being when it is asked for.
#[derive(Clone, Debug)]
pub struct Context {
    call: Arc<ServedCall>,
}

impl Context {
    pub(super) fn new(call: Arc<ServedCall>) -> Self {
        Self { call }
    }

    /// The name of the method on the wire.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.call.method().name
    }

    /// The name of the service.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.call.service().name
    }

    /// Whether the caller has left: it aborted, its deadline passed, or it is gone.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.call.is_cancelled()
    }

    /// Waits until the caller has left. One second later (`Limits::cancel_grace`) the handler is dropped.
    pub async fn cancelled(&self) {
        self.call.token().cancelled().await;
    }

    /// The token that fires when the caller has left, for handing on.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.call.token().clone()
    }

    /// When the call must be done, where the caller said so. The base protocol does not carry it.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Sends events to the parent.
    #[must_use]
    pub fn events(&self) -> Emitter {
        Emitter::of(Arc::clone(self.call.shared()))
    }
}

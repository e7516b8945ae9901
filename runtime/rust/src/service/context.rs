//! What a handler can know and do besides its arguments.

use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::{Callbacks, Emitter};
use crate::client::Remote;
use crate::connection::{Metadata, ServedCall, Trace};

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

    /// When the call must be done, where the caller said so and the connection carries metadata.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.call.deadline()
    }

    /// What the caller sent beside the request; empty where nothing was sent, or the connection carries no metadata.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        static NOTHING: Metadata = Metadata::new();
        self.call.meta().map_or(&NOTHING, |meta| &meta.user)
    }

    /// The trace that the call belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<&Trace> {
        self.call.meta()?.trace()
    }

    /// Calls the parent for this call: what is called so ends with it.
    #[must_use]
    pub fn callbacks(&self) -> Callbacks {
        Callbacks::of(&self.call)
    }

    /// A service whose calls are made for this one: they are aborted with it, and have its trace and what is left of its
    /// deadline.
    ///
    /// A parent calls its child so in a handler of the child's callbacks. Such calls take no slot of a handler there, so that
    /// they cannot wait for the very call that they serve; 16 of them may be nested.
    #[must_use]
    pub fn nested(&self, remote: &Remote) -> Remote {
        remote.clone().within(Some(Arc::clone(&self.call)))
    }

    /// Handlers that run besides this one, and requests that wait.
    pub(super) fn load(&self) -> (u64, u64) {
        let (running, waiting) = self.call.shared().load();
        (running as u64, waiting as u64)
    }

    pub(super) fn is_open(&self) -> bool {
        self.call.shared().is_open()
    }

    /// Sends events to the parent.
    #[must_use]
    pub fn events(&self) -> Emitter {
        Emitter::of(Arc::clone(self.call.shared()))
    }
}

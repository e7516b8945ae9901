//! What the rest of the program may do with a worker while it serves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::connection::Counts;
use crate::service::{Callbacks, Emitter};

/// Where a worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    Ready,
    Ended,
}

/// Emits events and calls the parent outside of handlers, and tells when the parent is there. Clones stand for the same worker.
#[derive(Clone, Debug)]
pub struct WorkerHandle {
    emitter: Emitter,
    callbacks: Callbacks,
    stage: watch::Receiver<Stage>,
    ready: Arc<AtomicBool>,
}

impl WorkerHandle {
    pub(super) fn new(
        emitter: Emitter,
        callbacks: Callbacks,
        stage: watch::Receiver<Stage>,
        ready: Arc<AtomicBool>,
    ) -> Self {
        Self { emitter, callbacks, stage, ready }
    }

    /// Calls the parent outside of handlers.
    #[must_use]
    pub fn callbacks(&self) -> Callbacks {
        self.callbacks.clone()
    }

    /// What the parent is told that asks whether this worker is ready for work. It is, unless it says otherwise.
    pub fn set_healthy(&self, healthy: bool) {
        self.ready.store(healthy, Ordering::SeqCst);
    }

    /// Sends events of the worker's services to the parent.
    #[must_use]
    pub fn events(&self) -> Emitter {
        self.emitter.clone()
    }

    /// What was read, written, dropped or went wrong on the connection so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.emitter.counts()
    }

    /// Whether a parent is connected.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        *self.stage.borrow() == Stage::Ready
    }

    /// Waits until a parent is connected. `false` where the worker ended without one, or will.
    pub async fn ready(&self) -> bool {
        let mut stage = self.stage.clone();
        let stage = stage.wait_for(|stage| *stage != Stage::Waiting).await;
        stage.is_ok_and(|stage| *stage == Stage::Ready)
    }

    /// Waits until the parent is gone, or the worker is dropped.
    pub async fn ended(&self) {
        let mut stage = self.stage.clone();
        let _ = stage.wait_for(|stage| *stage == Stage::Ended).await;
    }
}

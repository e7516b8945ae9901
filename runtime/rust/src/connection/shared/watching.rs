//! Room in the write queue, and waiting until something has ended.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Intake, Shared, State};

impl Shared {
    /// Whether producers must wait.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Bytes that wait to be written.
    pub(crate) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Waits for room in the write queue.
    pub(crate) async fn writable(&self) {
        loop {
            let space = self.space.notified();
            if !self.is_full() {
                return;
            }
            space.await;
        }
    }

    /// The driver wrote so many bytes.
    pub(in crate::connection) fn wrote(&self, state: &mut State, written: usize) -> bool {
        let queued = self.queued.load(Ordering::Relaxed).saturating_sub(written);
        self.queued.store(queued, Ordering::Relaxed);
        state.written += written as u64;
        queued <= self.limits.write_queue / 2 && self.full.swap(false, Ordering::Relaxed)
    }

    pub(in crate::connection) fn tell_room(&self) {
        self.space.notify_waiters();
    }

    /// Tells whoever watches that something ended.
    pub(in crate::connection) fn progressed(&self) {
        if self.watchers.load(Ordering::SeqCst) > 0 {
            self.progress.notify_waiters();
        }
    }

    /// Waits until `done`.
    async fn watch(&self, done: impl Fn() -> bool) {
        let _watcher = Watcher::new(&self.watchers);
        loop {
            let progress = self.progress.notified();
            if done() {
                return;
            }
            progress.await;
        }
    }

    /// Waits until all that was handed over so far is written, or cannot be any more.
    pub(crate) async fn flush(&self) {
        let target = self.lock().appended;
        self.watch(|| self.lock().written >= target).await;
    }

    /// Waits until requests are refused and no handler runs.
    pub(crate) async fn drained(&self) {
        self.watch(|| {
            self.lock().closed.is_some() || (self.intake() == Intake::Refusing && self.live.load(Ordering::SeqCst) == 0)
        })
        .await;
    }

    /// Waits until no handler runs.
    pub(crate) async fn handlers_ended(&self) {
        self.watch(|| self.live.load(Ordering::SeqCst) == 0).await;
    }

    /// Waits until no call of this side is live.
    #[cfg(test)]
    pub(crate) async fn calls_ended(&self) {
        self.watch(|| self.lock().calls.len() == 0).await;
    }

    #[cfg(test)]
    pub(crate) fn calls_live(&self) -> usize {
        self.lock().calls.len()
    }
}

/// Counts itself among those that wait for progress.
struct Watcher<'a>(&'a AtomicUsize);

impl<'a> Watcher<'a> {
    fn new(watchers: &'a AtomicUsize) -> Self {
        watchers.fetch_add(1, Ordering::SeqCst);
        Self(watchers)
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

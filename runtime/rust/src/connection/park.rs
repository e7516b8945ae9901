//! Futures in a thread that does nothing else: it sleeps until it is woken.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;

/// Wakes one thread.
pub(super) struct Parker {
    thread: Thread,
    woken: AtomicBool,
}

impl Parker {
    pub(super) fn is_woken(&self) -> bool {
        self.woken.load(Ordering::SeqCst)
    }

    /// What comes from now on is news.
    pub(super) fn rest(&self) {
        self.woken.store(false, Ordering::SeqCst);
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        // A thread that reads for itself is not parked, and needs no system call.
        if self.thread.id() != std::thread::current().id() {
            self.thread.unpark();
        }
    }
}

type Pair = (Arc<Parker>, Waker);

thread_local! {
    /// This thread's parker and its waker, made once, while nobody uses it.
    static FREE: Cell<Option<Pair>> = const { Cell::new(None) };
}

/// Runs `wait` with a parker of this thread that nobody else uses: a future may itself wait for another one, and each is
/// woken for itself.
pub(super) fn with_parker<T>(wait: impl FnOnce(&Parker, &Waker) -> T) -> T {
    let (parker, waker) = FREE.try_with(Cell::take).ok().flatten().unwrap_or_else(|| {
        let parker = Arc::new(Parker { thread: std::thread::current(), woken: AtomicBool::new(false) });
        (Arc::clone(&parker), Waker::from(parker))
    });
    let value = wait(&parker, &waker);
    // A thread that ends keeps nothing.
    let _ = FREE.try_with(|free| free.set(Some((parker, waker))));
    value
}

/// Runs `future` in this thread, which sleeps meanwhile.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    match block_until(None, future) {
        Some(output) => output,
        None => unreachable!("there is no end of the time"),
    }
}

/// The same for a time; `None` once it is over.
pub(crate) fn block_until<F: Future>(until: Option<Instant>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    with_parker(|parker, waker| {
        loop {
            parker.rest();
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(waker)) {
                return Some(output);
            }
            while !parker.is_woken() {
                match until {
                    None => std::thread::park(),
                    Some(until) => std::thread::park_timeout(until.checked_duration_since(Instant::now())?),
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn what_wakes_one_future_is_not_lost_to_another_in_it() {
        let (outer, woken) = oneshot::channel::<()>();
        let (inner, waits) = oneshot::channel::<()>();
        let mut both = Some((outer, inner));
        let mut woken = pin!(woken);
        let mut waits = Some(waits);
        block_on(std::future::poll_fn(|cx| {
            if woken.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            // The outer one is woken while the inner one waits.
            if let (Some((outer, inner)), Some(waits)) = (both.take(), waits.take()) {
                let thread = std::thread::spawn(move || {
                    outer.send(()).unwrap();
                    inner.send(()).unwrap();
                });
                block_on(waits).unwrap();
                thread.join().unwrap();
            }
            Poll::Pending
        }));
    }

    #[test]
    fn what_does_not_come_in_time_is_nothing() {
        assert_eq!(block_until(Some(Instant::now()), std::future::pending::<()>()), None);
    }
}

//! Handlers that were pending when they were first asked: they go on in the driver's own task.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::stream::{FuturesUnordered, Stream};

use super::served::ServedCall;
use crate::service::Job;

/// The handlers of one connection that are pending.
#[derive(Default)]
pub(super) struct Running {
    handlers: FuturesUnordered<Handler>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("handlers", &self.handlers.len()).finish()
    }
}

impl Running {
    pub(super) fn push(&self, job: Job, call: Arc<ServedCall>) {
        self.handlers.push(Handler { job: Some(job), call: Some(call) });
    }

    /// A handler that somebody else waits for.
    pub(super) fn alone(job: Job, call: Arc<ServedCall>) -> impl Future<Output = Arc<ServedCall>> + Send {
        Handler { job: Some(job), call: Some(call) }
    }

    /// The call of a handler that has ended.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Option<Arc<ServedCall>> {
        if self.handlers.is_empty() {
            return None;
        }
        match Pin::new(&mut self.handlers).poll_next(cx) {
            Poll::Ready(ended) => ended,
            Poll::Pending => None,
        }
    }

    pub(super) async fn finish(&mut self) {
        std::future::poll_fn(|cx| {
            while !self.handlers.is_empty() {
                match Pin::new(&mut self.handlers).poll_next(cx) {
                    Poll::Ready(Some(call)) => call.ended(),
                    Poll::Ready(None) => break,
                    Poll::Pending => return Poll::Pending,
                }
            }
            Poll::Ready(())
        })
        .await;
    }
}

struct Handler {
    job: Option<Job>,
    call: Option<Arc<ServedCall>>,
}

impl Future for Handler {
    type Output = Arc<ServedCall>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let (Some(job), Some(call)) = (&mut this.job, &this.call) {
            call.register(cx.waker());
            if !call.is_killed() && poll_job(job, call, cx).is_pending() {
                return Poll::Pending;
            }
        }
        if let Some(job) = this.job.take() {
            drop_job(job);
        }
        match this.call.take() {
            Some(call) => Poll::Ready(call),
            None => Poll::Pending,
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        if let Some(job) = self.job.take() {
            drop_job(job);
        }
        // A handler that is dropped before its end, with its connection, would be remembered by it for ever.
        if let Some(call) = self.call.take() {
            call.ended();
        }
    }
}

/// Asks a handler to go on. Its panic is its answer.
pub(super) fn poll_job(job: &mut Job, call: &ServedCall, cx: &mut Context<'_>) -> Poll<()> {
    let polled = {
        let _current = call.span().enter();
        catch_unwind(AssertUnwindSafe(|| job.as_mut().poll(cx)))
    };
    match polled {
        Ok(polled) => polled,
        Err(panic) => {
            call.panicked(&*panic);
            drop_panic(panic);
            Poll::Ready(())
        }
    }
}

/// Drops a handler. What panics there has nobody to answer to.
pub(super) fn drop_job(job: Job) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(job))) {
        drop_panic(panic);
    }
}

/// Drops what a panic carried, which may be of a type that panics again.
pub(super) fn drop_panic(panic: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(again);
    }
}

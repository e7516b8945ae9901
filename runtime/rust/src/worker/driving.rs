//! The connection's driver as a task of its own.
//!
//! A runtime wakes a task with less work than the future that it blocks on, for which it goes through a descriptor or
//! another thread.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use crate::connection::{Closed, Driver};

/// Ends with the driver, and the driver with it.
#[derive(Debug)]
pub(super) struct Driving(JoinHandle<Closed>);

impl Driving {
    pub(super) fn start(driver: Driver) -> Self {
        Self(tokio::spawn(driver))
    }

    /// Drops the driver with the handlers that it runs, and waits until they are gone.
    pub(super) async fn stop(mut self) {
        self.0.abort();
        // What it ended with does not matter any more.
        let _ = (&mut self.0).await;
    }
}

impl Future for Driving {
    type Output = Closed;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Closed> {
        match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(closed) => Poll::Ready(closed),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime ends, and this task with it.
                Err(_) => Poll::Pending,
            },
        }
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

//! Sending a call again after a failure that is worth another try.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::call::{Request, Timeout};
use crate::connection::Outgoing;
use crate::error::{Code, Failure};

/// The longest wait, unless the schema says a longer one itself.
const LONGEST: Duration = Duration::from_secs(1);

/// How often a call may be sent again, and what that takes.
#[derive(Debug, Default)]
pub(super) struct Retries {
    /// Tries that are left.
    left: u32,
    /// Waits so far.
    waits: u32,
    /// The request, before anything was put in front of its payload.
    frame: Option<Outgoing>,
    deadline: Option<Instant>,
    /// Nobody else runs while this thread waits.
    pub(super) in_thread: bool,
}

impl Retries {
    pub(super) fn new(left: u32) -> Self {
        Self { left, ..Self::default() }
    }

    /// Keeps what the next tries need, before the first one.
    pub(super) fn begin(&mut self, request: &Request<'_>) -> Result<(), Failure> {
        if self.frame.is_some() {
            return Ok(());
        }
        let (remote, index) = (request.remote, request.index);
        if !remote.method(index).idempotent {
            let message = format!("{} is not @idempotent, so that it cannot be sent again", remote.method_name(index));
            return Err(Failure::new(Code::InvalidArgument, message));
        }
        self.frame = request.frame.as_ref().ok().cloned();
        let limit = match request.timeout {
            Timeout::Usual => remote.resolve(index)?.1,
            Timeout::Limit(limit) => Some(limit),
            Timeout::Never => None,
        };
        self.deadline = limit.map(|limit| Instant::now() + limit);
        Ok(())
    }

    /// Prepares the next try after a failure that says to wait so long; gives the wait, or nothing where there is no next
    /// try.
    pub(super) fn again(&mut self, after: Duration, request: &mut Request<'_>) -> Option<Duration> {
        let frame = self.frame.as_ref()?;
        self.left = self.left.checked_sub(1)?;
        let doubled = after.saturating_mul(1_u32.checked_shl(self.waits).unwrap_or(u32::MAX));
        let wait = doubled.min(LONGEST.max(after)).mul_f64(0.8 + 0.4 * chance());
        self.waits += 1;
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            request.timeout = Timeout::Limit(left.checked_sub(wait).filter(|left| !left.is_zero())?);
        }
        request.frame = Ok(frame.clone());
        Some(wait)
    }

    /// Waits so long.
    pub(super) fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if self.in_thread {
            return Box::pin(async move { std::thread::sleep(wait) });
        }
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A number between 0 and 1, so that callers who failed together do not come back together.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness everybody waits the middle.
    if getrandom::fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
}

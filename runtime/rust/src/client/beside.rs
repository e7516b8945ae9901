//! What a call takes along beside its payload.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Remote;
use super::call::Timeout;
use crate::connection::{Extensions, Made, Meta, Metadata, Outgoing, Trace};
use crate::error::{Code, Failure};
use crate::telemetry::ClientSpan;

/// What the caller wants to take along.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    pub(super) metadata: Metadata,
    pub(super) trace: Option<Trace>,
}

/// Puts metadata in front of a payload, and gives the time that the call may take.
#[cold]
pub(super) fn attach(
    remote: &Remote,
    beside: Option<&Beside>,
    timeout: Option<Duration>,
    asked: Timeout,
    span: &ClientSpan,
    frame: &mut Outgoing,
) -> Result<Option<Duration>, Failure> {
    let shared = remote.connection().shared();
    let mut meta = Meta::default();
    let mut timeout = timeout;
    let mut says = matches!(asked, Timeout::Limit(_));
    if let Some(scope) = remote.scope() {
        if let Some(outer) = scope.meta() {
            meta.trace = outer.trace.clone();
            meta.nesting = outer.nesting;
        }
        meta.nesting += 1;
        if let Some(deadline) = scope.deadline() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let message = "the deadline of the call that this one is made for has passed";
                return Err(Failure::new(Code::DeadlineExceeded, message));
            }
            timeout = Some(timeout.map_or(left, |timeout| timeout.min(left)));
            says = true;
        }
    }
    if let Some(Beside { metadata, trace }) = beside {
        meta.user.clone_from(metadata);
        if let Some(trace) = trace {
            meta.trace.clone_from(trace);
        }
    }
    if let Some(trace) = span.trace() {
        let baggage = meta.trace.baggage.take();
        meta.trace = Trace { baggage: trace.baggage.or(baggage), ..trace };
    }
    if says {
        meta.left = timeout;
    }
    if !shared.agreed_on(Extensions::META) {
        // A deadline is kept on this side in any case; what the user gave cannot be sent.
        return if meta.user.is_empty() {
            Ok(timeout)
        } else {
            Err(shared.unsupported(Extensions::META, "takes no metadata"))
        };
    }
    if let Some(bytes) = meta.encode()? {
        frame.take_along(&bytes);
    }
    Ok(timeout)
}

/// Notes that a call is made for another one.
#[inline]
pub(super) fn made(remote: &Remote, request: u32) -> Option<Made> {
    let scope = remote.scope()?;
    Some(Made::note(scope, remote.connection().shared(), request))
}

/// A remote's calls wait for the first frame of a parent.
pub(super) async fn settled(remote: &Remote) {
    Arc::clone(remote.connection().shared()).settled().await;
}

//! What one connection may hold, and for how long.

use std::time::Duration;

use super::extensions::WINDOW;
use crate::frame::DEFAULT_PAYLOAD_LIMIT;
use crate::telemetry::Follow;

/// The limits of one connection. Each has the protocol's value by default.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a payload that is taken; at most 2 GiB - 1. 1 GiB by default.
    pub payload: u32,
    /// Bytes of a payload that the peer is known to take. 1 GiB by default; what the peer says of itself counts more.
    pub peer_payload: u32,
    /// Handlers that run at once. Above it requests wait. 16,384 by default.
    pub handlers: usize,
    /// Requests that may wait for a handler to end. 65,536 by default.
    pub waiting_requests: usize,
    /// Bytes that waiting requests may hold together. 64 MiB by default.
    pub waiting_bytes: usize,
    /// Bytes that wait to be written before producers, handlers and callers wait too. 16 MiB by default.
    pub write_queue: usize,
    /// Bytes of unwritten answers from which on nothing more is read. 64 MiB by default.
    pub unwritten_answers: usize,
    /// Bytes of one stream's items that nobody has taken, from which on nothing more is read while no other call
    /// waits. 1 MiB by default.
    pub stream_pause: usize,
    /// Bytes of one stream's items that nobody has taken, from which on the stream is aborted. 64 MiB by default.
    pub stream_queue: usize,
    /// Bytes of one stream's items that the peer may send before some were taken, where both sides agreed on credit. 1 MiB
    /// by default.
    pub window: u32,
    /// Events that one subscription keeps; the oldest is dropped for the next. 1,024 by default.
    pub events: usize,
    /// How long a result or an ack may take where the call does not say. 30 s by default; `None` is for ever.
    pub call_timeout: Option<Duration>,
    /// How long the handler of an aborted call may go on before it is dropped. 1 s by default.
    pub cancel_grace: Duration,
    /// Whether the constraints of a schema are checked before a value is sent, too. Off by default.
    pub check_sent: bool,
    /// Whether calls are followed with spans; builders say so.
    pub(crate) follow: Follow,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload: DEFAULT_PAYLOAD_LIMIT,
            peer_payload: DEFAULT_PAYLOAD_LIMIT,
            handlers: 16_384,
            waiting_requests: 65_536,
            waiting_bytes: 64 << 20,
            write_queue: 16 << 20,
            unwritten_answers: 64 << 20,
            stream_pause: 1 << 20,
            stream_queue: 64 << 20,
            window: WINDOW,
            events: 1024,
            call_timeout: Some(Duration::from_secs(30)),
            cancel_grace: Duration::from_secs(1),
            check_sent: false,
            follow: Follow::default(),
        }
    }
}

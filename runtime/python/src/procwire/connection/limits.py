"""What one connection may hold, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from ..constants import DEFAULT_PAYLOAD_LIMIT, WINDOW


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one connection. Each has the protocol's value by default."""

    payload: int = DEFAULT_PAYLOAD_LIMIT
    """Bytes of a payload that is taken; at most 2 GiB - 1."""
    peer_payload: int = DEFAULT_PAYLOAD_LIMIT
    """Bytes of a payload that the peer is known to take; a peer of ours may say less."""
    window: int = WINDOW
    """Bytes of one stream's items that a peer of ours may send before some are taken."""
    handlers: int = 16_384
    """Handlers that run at once. Above it requests wait."""
    waiting_requests: int = 65_536
    """Requests that may wait for a handler to end."""
    waiting_bytes: int = 64 << 20
    """Bytes that waiting requests may hold together."""
    write_queue: int = 16 << 20
    """Bytes that wait to be written before producers, handlers and callers wait too."""
    unwritten_answers: int = 64 << 20
    """Bytes that wait to be written from which on nothing more is read."""
    stream_pause: int = 1 << 20
    """Bytes of one stream's items that nobody has taken, from which on nothing more is read while no other call
    waits."""
    stream_queue: int = 64 << 20
    """Bytes of one stream's items that nobody has taken, from which on the stream is aborted."""
    events: int = 1024
    """Events that one subscription keeps; the oldest is dropped for the next."""
    cancel_grace: float = 1.0
    """Seconds that the handler of an aborted call may go on before it is cancelled once more."""

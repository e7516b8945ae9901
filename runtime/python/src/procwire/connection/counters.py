"""What was dropped or went wrong on a connection without being anybody's error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Counts since the start of a connection."""

    frames_read: int = 0
    """Frames read."""
    frames_written: int = 0
    """Frames handed over to be written."""
    requests_without_id: int = 0
    """Requests without a request id for a method that answers; they were dropped."""
    requests_dropped: int = 0
    """Requests of a method without an answer that did not decode or had no room; they were dropped."""
    late_frames: int = 0
    """Answers and aborts for a request that is not alive; they were ignored."""
    events_unheard: int = 0
    """Events that nobody was subscribed to."""
    events_dropped: int = 0
    """Events that a full subscription dropped."""
    events_undecodable: int = 0
    """Events that did not decode; they were dropped."""
    panics: int = 0
    """Handlers and listeners that failed with an error that nobody could be told."""

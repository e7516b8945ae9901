"""Frames with metadata where nobody asks for it: the events of a peer of ours."""

from __future__ import annotations

from ..constants import ID_RESERVED, RESPONSE
from ..frame import WireError
from ..metadata import decode, split
from .counters import Counts


def without_metadata(id: int, flags: int, payload: memoryview, counts: Counts) -> memoryview | None:
    """The payload proper of an event; `None` where its metadata does not decode, so that it is dropped.

    Raises `WireError` where no metadata may be.
    """
    if flags & RESPONSE or id >= ID_RESERVED:
        raise WireError("metadata", f"a frame of the id {id:#06x} has metadata, only requests and events may have it")
    metadata, rest = split(payload)
    try:
        decode(metadata)
    except ValueError:
        counts.events_undecodable += 1
        return None
    return rest

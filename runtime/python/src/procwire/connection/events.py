"""Events with metadata, as a peer of ours sends them."""

from __future__ import annotations

from ..constants import ID_RESERVED, RESPONSE
from ..frame import WireError
from ..metadata import EventContext, decode, split
from .counters import Counts


def split_event(id: int, flags: int, payload: memoryview, counts: Counts) -> tuple[memoryview, EventContext] | None:
    """The payload proper of an event and what came beside it; `None` where that does not decode: it is dropped.

    Raises `WireError` where no metadata may be.
    """
    if flags & RESPONSE or id >= ID_RESERVED:
        raise WireError("metadata", f"a frame of the id {id:#06x} has metadata, only requests and events may have it")
    metadata, rest = split(payload)
    try:
        found = decode(metadata)
    except ValueError:
        counts.events_undecodable += 1
        return None
    return rest, EventContext(found.values, found.trace)

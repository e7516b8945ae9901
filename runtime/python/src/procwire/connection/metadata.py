"""What comes beside the payload of a request, and what it means for the call."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import time
from typing import Any

from ..constants import NESTED_HANDLERS, NESTING_LIMIT
from ..context import Context, Extra
from ..error import Code, ProcwireError
from ..metadata import decode


def take_metadata(call: Context[Any, Any], data: memoryview, nested: int) -> ProcwireError | None:
    """Gives a call what came beside its payload, or says why it is refused; `nested` is how many nested calls run."""
    name = call._method.name
    try:
        metadata = decode(data)
    except ValueError as problem:
        return ProcwireError(Code.INVALID_ARGUMENT, f"{name} request: its metadata does not decode: {problem}")
    if metadata.left == 0:
        return ProcwireError(Code.DEADLINE_EXCEEDED, f"{name}: the deadline had passed when the request was sent")
    if metadata.depth > NESTING_LIMIT:
        message = f"{name}: calls are nested {metadata.depth} deep, above the limit of {NESTING_LIMIT}"
        return ProcwireError(Code.RESOURCE_EXHAUSTED, message)
    if metadata.depth and nested >= NESTED_HANDLERS:
        return ProcwireError(Code.RESOURCE_EXHAUSTED, f"{name}: {nested} nested calls run, more is not taken")
    extra = call._extra = Extra()
    extra.metadata = metadata
    extra.takes_slot = metadata.depth == 0
    if metadata.left is not None:
        extra.deadline = time.monotonic() + metadata.left / 1000
    return None


def takes_slot(call: Context[Any, Any]) -> bool:
    """Whether a call counts among the handlers that run, and waits where there are too many."""
    return not call._method.is_builtin and (call._extra is None or call._extra.takes_slot)

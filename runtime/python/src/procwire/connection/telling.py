"""What a caller is told of a handler that failed."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import traceback
from typing import Any

from ..codec import EncodeError
from ..constants import DECLARED, TRACEBACK_LIMIT
from ..context import Context
from ..error import Code, ProcwireError

_LEFT_OUT = "\n[...]\n"


def told(call: Context[Any, Any], raised: BaseException, *, tracebacks: bool) -> ProcwireError | None:
    """The error that answers a call; nothing where its caller has left. `tracebacks` say where it failed."""
    method = call._method
    if call._aborted:
        return None
    if isinstance(raised, ProcwireError):
        if raised.code == DECLARED and not issubclass(type(raised), method.throws or ()):
            return ProcwireError(Code.FAILED, f"{method.name} does not declare {raised}")
        return raised
    if isinstance(raised, EncodeError):
        what = "item" if method.is_stream else "answer"
        return ProcwireError(Code.INTERNAL, f"{method.name} {what} cannot be encoded: {raised}")
    if isinstance(raised, asyncio.CancelledError):
        return ProcwireError(Code.CANCELLED, f"the handler of {method.name} was cancelled")
    data: dict[str, object] = {"class": type(raised).__qualname__}
    if tracebacks:
        data["traceback"] = bounded("".join(traceback.format_exception(raised)))
    if isinstance(raised, Exception):
        return ProcwireError(Code.FAILED, str(raised) or type(raised).__qualname__, data)
    return ProcwireError(
        Code.INTERNAL, f"the handler of {method.name} left with {raised!r}", data if tracebacks else None
    )


def bounded(text: str) -> str:
    """The text without its middle, where it is longer than a peer is told; without what has no form on the wire."""
    data = text.encode("utf-8", "replace")
    if len(data) <= TRACEBACK_LIMIT:
        return data.decode()
    half = (TRACEBACK_LIMIT - len(_LEFT_OUT)) // 2
    return (data[:half].decode("utf-8", "ignore") + _LEFT_OUT) + data[-half:].decode("utf-8", "ignore")

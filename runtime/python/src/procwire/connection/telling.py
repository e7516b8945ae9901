"""What a caller is told of a handler that failed."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import traceback
from typing import Any

from ..codec import EncodeError
from ..constants import DECLARED
from ..context import Context
from ..error import Code, ProcwireError


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
    if isinstance(raised, Exception):
        data = {"class": type(raised).__qualname__}
        if tracebacks:
            data["traceback"] = "".join(traceback.format_exception(raised))
        return ProcwireError(Code.FAILED, str(raised) or type(raised).__qualname__, data)
    return ProcwireError(Code.INTERNAL, f"the handler of {method.name} left with {raised!r}")

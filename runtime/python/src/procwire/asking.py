"""How a call is to be made: what its caller said beside the arguments, and what that becomes on the wire."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .connection import RemoteMethod
from .connection.terms import Terms
from .constants import META
from .context import Context, aborted
from .error import Code, DeclaredError, ProcwireError
from .metadata import NO_VALUES, Trace, Values, checked, prefix


class Usual:
    """What a call has where nobody says another."""


USUAL = Usual()

_RETRY_AFTER = 0.05
"""Seconds before the first repetition where the error says no other; doubled each time."""
_LONGEST_WAIT = 1.0
_SPREAD = 0.2
"""How far a wait may be off, so that callers who failed together do not come back together."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a caller said of its calls. There is one only where something was said that few say."""

    values: Values = field(default_factory=lambda: NO_VALUES)
    trace: Trace | None = None
    context: Context[Any, Any] | None = None
    retries: int = 0

    def with_options(
        self,
        retries: int | Usual,
        metadata: Mapping[str, str | bytes] | Usual,
        trace: Trace | None | Usual,
        context: Context[Any, Any] | None | Usual,
    ) -> Asking | None:
        """The same with what was given; `None` where nothing is left that is not usual."""
        made = Asking(
            self.values if isinstance(metadata, Usual) else checked(metadata),
            self.trace if isinstance(trace, Usual) else trace,
            self.context if isinstance(context, Usual) else context,
            self.retries if isinstance(retries, Usual) else retries,
        )
        return None if made == PLAIN else made


PLAIN = Asking()


def dressed(
    terms: Terms, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
) -> tuple[bytes, int, float | None]:
    """The payload with its metadata, the flag that says so, and the seconds that the call may take."""
    # The peer is told what somebody named: the caller, or the schema.
    left = remote.named if isinstance(timeout, Usual) else timeout
    limit = remote.timeout if isinstance(timeout, Usual) else timeout
    depth, trace, values = 0, None, NO_VALUES
    if asking is not None:
        trace, values = asking.trace, asking.values
        if (trace is not None or values) and not terms.meta:
            raise terms.unsupported(f"{remote.name} cannot be sent with metadata")
        context = asking.context
        if context is not None:
            if context._cancelled:
                raise aborted(context._method.name)
            depth = context._depth + 1
            trace = trace or context.trace
            deadline = context.deadline
            if deadline is not None:
                rest = max(deadline - time.monotonic(), 0.0)
                limit = rest if limit is None else min(rest, limit)
                left = limit
    if not terms.meta:
        return payload, 0, limit
    head = prefix(left, depth, trace, values)
    if not head:
        return payload, 0, limit
    whole = head + payload
    if len(whole) > terms.peer_payload:
        message = (
            f"{remote.name} request has {len(whole)} bytes with its metadata, above the {terms.peer_payload} that the "
            "peer takes"
        )
        raise ProcwireError(Code.RESOURCE_EXHAUSTED, message)
    return whole, META, limit


def refuse_retries(remote: RemoteMethod) -> None:
    """Raises where calls of a method may not be repeated."""
    if not remote.idempotent:
        message = f"{remote.name} is not idempotent, so that its calls cannot be made again"
        raise ProcwireError(Code.INVALID_ARGUMENT, message)


def wait_before_retry(error: ProcwireError, retry: int) -> float | None:
    """Seconds before a failed call is made again, for the `retry`th time; `None` where it is not worth it."""
    if not error.is_retryable():
        return None
    first = (error._retry_after if isinstance(error, DeclaredError) else None) or _RETRY_AFTER
    return min(first * float(2 ** (retry - 1)), _LONGEST_WAIT) * random.uniform(1 - _SPREAD, 1 + _SPREAD)

"""What a handler can know and do besides its arguments."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from .connection.served import Served
    from .connection.serving import Serving

    EmitT = TypeVar("EmitT", default=Any)
else:
    from typing import TypeVar

    # Only type checkers know of defaults in the versions before 3.13.
    EmitT = TypeVar("EmitT")


class Context(Generic[EmitT]):
    """The call that a handler serves. A handler gets it as `cx` where it has a parameter of that name."""

    __slots__ = ("_aborted", "_cancelled", "_key", "_method", "_request", "_serving", "_started", "_task")

    # The serving side of a connection fills these in; a handler has the properties.
    _serving: Serving
    _method: Served
    _request: int
    _key: int
    _aborted: bool
    _cancelled: bool
    _started: bool
    _task: asyncio.Task[None] | None

    @property
    def method(self) -> str:
        """The name of the method on the wire."""
        return self._method.wire

    @property
    def service(self) -> str:
        """The name of the service."""
        return self._method.service

    @property
    def cancelled(self) -> bool:
        """Whether the caller has left: it aborted, its deadline passed, or it is gone.

        The task of an `async def` handler is cancelled then. A handler in a thread has to look here.
        """
        return self._cancelled

    @property
    def deadline(self) -> float | None:
        """When the call must be done, on `time.monotonic()`, where the caller said so. The base protocol does not
        carry it."""
        return None

    @property
    def events(self) -> EmitT:
        """Sends events to the parent."""
        emit: EmitT = self._method.emit(self._serving.emitter)
        return emit

    def __repr__(self) -> str:
        return f"<Context of {self._method.name}, request {self._request}>"

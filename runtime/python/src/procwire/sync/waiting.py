"""What a thread waits for: an answer, items of a stream, or events."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from ..connection import Calls, Items, Queue, RemoteMethod
from ..error import ProcwireError

if TYPE_CHECKING:
    from .pump import Pump


class Waiter(Protocol):
    """Something that a thread can wait for, while it reads for all or another thread does."""

    event: threading.Event | None
    """Wakes the thread, where that one does not read for itself."""

    @property
    def is_ready(self) -> bool:
        """Whether it came."""
        ...


def _wake(waiter: Waiter) -> None:
    event = waiter.event
    if event is not None:
        event.set()


class Answer:
    """The answer of one call, as the calls of a connection give it."""

    __slots__ = ("_error", "_value", "event", "is_ready")

    def __init__(self) -> None:
        self.event: threading.Event | None = None
        self.is_ready = False
        self._value: Any = None
        self._error: ProcwireError | None = None

    def done(self) -> bool:
        return self.is_ready

    def set_result(self, result: Any, /) -> None:
        self._value = result
        self.is_ready = True
        if self.event is not None:
            self.event.set()

    def set_exception(self, exception: ProcwireError, /) -> None:
        self._error = exception
        self.is_ready = True
        _wake(self)

    def take(self) -> Any:
        """The value; raises the failure."""
        if self._error is not None:
            raise self._error
        return self._value


class SyncItems(Items):
    """Items for a consumer in a thread."""

    __slots__ = ("_pump", "deadline", "event")

    def __init__(self, pump: Pump, calls: Calls[Any, Any], request: int, method: RemoteMethod) -> None:
        super().__init__(calls, request, method)
        self._pump = pump
        self.event: threading.Event | None = None
        self.deadline: float | None = None

    @property
    def is_ready(self) -> bool:
        return bool(self._payloads) or self._ended

    def _wake(self) -> None:
        _wake(self)

    def take(self) -> deque[bytes] | None:
        """Takes everything that arrived, which is something; `None` after the end. Raises what ended the stream."""
        pump = self._pump
        if self._handed and self._give_back():
            pump.write(time.monotonic())
        if not self.is_ready and not pump.wait(self, self.deadline):
            self._calls.expire_if_live(self.request)
            pump.write(time.monotonic())
        return self._taken()

    def leave(self) -> None:
        super().leave()
        self._pump.write(time.monotonic())


class SyncQueue(Queue):
    """Events for a subscriber in a thread."""

    __slots__ = ("_pump", "event", "heard")

    def __init__(self, pump: Pump, limit: int) -> None:
        super().__init__(limit)
        self._pump = pump
        self.heard = 0
        """The id of the events."""
        self.event: threading.Event | None = None

    @property
    def is_ready(self) -> bool:
        return bool(self._payloads) or self._closed

    def _wake(self) -> None:
        _wake(self)

    def take(self, deadline: float | None) -> bytes | None:
        """The next event; `None` once there are no more. Raises `TimeoutError` where none came in time."""
        if not self.is_ready and not self._pump.wait(self, deadline):
            raise TimeoutError("no event came in time")
        return self.rest()

    def leave(self) -> None:
        """Nobody wants events any more."""
        self._pump.subscriptions.unsubscribe(self.heard, self)

"""What a synchronous client makes its calls over, whoever moves the bytes."""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from ..asking import Asking, Usual
from ..connection import Counts, RemoteMethod
from ..connection.terms import Terms
from ..error import ProcwireError


class Arriving(Protocol):
    """The items of a stream that was asked for."""

    def take(self) -> deque[bytes] | None:
        """Waits for items, and takes what arrived; `None` after the end. Raises what ended the stream."""
        ...

    def leave(self) -> None:
        """Nobody wants items any more."""
        ...


class Heard(Protocol):
    """The events of one subscription."""

    @property
    def dropped(self) -> int:
        """How many events gave way to newer ones."""
        ...

    def take(self, deadline: float | None) -> bytes | None:
        """The next event; `None` once there are no more. Raises `TimeoutError` where none came in time."""
        ...

    def leave(self) -> None:
        """Nobody wants events any more."""
        ...


class Line(Protocol):
    """A connection, for threads."""

    @property
    def terms(self) -> Terms:
        """What is in force."""
        ...

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong so far."""
        ...

    def call(self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None) -> Any:
        """Makes a call that is answered once, and waits for its answer."""
        ...

    def notify(self, remote: RemoteMethod, payload: bytes, asking: Asking | None) -> None:
        """Makes a call that is not answered."""
        ...

    def open(
        self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
    ) -> Arriving:
        """Asks for a stream."""
        ...

    def subscribe(self, event: int) -> Heard:
        """Begins to keep the events of an id."""
        ...

    def refuse(self, error: ProcwireError) -> None:
        """New calls fail with this from now on; those that run go on."""
        ...

    def drain(self, grace: float) -> None:
        """Writes what waits, for so many seconds at most."""
        ...

    def close(self) -> None:
        """Takes leave of a peer that has ended."""
        ...

    def discard(self) -> None:
        """Lets go of a connection that no thread uses any more."""
        ...

"""Items of a stream that arrived and that nobody has taken."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from ..constants import ITEM_COST
from ..error import ProcwireError
from ..frame import WireError

if TYPE_CHECKING:
    from .calls import Calls, RemoteMethod


class Items:
    """The consumer's side of one stream."""

    __slots__ = (
        "_calls",
        "_ended",
        "_error",
        "_handed",
        "_owed",
        "_payloads",
        "_received",
        "_returned",
        "_window",
        "cost",
        "method",
        "request",
    )

    def __init__(self, calls: Calls[Any, Any], request: int, method: RemoteMethod) -> None:
        self._calls = calls
        self.request = request
        self.method = method
        self._payloads: deque[bytes] = deque()
        self.cost = 0
        """Bytes that nobody has taken."""
        self._ended = False
        self._error: ProcwireError | None = None
        self._window = calls.window
        """What may be outstanding; `None` where no credit is in force."""
        # Each is written by one thread only, the one that reads or the one that takes.
        self._received = 0
        self._returned = 0
        self._handed = 0
        """What the items cost that were taken last, whose consumer may not be through with them."""
        self._owed = 0
        """What was used and is to be given back."""

    @property
    def waits(self) -> bool:
        """Whether somebody asked for an item in vain."""
        return False

    def push(self, payload: bytes) -> int:
        """Adds an item and gives what waits now. Raises `WireError` where the peer had no credit for it."""
        cost = len(payload) + ITEM_COST
        window = self._window
        if window is not None:
            outstanding = self._received - self._returned
            if outstanding > window // 2 and outstanding + cost > window:
                message = (
                    f"{self.method.name}: an item of {len(payload)} bytes came while {outstanding} of the window of"
                )
                raise WireError("credit", f"{message} {window} were outstanding")
            self._received += cost
        self._payloads.append(payload)
        cost = self.cost = self.cost + cost
        self._wake()
        return cost

    def end(self, error: ProcwireError | None) -> None:
        """There are no more items; those that arrived are handed out before."""
        if not self._ended:
            self._error = error
            self._ended = True
        self._wake()

    def fail(self, error: ProcwireError) -> None:
        """Ends the stream without the items that wait."""
        self._payloads.clear()
        self.cost = 0
        self.end(error)

    def _wake(self) -> None:
        """Tells whoever waits that something came."""
        raise NotImplementedError

    def _taken(self) -> deque[bytes] | None:
        """Everything that arrived, or `None` after the end. Raises what ended the stream."""
        if self._payloads:
            if self._window is not None:
                return self._some(self._window)
            taken, self._payloads = self._payloads, deque()
            self.cost = 0
            return taken
        error, self._error = self._error, None
        if error is not None:
            raise error
        return None

    def _some(self, window: int) -> deque[bytes]:
        """As much as half a window, so that the peer can send the other half meanwhile."""
        payloads, taken, cost = self._payloads, deque[bytes](), 0
        while payloads and (cost == 0 or cost * 2 < window):
            payload = payloads.popleft()
            cost += len(payload) + ITEM_COST
            taken.append(payload)
        self._handed = cost
        return taken

    def _give_back(self) -> bool:
        """The consumer is through with what it took; says whether the peer is told."""
        self._owed += self._handed
        self._handed = 0
        owed = self._owed
        if self._ended or owed == 0 or self._window is None or owed * 2 < self._window:
            return False
        self._owed = 0
        self._returned += owed
        self._calls.give_back(self.request, owed)
        return True

    def leave(self) -> None:
        """Nobody wants items any more."""
        self._payloads.clear()
        self.cost = 0
        if not self._ended:
            self._ended = True
            self._calls.abandon(self.request)


class LoopItems(Items):
    """Items for a consumer on the loop."""

    __slots__ = ("_waiter",)

    def __init__(self, calls: Calls[Any, Any], request: int, method: RemoteMethod) -> None:
        super().__init__(calls, request, method)
        self._waiter: asyncio.Future[None] | None = None

    @property
    def waits(self) -> bool:
        return self._waiter is not None

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def take(self) -> deque[bytes] | None:
        """Takes everything that arrived, which is something; `None` after the end. Raises what ended the stream."""
        if self._handed:
            self._give_back()
        while not self._payloads and not self._ended:
            if self._waiter is not None:
                raise RuntimeError(f"{self.method.name}: another task waits for an item of this stream")
            waiter = self._waiter = asyncio.get_running_loop().create_future()
            self._calls.took()
            try:
                await waiter
            finally:
                self._waiter = None
        taken = self._taken()
        self._calls.took()
        return taken

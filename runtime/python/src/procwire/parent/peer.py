"""A child that runs: what its clients share, and what is told of it at its end."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from ..asking import USUAL
from ..caller import call
from ..connection import CloseReason, Connection, Counts, RemoteMethod
from ..control import Init
from ..error import Code, ProcwireError
from ..worker.binding import HEALTH, Health
from . import steps
from .callbacks import Handlers
from .exit import Exit
from .options import Options
from .process import Child, State

Found = TypeVar("Found")

END_AFTER_LOSS = 0.08
"""Seconds that a child that lost its connection may take to end by itself, for the sake of its exit status."""
END_BY_FORCE = 5.0
"""Seconds that the system may take to end a child."""


class Peer:
    """The process behind a client. All clients of one process share it; it is ended when the last of them is gone."""

    def __init__(self, options: Options, child: Child, connection: Connection, init: Init, handlers: Handlers) -> None:
        self.callbacks = handlers
        """What this program answers when the process calls back; handlers may come and go."""
        self._options = options
        self.name = options.name
        """The name that the process goes by in messages."""
        self._child = child
        self._connection = connection
        self._init = init
        self._grace = options.shutdown_grace
        # The task knows the child and the connection, and not this, which may be dropped.
        self._attending = asyncio.ensure_future(_attend(child, connection, options.name))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return replace(self._connection.counts)

    @property
    def exit(self) -> Exit | None:
        """How the process ended, if it did."""
        return self._child.find(steps.exit)

    async def exited(self) -> Exit:
        """Waits until the process has ended."""
        return await wait_for(self._child, steps.exit)

    async def shutdown(self) -> None:
        """Ends the process: new calls fail, what runs may go on for the grace, and then it is ended by force.

        Raises `ProcwireError` where it did not end by itself with exit code 0. A second one waits for the first.
        """
        error = ProcwireError(Code.UNAVAILABLE, f"worker `{self.name}` is shutting down")
        self._connection.calls.refuse(error)
        # What does not leave in the time of the grace would not be answered either.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._grace):
                await self._connection.outbox.written()
        first = self._child.shutdown(self._grace)
        exit = await self.exited()
        await asyncio.wait([self._attending])
        if first and not exit.success:
            raise ProcwireError(Code.UNAVAILABLE, f"worker `{self.name}` did not end in order: {exit}")

    async def health(self) -> Health:
        """Asks the worker how it is. Raises `ProcwireError` where it is not one of ours."""
        announced = self._init.methods.get(HEALTH.wire)
        if announced is None:
            raise ProcwireError(Code.UNSUPPORTED, f"worker `{self.name}` does not tell its health")
        remote = RemoteMethod(HEALTH.wire, HEALTH, announced.id, self._options.call_timeout)
        health: Health = await call(self._connection, remote, None, USUAL, None)
        return health

    async def kill(self) -> None:
        """Ends the process by force, and waits for it."""
        self._child.kill()
        await self.exited()
        await asyncio.wait([self._attending])

    def __del__(self) -> None:
        # Only a constructor that failed leaves it without a child.
        child: Child | None = getattr(self, "_child", None)
        if child is not None and child.find(steps.exit) is None and not child.find(steps.ends):
            child.kill()
            warnings.warn(
                f"worker `{self.name}` was ended because nobody had a client of it any more; use `async with`",
                ResourceWarning,
                source=self,
                stacklevel=1,
            )


async def wait_for(child: Child, look: Callable[[State], Found | None]) -> Found:
    """Waits on the loop until `look` finds something in what is known of the child."""
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()

    def tell() -> None:
        # A loop that is closed waits for nothing.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(changed.set)

    end = child.watch(tell)
    try:
        while True:
            changed.clear()
            found = child.find(look)
            if found is not None:
                return found
            await changed.wait()
    finally:
        end()


async def wait_until(child: Child, look: Callable[[State], Found | None], timeout: float) -> Found | None:
    """The same for a time, in seconds; `None` once it is over."""
    try:
        async with asyncio.timeout(timeout):
            return await wait_for(child, look)
    except TimeoutError:
        return None


async def _attend(child: Child, connection: Connection, name: str) -> None:
    """Waits for the end of the connection, and tells those who wait for answers how the child ended."""
    try:
        reason = await asyncio.shield(connection.closed)
        error = await _obituary(child, reason, name)
    except asyncio.CancelledError:
        # The loop ends with calls in flight.
        child.kill()
        connection.fail_all(ProcwireError(Code.UNAVAILABLE, f"worker `{name}` was ended with its program"))
        raise
    connection.fail_all(error)


async def _obituary(child: Child, reason: CloseReason, name: str) -> ProcwireError:
    """Why nobody answers any more. Makes sure that the child has ended."""
    ended = None
    if reason.kind != "protocol":
        ended = await wait_until(child, steps.exit, END_AFTER_LOSS)
    if ended is None:
        child.end_lost(str(reason))
        ended = await wait_until(child, steps.exit, END_BY_FORCE)
    return gone(name, reason, ended)


def gone(name: str, reason: CloseReason, ended: Exit | None) -> ProcwireError:
    """The failure of every call to a child that is gone."""
    return ProcwireError(Code.UNAVAILABLE, f"worker `{name}` is gone: {ended if ended is not None else reason}")

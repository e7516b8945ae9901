"""Serves `interop.ipc`, as `src/desk.rs` does in Rust. Each handler is of one of the kinds that there are."""

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from interop import (
    Blob,
    Everything,
    InteropEmit,
    InteropWorker,
    Item,
    Moment,
    Odd,
    Sum,
    Text,
    Touched,
    Trouble,
    TroubleOutOfLuck,
)

from procwire import Context, ProcwireError, inline


class Desk(InteropWorker):
    """The service of the scenarios."""

    def __init__(self) -> None:
        """A desk without open gates."""
        self._gates: dict[str, set[asyncio.Future[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def echo(self, everything: Everything) -> Everything:
        return everything

    @inline
    def odd(self, odd: Odd) -> Odd:
        return odd

    async def add(self, a: int, b: int) -> Sum:
        return Sum(sum=a + b)

    @inline
    def greet(self, name: str, greeting: str, mark: str | None) -> Text:
        return Text(text=f"{greeting} {name}{mark or ''}")

    # A plain function runs in a thread.
    def blob(self, data: bytes) -> Blob:
        return Blob(data=data, length=len(data))

    def moment(self, at: datetime) -> Moment:
        return Moment(at=at)

    async def mirror(self, payload: bytes) -> bytes:
        return payload

    async def fail(self, how: str) -> Sum:
        raise trouble(how)

    async def wait(self, gate: str, *, cx: Context[InteropEmit]) -> Text:
        opened = asyncio.get_running_loop().create_future()
        waiting = self._gates.setdefault(gate, set())
        waiting.add(opened)
        try:
            await cx.events.waiting(gate=gate)
            await opened
        except asyncio.CancelledError:
            waiting.discard(opened)
            await cx.events.aborted(gate=gate)
            raise
        return Text(text=gate)

    @inline
    def open(self, gate: str) -> Sum:
        waiting = self._gates.pop(gate, set())
        for opened in waiting:
            opened.set_result(None)
        return Sum(sum=len(waiting))

    async def sleep(self, ms: int, blocking: bool, *, cx: Context[InteropEmit]) -> Text:
        if blocking:
            await cx.events.waiting(gate="sleep")
            # The event has to leave before the thread is held.
            await asyncio.sleep(0.02)
            time.sleep(ms / 1000)  # noqa: ASYNC251, that is what is asked for
        else:
            await asyncio.sleep(ms / 1000)
        return Text(text="slept")

    # A plain generator runs in a thread.
    def count(self, n: int, fail: str | None) -> Iterator[Item]:
        for i in range(n):
            yield item(i)
        if fail is not None:
            raise trouble(fail)

    async def forever(self, gate: str, *, cx: Context[InteropEmit]) -> AsyncIterator[Item]:
        try:
            for i in itertools.count():
                await asyncio.sleep(0)
                yield item(i)
        finally:
            await cx.events.aborted(gate=gate)

    def poke(self, text: str) -> None:
        del text

    def touch(self, text: str) -> Touched:
        return Touched(accepted=True, text=text)

    async def note(self, text: str, *, cx: Context[InteropEmit]) -> None:
        await cx.events.noted(text=text)

    async def emit(self, during: int, after: int, *, cx: Context[InteropEmit]) -> None:
        for seq in range(during):
            await cx.events.tick(seq=seq, text="during")
        task = asyncio.create_task(self._emit_after(after))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _emit_after(self, after: int) -> None:
        for seq in range(after):
            await self.events.tick(seq=seq, text="after")

    def print(self, lines: int) -> None:
        line = "x" * 1000
        for _ in range(lines):
            print(line)

    @inline
    def pid(self) -> int:
        return os.getpid()


def item(i: int) -> Item:
    """An item of a stream."""
    return Item(i=i, pad=b"a")


def trouble(how: str) -> Exception:
    """What a handler fails with."""
    match how:
        case "text":
            return RuntimeError("no luck")
        case "map":
            return ProcwireError("failed", "no luck", {"code": 7})
        case "declared":
            return Trouble(TroubleOutOfLuck(tries=3))
        case _:
            return KeyError("the handler broke")


async def serve() -> None:
    """Serves until the parent is gone, and says hello to it before."""
    desk = Desk()
    greeting = asyncio.create_task(_hello(desk))
    await desk.serve()
    greeting.cancel()


async def _hello(desk: Desk) -> None:
    if await desk.ready():
        await desk.events.hello(text="ready")

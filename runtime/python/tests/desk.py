"""A service by hand, as the generator prints one; and the worker that tests start, when this is run as a program."""

from __future__ import annotations

import asyncio
import builtins
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypedDict

import procwire
from procwire import stub_v1 as _p


class Sum(_p.Record, frozen=True, kw_only=True, omit_defaults=True):
    sum: _p.I32


class Item(_p.Record, frozen=True, kw_only=True, omit_defaults=True):
    i: _p.U32
    pad: _p.Bytes


class OutOfLuck(_p.Record, frozen=True, kw_only=True, omit_defaults=True, tag="OutOfLuck", tag_field="type"):
    tries: _p.U32


class Closed(_p.Record, frozen=True, kw_only=True, omit_defaults=True, tag="Closed", tag_field="type"):
    pass


class Trouble(_p.DeclaredError[OutOfLuck | Closed]):
    """What `fail` and `count` declare."""


class _DeskAdd(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    a: _p.I32
    b: _p.I32


class _DeskText(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    text: str


class _DeskNumber(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    n: _p.U32


class _DeskCount(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    n: _p.U32
    fail: str | None = None


class DeskTick(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    seq: _p.U32


_ADD: _p.Method[_DeskAdd, Sum] = _p.Method("add", "add", "result", "named", _p.Codec(_DeskAdd), _p.Codec(Sum))
_FAIL: _p.Method[_DeskText, Sum] = _p.Method(
    "fail", "fail", "result", "named", _p.Codec(_DeskText), _p.Codec(Sum), throws=Trouble
)
_MIRROR: _p.Method[bytes, bytes] = _p.Method(
    "mirror", "mirror", "result", "bare", _p.Codec(bytes), _p.Codec(bytes), raw=True
)
_HOLD: _p.Method[_DeskText, None] = _p.Method("hold", "hold", "result", "named", _p.Codec(_DeskText), _p.UNIT)
_BLOCK: _p.Method[_DeskText, None] = _p.Method("block", "block", "result", "named", _p.Codec(_DeskText), _p.UNIT)
_COUNT: _p.Method[_DeskCount, Item] = _p.Method(
    "count", "count", "stream", "named", _p.Codec(_DeskCount), _p.Codec(Item), throws=Trouble
)
_FOREVER: _p.Method[_DeskText, Item] = _p.Method(
    "forever", "forever", "stream", "named", _p.Codec(_DeskText), _p.Codec(Item)
)
_POKE: _p.Method[None, None] = _p.Method("poke", "poke", "ack", "none", _p.NOTHING, _p.UNIT)
_NOTE: _p.Method[_DeskText, None] = _p.Method("note", "note", "none", "named", _p.Codec(_DeskText), _p.UNIT)
_EMIT: _p.Method[_DeskNumber, None] = _p.Method("emit", "emit", "result", "named", _p.Codec(_DeskNumber), _p.UNIT)
_SAY: _p.Method[_DeskText, None] = _p.Method("say", "say", "result", "named", _p.Codec(_DeskText), _p.UNIT)
_TICK: _p.Event[DeskTick] = _p.Event("tick", "tick", "named", _p.Codec(DeskTick))
_NOTED: _p.Event[str] = _p.Event("noted", "noted", "bare", _p.Codec(str))
_GONE: _p.Event[None] = _p.Event("gone", "gone", "none", _p.NOTHING)
_CHUNK: _p.Event[bytes] = _p.Event("chunk", "chunk", "bare", _p.Codec(bytes), raw=True)
DESK = _p.Service(
    "Desk",
    methods=(_ADD, _FAIL, _MIRROR, _HOLD, _BLOCK, _COUNT, _FOREVER, _POKE, _NOTE, _EMIT, _SAY),
    events=(_TICK, _NOTED, _GONE, _CHUNK),
)


class DeskEvents(_p.Events):
    def tick(self) -> _p.Subscription[DeskTick]:
        return self._subscribe(_TICK)

    def noted(self) -> _p.Subscription[str]:
        return self._subscribe(_NOTED)

    def gone(self) -> _p.Subscription[None]:
        return self._subscribe(_GONE)

    def chunk(self) -> _p.Subscription[bytes]:
        return self._subscribe(_CHUNK)


class DeskSyncEvents(_p.SyncEvents):
    def tick(self) -> _p.SyncSubscription[DeskTick]:
        return self._subscribe(_TICK)

    def noted(self) -> _p.SyncSubscription[str]:
        return self._subscribe(_NOTED)


class DeskOn(TypedDict, total=False):
    tick: Callable[[DeskTick], object]
    noted: Callable[[str], object]
    gone: Callable[[], object]
    chunk: Callable[[bytes], object]


class DeskSyncClient(_p.SyncClient[DeskSyncEvents, DeskOn]):
    _service = DESK
    _events = DeskSyncEvents

    def add(self, a: int, b: int) -> Sum:
        return self._call(_ADD, _DeskAdd(a=a, b=b))

    def fail(self, text: str) -> Sum:
        return self._call(_FAIL, _DeskText(text=text))

    def mirror(self, data: bytes) -> bytes:
        return self._call(_MIRROR, data)

    def hold(self, text: str) -> None:
        self._call(_HOLD, _DeskText(text=text))

    def count(self, n: int, fail: str | None = None) -> _p.SyncStream[Item]:
        return self._stream(_COUNT, _DeskCount(n=n, fail=fail))

    def forever(self, text: str) -> _p.SyncStream[Item]:
        return self._stream(_FOREVER, _DeskText(text=text))

    def poke(self) -> None:
        self._call(_POKE, None)

    def note(self, text: str) -> None:
        self._notify(_NOTE, _DeskText(text=text))

    def emit(self, n: int) -> None:
        self._call(_EMIT, _DeskNumber(n=n))

    def say(self, text: str) -> None:
        self._call(_SAY, _DeskText(text=text))


class DeskClient(_p.Client[DeskEvents, DeskOn, DeskSyncClient]):
    _service = DESK
    _events = DeskEvents
    _sync = DeskSyncClient

    async def add(self, a: int, b: int) -> Sum:
        return await self._call(_ADD, _DeskAdd(a=a, b=b))

    async def fail(self, text: str) -> Sum:
        return await self._call(_FAIL, _DeskText(text=text))

    async def mirror(self, data: bytes) -> bytes:
        return await self._call(_MIRROR, data)

    async def hold(self, text: str) -> None:
        await self._call(_HOLD, _DeskText(text=text))

    async def block(self, text: str) -> None:
        await self._call(_BLOCK, _DeskText(text=text))

    def count(self, n: int, fail: str | None = None) -> _p.Stream[Item]:
        return self._stream(_COUNT, _DeskCount(n=n, fail=fail))

    def forever(self, text: str) -> _p.Stream[Item]:
        return self._stream(_FOREVER, _DeskText(text=text))

    async def poke(self) -> None:
        await self._call(_POKE, None)

    async def note(self, text: str) -> None:
        await self._notify(_NOTE, _DeskText(text=text))

    async def emit(self, n: int) -> None:
        await self._call(_EMIT, _DeskNumber(n=n))

    async def say(self, text: str) -> None:
        await self._call(_SAY, _DeskText(text=text))


class DeskEmit(_p.Emit):
    def tick(self, *, seq: int) -> _p.Emitted:
        return self._emit(_TICK, DeskTick(seq=seq))

    def noted(self, text: str) -> _p.Emitted:
        return self._emit(_NOTED, text)

    def gone(self) -> _p.Emitted:
        return self._emit(_GONE, None)

    def chunk(self, data: bytes) -> _p.Emitted:
        return self._emit(_CHUNK, data)


class DeskWorker(_p.Worker[DeskEmit]):
    _service = DESK
    _emit = DeskEmit

    @_p.handler
    def add(self, a: int, b: int) -> Sum:
        raise NotImplementedError

    @_p.handler
    def fail(self, text: str) -> Sum:
        raise NotImplementedError

    @_p.handler
    def mirror(self, data: bytes) -> bytes:
        raise NotImplementedError

    @_p.handler
    def hold(self, text: str) -> None:
        raise NotImplementedError

    @_p.handler
    def block(self, text: str) -> None:
        raise NotImplementedError

    @_p.stream_handler
    def count(self, n: int, fail: str | None) -> Item:
        raise NotImplementedError

    @_p.stream_handler
    def forever(self, text: str) -> Item:
        raise NotImplementedError

    @_p.handler
    def poke(self) -> None:
        raise NotImplementedError

    @_p.handler
    def note(self, text: str) -> None:
        raise NotImplementedError

    @_p.handler
    def emit(self, n: int) -> None:
        raise NotImplementedError

    @_p.handler
    def say(self, text: str) -> None:
        raise NotImplementedError


class Desk(DeskWorker):
    """Serves it."""

    async def add(self, a: int, b: int) -> Sum:
        return Sum(sum=a + b)

    async def fail(self, text: str, *, cx: _p.Context[DeskEmit]) -> Sum:
        if text == "declared":
            raise Trouble(OutOfLuck(tries=3))
        if text == "exit":
            print("last words", file=sys.stderr)
            os._exit(7)
        raise RuntimeError(text)

    async def mirror(self, data: bytes) -> bytes:
        return data

    async def hold(self, text: str) -> None:
        """Tells that it began, and that it was cancelled."""
        await self.events.noted(f"{text} begins")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await self.events.noted(f"{text} was cancelled")
            raise

    @procwire.inline
    def block(self, text: str) -> None:
        """Holds the loop's thread."""
        self.events.noted(f"{text} blocks")
        self._emitter._connection.outbox.flush()  # type: ignore[union-attr]  # pyright: ignore
        time.sleep(60)

    async def count(self, n: int, fail: str | None) -> AsyncIterator[Item]:
        for i in range(n):
            yield Item(i=i, pad=b"a")
        if fail == "declared":
            raise Trouble(Closed())
        if fail:
            raise RuntimeError(fail)

    async def forever(self, text: str) -> AsyncIterator[Item]:
        i = 0
        try:
            while True:
                yield Item(i=i, pad=b"a" * 1000)
                i += 1
        finally:
            await self.events.noted(f"{text} ends")

    async def poke(self) -> None:
        await self.events.gone()
        await self.events.chunk(b"\xc1\x00")

    async def note(self, text: str) -> None:
        await self.events.noted(text)

    def emit(self, n: int) -> None:
        for seq in range(n):
            self.events.tick(seq=seq)

    def say(self, text: str) -> None:
        print(text)
        subprocess.run(["echo", f"from a program: {text}"], check=True)
        print("unfinished", end="", flush=True)

    async def on_shutdown(self) -> None:
        print("the desk closes", file=sys.stderr, flush=True)


class _DeskGenerator(Desk):
    """The same whose streams are plain generators."""

    def count(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self, n: int, fail: str | None
    ) -> Iterator[Item]:
        assert threading.current_thread() is not threading.main_thread()
        for i in range(n):
            yield Item(i=i, pad=b"a")
        if fail == "declared":
            raise Trouble(Closed())


class _TerminatedLate:
    """Stands for a parent whose SIGTERM meets the interpreter while it ends."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["quits"]:
            print("no can do", file=sys.stderr)
            sys.exit(3)
        case ["silent"]:
            time.sleep(60)
        case ["deaf"]:
            # Announces what nobody listens at.
            print(
                '{"method":"$init","params":{"pipe":"/nonexistent/s","schema":{"methods":{},"events":{}}}}', flush=True
            )
            time.sleep(60)
        case ["bad-init"]:
            print('{"method":"$init","params":{}}', flush=True)
            time.sleep(60)
        case ["unwritten"]:
            DeskWorker().run()
        case ["generator"]:
            _DeskGenerator().run()
        case ["asyncio"]:
            Desk().run(uvloop=False)
        case ["serve"]:
            asyncio.run(Desk().serve())
        case ["terminated-late"]:
            # What this module holds goes before handlers are taken back; what `builtins` holds goes afterwards.
            setattr(builtins, "late", _TerminatedLate())  # noqa: B010
            asyncio.run(Desk().serve())
        case ["noisy"]:
            sys.stdout.write("printed before")
            sys.stdout.flush()
            Desk().run()
        case _:
            Desk().run()

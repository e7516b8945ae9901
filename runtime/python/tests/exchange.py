"""A service whose worker calls its parent, by hand as the generator prints one; and the worker, when this is run."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator

from procwire import Context
from procwire import stub_v1 as _p


class Busy(_p.Record, frozen=True, kw_only=True, omit_defaults=True, tag="Busy", tag_field="type"):
    """Is worth another try."""


class Full(_p.Record, frozen=True, kw_only=True, omit_defaults=True, tag="Full", tag_field="type"):
    """Is not."""


class Crowd(_p.DeclaredError[Busy | Full], retry={"Busy": 0.001}):
    """What `enter` declares."""


class Seen(_p.Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a handler knows of its call."""

    keys: dict[str, str]
    trace: str | None = None
    left: float | None = None
    """Seconds until the deadline."""


def _method(name: str, response: _p.Any, request: object, answer: object, wire: str | None = None) -> _p.Any:
    asks: _p.Codec[_p.Any] = _p.Codec(request)
    answers: _p.Codec[_p.Any] = _p.Codec(answer)
    return _p.Method(name, wire or name, response, "bare", asks, _p.UNIT if answer is None else answers)


_DOUBLE: _p.Method[int, int] = _method("double", "result", int, int, "math.Double")
_LOGGED: _p.Method[str, None] = _method("logged", "ack", str, None, "math.Logged")
_TOLD: _p.Method[str, None] = _method("told", "none", str, None, "math.Told")
_NUMBERS: _p.Method[int, int] = _method("numbers", "stream", int, int, "math.Numbers")
_DEEPER: _p.Method[int, int] = _method("deeper", "result", int, int, "math.Deeper")
_HANGS: _p.Method[str, int] = _method("hangs", "result", str, int, "math.Hangs")
_SEES: _p.Method[str, Seen] = _method("sees", "result", str, Seen, "math.Sees")
MATH = _p.Callbacks("math", methods=(_DOUBLE, _LOGGED, _TOLD, _NUMBERS, _DEEPER, _HANGS, _SEES))


class MathCallbacks(_p.CallbackHandlers):
    """What the worker asks of its parent."""

    _callbacks = MATH

    @_p.handler
    def double(self, value: int) -> int:
        raise NotImplementedError

    @_p.handler
    def logged(self, value: str) -> None:
        raise NotImplementedError

    @_p.handler
    def told(self, value: str) -> None:
        raise NotImplementedError

    @_p.stream_handler
    def numbers(self, value: int) -> int:
        raise NotImplementedError

    @_p.handler
    def deeper(self, value: int) -> int:
        raise NotImplementedError

    @_p.handler
    def hangs(self, value: str) -> int:
        raise NotImplementedError

    @_p.handler
    def sees(self, value: str) -> Seen:
        raise NotImplementedError


class MathCalls(_p.Calls):
    """Calls the parent."""

    def double(self, value: int) -> _p.Called[int]:
        return self._call(_DOUBLE, value)

    def logged(self, value: str) -> _p.Called[None]:
        return self._call(_LOGGED, value)

    def told(self, value: str) -> _p.Called[None]:
        return self._notify(_TOLD, value)

    def numbers(self, value: int) -> _p.CalledStream[int]:
        return self._stream(_NUMBERS, value)

    def deeper(self, value: int) -> _p.Called[int]:
        return self._call(_DEEPER, value)

    def hangs(self, value: str) -> _p.Called[int]:
        return self._call(_HANGS, value)

    def sees(self, value: str) -> _p.Called[Seen]:
        return self._call(_SEES, value)


class ParentCalls(_p.Calls):
    """All namespaces."""

    @property
    def math(self) -> MathCalls:
        return MathCalls(self._inner)


_QUADRUPLE: _p.Method[int, int] = _method("quadruple", "result", int, int)
_THREADED: _p.Method[int, int] = _method("threaded", "result", int, int)
_SUM: _p.Method[int, int] = _method("sum", "result", int, int)
_FIRST: _p.Method[int, int] = _method("first", "result", int, int)
_TELL: _p.Method[str, None] = _method("tell", "result", str, None)
_SINK: _p.Method[int, int] = _method("sink", "result", int, int)
_SUNK: _p.Method[int, int] = _method("sunk", "result", int, int)
_HANG: _p.Method[str, int] = _method("hang", "result", str, int)
_SEE: _p.Method[str, Seen] = _method("see", "result", str, Seen)
_PASS_ON: _p.Method[str, Seen] = _method("pass_on", "result", str, Seen)
_MANY: _p.Method[int, int] = _method("many", "result", int, int)
_BLOBS: _p.Method[int, bytes] = _method("blobs", "stream", int, _p.Bytes)
_BLOBS_OF_THREAD: _p.Method[int, bytes] = _method("blobs_of_thread", "stream", int, _p.Bytes)
_PRODUCED: _p.Method[None, int] = _p.Method("produced", "produced", "result", "none", _p.NOTHING, _p.Codec(int))
_ENTER: _p.Method[int, int] = _p.Method(
    "enter", "enter", "result", "bare", _p.Codec(int), _p.Codec(int), idempotent=True, throws=Crowd
)
_LATER: _p.Method[int, int] = _p.Method(
    "later", "later", "result", "bare", _p.Codec(int), _p.Codec(int), since="2.0", timeout=20.0
)
_ENDED: _p.Event[str] = _p.Event("ended", "ended", "bare", _p.Codec(str))
_OLD = (
    _QUADRUPLE,
    _THREADED,
    _SUM,
    _FIRST,
    _TELL,
    _SINK,
    _SUNK,
    _HANG,
    _SEE,
    _PASS_ON,
    _MANY,
    _BLOBS,
    _BLOBS_OF_THREAD,
    _PRODUCED,
    _ENTER,
)
EXCHANGE = _p.Service("Exchange", methods=(*_OLD, _LATER), events=(_ENDED,))
OLD_EXCHANGE = _p.Service(
    "Exchange", methods=_OLD, events=(_ENDED,), schema=_p.schema('{"ipc":1}', fingerprint="0" * 16)
)


class ExchangeEmit(_p.Emit):
    """Sends events."""

    __slots__ = ()

    def ended(self, value: str) -> _p.Any:
        return self._emit(_ENDED, value)


class ExchangeEvents(_p.Events):
    """Subscribes to events."""

    __slots__ = ()

    def ended(self) -> _p.Subscription[str]:
        return self._subscribe(_ENDED)


class ExchangeSyncEvents(_p.SyncEvents):
    """Subscribes to events without a loop."""

    __slots__ = ()

    def ended(self) -> _p.SyncSubscription[str]:
        return self._subscribe(_ENDED)


class ExchangeSyncClient(_p.SyncClient[ExchangeSyncEvents, dict[str, Callable[[str], object]]]):
    """Calls without a loop."""

    _service = EXCHANGE
    _events = ExchangeSyncEvents

    def threaded(self, value: int) -> int:
        return self._call(_THREADED, value)

    def sum(self, value: int) -> int:
        return self._call(_SUM, value)

    def first(self, value: int) -> int:
        return self._call(_FIRST, value)

    def tell(self, value: str) -> None:
        return self._call(_TELL, value)

    def sink(self, value: int) -> int:
        return self._call(_SINK, value)

    def sunk(self, value: int) -> int:
        return self._call(_SUNK, value)

    def hang(self, value: str) -> int:
        return self._call(_HANG, value)

    def pass_on(self, value: str) -> Seen:
        return self._call(_PASS_ON, value)

    def many(self, value: int) -> int:
        return self._call(_MANY, value)

    def see(self, value: str) -> Seen:
        return self._call(_SEE, value)

    def blobs(self, value: int) -> _p.SyncStream[bytes]:
        return self._stream(_BLOBS, value)

    def produced(self) -> int:
        return self._call(_PRODUCED, None)

    def enter(self, value: int) -> int:
        return self._call(_ENTER, value)

    def quadruple(self, value: int) -> int:
        return self._call(_QUADRUPLE, value)

    def later(self, value: int) -> int:
        return self._call(_LATER, value)


class ExchangeClient(_p.Client[ExchangeEvents, _p.NoOn, ExchangeSyncClient]):
    """Calls the worker."""

    _service = EXCHANGE
    _events = ExchangeEvents
    _sync = ExchangeSyncClient

    async def quadruple(self, value: int) -> int:
        return await self._call(_QUADRUPLE, value)

    async def threaded(self, value: int) -> int:
        return await self._call(_THREADED, value)

    async def sum(self, value: int) -> int:
        return await self._call(_SUM, value)

    async def first(self, value: int) -> int:
        return await self._call(_FIRST, value)

    async def tell(self, value: str) -> None:
        return await self._call(_TELL, value)

    async def sink(self, value: int) -> int:
        return await self._call(_SINK, value)

    async def sunk(self, value: int) -> int:
        return await self._call(_SUNK, value)

    async def hang(self, value: str) -> int:
        return await self._call(_HANG, value)

    async def see(self, value: str) -> Seen:
        return await self._call(_SEE, value)

    async def pass_on(self, value: str) -> Seen:
        return await self._call(_PASS_ON, value)

    async def many(self, value: int) -> int:
        return await self._call(_MANY, value)

    async def later(self, value: int) -> int:
        return await self._call(_LATER, value)

    async def produced(self) -> int:
        return await self._call(_PRODUCED, None)

    async def enter(self, value: int) -> int:
        return await self._call(_ENTER, value)

    def blobs(self, value: int) -> _p.Stream[bytes]:
        return self._stream(_BLOBS, value)

    def blobs_of_thread(self, value: int) -> _p.Stream[bytes]:
        return self._stream(_BLOBS_OF_THREAD, value)


def seen(cx: Context[_p.Any, _p.Any]) -> Seen:
    """What is known of a call."""
    left = None if cx.deadline is None else cx.deadline - time.monotonic()
    keys = {key: value if isinstance(value, str) else value.decode() for key, value in cx.metadata.items()}
    return Seen(keys=keys, trace=None if cx.trace is None else cx.trace.traceparent, left=left)


class Exchange(_p.Worker[ExchangeEmit, ParentCalls]):
    """Serves the exchange."""

    _service = OLD_EXCHANGE
    _emit = ExchangeEmit
    _calls = ParentCalls
    _optional = MATH.methods

    def __init__(self) -> None:
        self.made = 0
        self.tries = 0

    async def enter(self, value: int) -> int:
        """Lets in at the so manieth try, and nobody where that is below 0."""
        self.tries += 1
        if value < 0:
            raise Crowd(Full())
        if self.tries < value:
            raise Crowd(Busy())
        tries, self.tries = self.tries, 0
        return tries

    async def quadruple(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        math = cx.callbacks.math
        return await math.double(await math.double(value))

    def threaded(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        math = cx.callbacks.math
        math.logged("in a thread").wait()
        return math.double(value).wait() + sum(math.numbers(value))

    def sunk(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        """As `sink`, in threads that wait for each other."""
        return 0 if value == 0 else 1 + cx.callbacks.math.deeper(-value + 1).wait()

    async def sum(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        return sum([number async for number in cx.callbacks.math.numbers(value)])

    async def first(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        async for number in cx.callbacks.math.numbers(value):
            return number
        return -1

    async def tell(self, value: str, *, cx: Context[ExchangeEmit, ParentCalls]) -> None:
        await cx.callbacks.math.logged(value)
        await cx.callbacks.math.told(value)

    async def sink(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        """Goes down into the parent, which comes back, until there is nothing left."""
        return 0 if value == 0 else 1 + await cx.callbacks.math.deeper(value - 1)

    async def hang(self, value: str, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        try:
            return await cx.callbacks.math.hangs(value)
        finally:
            await cx.events.ended(value)

    async def see(self, value: str, *, cx: Context[ExchangeEmit, ParentCalls]) -> Seen:
        return seen(cx)

    async def pass_on(self, value: str, *, cx: Context[ExchangeEmit, ParentCalls]) -> Seen:
        return await cx.callbacks.math.sees(value)

    async def many(self, value: int, *, cx: Context[ExchangeEmit, ParentCalls]) -> int:
        return sum(await asyncio.gather(*(cx.callbacks.math.double(i) for i in range(value))))

    async def blobs(self, value: int) -> AsyncIterator[bytes]:
        self.made = 0
        while True:
            self.made += 1
            yield b"a" * value

    def blobs_of_thread(self, value: int) -> Iterator[bytes]:
        self.made = 0
        while True:
            self.made += 1
            yield b"a" * value

    async def produced(self) -> int:
        return self.made


class Demanding(Exchange):
    """Is of no use without a callback."""

    _requires = (_DOUBLE, _HANGS)


class Calling(Exchange):
    """Calls the parent outside of handlers."""

    async def alone(self) -> None:
        if await self.ready():
            await self.callbacks.math.logged("nobody asked")


async def _alone() -> None:
    calling = Calling()
    telling = asyncio.create_task(calling.alone())
    await calling.serve()
    await telling


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["demanding"]:
            Demanding().run()
        case ["alone"]:
            asyncio.run(_alone())
        case ["one-thread"]:
            Exchange().run(threads=1)
        case ["without", *names]:
            Exchange().run(extensions=[name for name in ("fd", "meta", "callbacks", "credit") if name not in names])
        case _:
            Exchange().run()

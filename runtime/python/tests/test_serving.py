"""The serving side: how handlers of each kind run, answer, fail, are aborted, wait and end."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest
from raw import Raw, connected

import procwire
from procwire import stub_v1 as _p
from procwire.connection import Limits
from procwire.connection.telling import bounded
from procwire.constants import ID_ABORT, TRACEBACK_LIMIT


class Args(_p.Params, frozen=True, kw_only=True, omit_defaults=True):
    a: _p.I32
    b: _p.I32 = 10


class Refused(_p.Record, frozen=True, kw_only=True, omit_defaults=True, tag="Refused", tag_field="type"):
    why: str


class Trouble(_p.DeclaredError[Refused]):
    """A declared error."""


class Other(_p.DeclaredError[Refused]):
    """One that no method declares."""


INT: _p.Codec[int] = _p.Codec(int)


def method(name: str, response: Any, **more: Any) -> _p.Method[Args, int]:
    return _p.Method(name, name, response, "named", _p.Codec(Args), INT, **more)


SEEN: _p.Event[int] = _p.Event("seen", "seen", "bare", INT)
NAMES = {
    "add": "result",
    "threaded": "result",
    "inlined": "result",
    "fails": "result",
    "declares": "result",
    "undeclared": "result",
    "unencodable": "result",
    "exits": "result",
    "held": "result",
    "stubborn": "result",
    "blocked": "result",
    "by_keyword": "result",
    "context": "result",
    "items": "stream",
    "generates": "stream",
    "endless": "stream",
    "spins": "stream",
    "breaks": "stream",
    "inline_items": "stream",
    "returned": "stream",
    "noted": "none",
    "broken_note": "none",
    "tells": "ack",
}
STYLES = _p.Service(
    "Styles",
    methods=tuple(method(name, response, throws=Trouble) for name, response in NAMES.items()),
    events=(SEEN,),
)
ID = {name: id + 1 for id, name in enumerate(NAMES)}
EVENT = len(NAMES) + 1


class Emits(_p.Emit):
    def seen(self, value: int) -> _p.Emitted:
        return self._emit(SEEN, value)


VARIABLE: contextvars.ContextVar[int] = contextvars.ContextVar("VARIABLE", default=0)


class Styles(_p.Worker[Emits]):
    _service = STYLES
    _emit = Emits

    def __init__(self) -> None:
        self.loop_thread = threading.get_ident()
        self.log: list[str] = []
        self.release = threading.Event()
        self.opened = asyncio.Event()

    async def add(self, a: int, b: int) -> int:
        assert VARIABLE.get() == 0
        VARIABLE.set(1)
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        return a + b

    def threaded(self, a: int, b: int, *, cx: _p.Context[Emits]) -> int:
        assert threading.get_ident() != self.loop_thread
        cx.events.seen(a)
        return a + b

    @procwire.inline
    def inlined(self, a: int, b: int) -> int:
        assert threading.get_ident() == self.loop_thread
        return a + b

    async def fails(self, a: int, b: int) -> int:
        if a == 1:
            raise procwire.ProcwireError("not_found", "nothing there", [1])
        raise ValueError("no luck")

    async def declares(self, a: int, b: int) -> int:
        raise Trouble(Refused(why="so"))

    async def undeclared(self, a: int, b: int) -> int:
        raise Other(Refused(why="so"))

    async def unencodable(self, a: int, b: int) -> Any:
        return object()

    async def exits(self, a: int, b: int) -> int:
        await asyncio.get_running_loop().create_future()
        return 0

    async def held(self, a: int, b: int) -> int:
        self.log.append(f"held {a}")
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.log.append(f"cancelled {a}")
            await self.events.seen(a)
            raise
        return a

    async def stubborn(self, a: int, b: int) -> int:
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.log.append("cancelled")
                await self.events.seen(a)
        return 0

    def blocked(self, a: int, b: int, *, cx: _p.Context[Emits]) -> int:
        cx.events.seen(1)
        self.release.wait()
        self.log.append(f"left, cancelled: {cx.cancelled}")
        return a

    async def by_keyword(self, *, a: int, b: int) -> int:
        return a - b

    async def context(self, a: int, b: int, *, cx: _p.Context[Emits]) -> int:
        assert (cx.method, cx.service, cx.cancelled, cx.deadline) == ("context", "Styles", False, None)
        assert "Styles.context" in repr(cx)
        await cx.events.seen(a)
        return b

    async def items(self, a: int, b: int) -> AsyncIterator[int]:
        for i in range(a):
            yield i

    def generates(self, a: int, b: int, *, cx: _p.Context[Emits]) -> Iterator[int]:
        assert threading.get_ident() != self.loop_thread
        try:
            yield from range(a)
        finally:
            cx.events.seen(99)

    async def endless(self, a: int, b: int) -> AsyncIterator[int]:
        try:
            while True:
                yield a
                await asyncio.sleep(0)
        finally:
            await self.events.seen(a)

    async def spins(self, a: int, b: int) -> AsyncIterator[int]:
        try:
            while True:
                yield a
        finally:
            self.log.append("spun")
            await self.events.seen(a)

    async def breaks(self, a: int, b: int) -> AsyncIterator[int]:
        yield 1
        raise Trouble(Refused(why="so"))

    @procwire.inline
    def inline_items(self, a: int, b: int) -> Iterator[int]:
        return iter(range(a))

    async def returned(self, a: int, b: int) -> AsyncIterator[int]:
        async def one() -> AsyncIterator[int]:
            yield a

        return one()

    async def noted(self, a: int, b: int) -> None:
        await self.events.seen(a)

    async def broken_note(self, a: int, b: int) -> None:
        raise ValueError("nobody hears this")

    async def tells(self, a: int, b: int) -> int:
        return a


def packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


async def ask(raw: Raw, name: str, a: int, request: int = 1, b: int | None = None) -> None:
    await raw.send(ID[name], 0, request, packed({"a": a} if b is None else {"a": a, "b": b}))


async def answer(raw: Raw) -> tuple[int, int, Any]:
    """Request, flags, value."""
    header, payload = await raw.next()
    return header.request, header.flags, msgspec.msgpack.decode(payload) if payload else None


@pytest.mark.parametrize(("name", "expected"), [("add", 15), ("inlined", 15), ("by_keyword", -5)])
async def test_each_style_answers(name: str, expected: int) -> None:
    async with connected("child", Styles()) as (_, raw):
        await ask(raw, name, 5)
        assert await answer(raw) == (1, 0x03, expected)
        # The context of one call is not that of the next.
        await ask(raw, name, 5, 2)
        assert await answer(raw) == (2, 0x03, expected)


async def test_a_plain_function_runs_in_a_thread_and_its_event_leaves_first() -> None:
    async with connected("child", Styles()) as (_, raw):
        await ask(raw, "threaded", 5, b=1)
        header, payload = await raw.next()
        assert (header.id, header.flags, header.request, payload) == (EVENT, 0x01, 0, packed(5))
        assert await answer(raw) == (1, 0x03, 6)


async def test_an_ack_has_its_flag_and_a_context_its_facts() -> None:
    async with connected("child", Styles()) as (_, raw):
        await ask(raw, "tells", 5)
        assert await answer(raw) == (1, 0x23, 5)
        await ask(raw, "context", 5, 2)
        assert await answer(raw) == (0, 0x01, 5)
        assert await answer(raw) == (2, 0x03, 10)


async def test_where_a_handler_failed_is_told_on_request() -> None:
    async with connected("child", Styles(), tracebacks=True) as (_, raw):
        await ask(raw, "fails", 2)
        _, _, error = await answer(raw)
        assert error["data"]["class"] == "ValueError"
        assert "test_serving.py" in error["data"]["traceback"]


def test_a_long_traceback_loses_its_middle() -> None:
    text = bounded("begin" + "é" * TRACEBACK_LIMIT + "end")
    assert TRACEBACK_LIMIT - 8 < len(text.encode()) <= TRACEBACK_LIMIT
    assert text.startswith("beginé")
    assert "é\n[...]\né" in text
    assert text.endswith("éend")
    assert bounded("a lone \ud800") == "a lone ?"


async def test_what_a_handler_raises_is_told() -> None:
    async with connected("child", Styles()) as (_, raw):
        await ask(raw, "fails", 1)
        error: Any = {"code": "not_found", "message": "nothing there", "data": [1]}
        assert await answer(raw) == (1, 0x07, error)
        await ask(raw, "fails", 2)
        _, flags, error = await answer(raw)
        assert (flags, error["code"], error["message"]) == (0x07, "failed", "no luck")
        assert error["data"] == {"class": "ValueError"}
        await ask(raw, "declares", 1)
        error = {"code": "declared", "message": "Trouble.Refused", "data": {"type": "Refused", "why": "so"}}
        assert await answer(raw) == (1, 0x07, error)
        await ask(raw, "undeclared", 1)
        _, _, error = await answer(raw)
        assert error["code"] == "failed"
        assert error["message"].startswith("Styles.undeclared does not declare Other.Refused")
        await ask(raw, "unencodable", 1)
        _, _, error = await answer(raw)
        assert error["code"] == "internal"
        assert error["message"].startswith("Styles.unencodable answer cannot be encoded: ")
        await raw.send(ID["add"], 0, 1, packed({"a": "x"}))
        _, _, error = await answer(raw)
        assert error == {"code": "invalid_argument", "message": "Styles.add request: a: expected i32, got string"}


@pytest.mark.parametrize("name", ["items", "generates", "inline_items"])
async def test_items_come_in_order_and_end(name: str) -> None:
    async with connected("child", Styles()) as (_, raw):
        for count in (0, 3, 2000):
            await ask(raw, name, count)
            for i in range(count):
                assert await answer(raw) == (1, 0x0B, i)
            if name == "generates":
                assert await answer(raw) == (0, 0x01, 99)
            assert await answer(raw) == (1, 0x1B, None)


async def test_a_stream_may_be_returned_and_may_fail() -> None:
    async with connected("child", Styles()) as (_, raw):
        await ask(raw, "returned", 7)
        assert await answer(raw) == (1, 0x0B, 7)
        assert await answer(raw) == (1, 0x1B, None)
        await ask(raw, "breaks", 7)
        assert await answer(raw) == (1, 0x0B, 1)
        _, flags, error = await answer(raw)
        assert (flags, error["code"]) == (0x0F, "declared")


async def test_a_none_method_runs_whether_it_has_an_id_or_not() -> None:
    async with connected("child", Styles()) as (_, raw):
        for request in (0, 5):
            await ask(raw, "noted", 4, request)
            assert await answer(raw) == (0, 0x01, 4)


@pytest.mark.unheard("the handler of Styles.broken_note, which answers nothing, failed")
async def test_a_none_method_that_fails_is_told_to_the_program() -> None:
    async with connected("child", Styles()) as (connection, raw):
        await ask(raw, "broken_note", 4, 0)
        await ask(raw, "add", 1, 1)
        assert await answer(raw) == (1, 0x03, 11)
        assert connection.counts.panics == 1


@pytest.mark.parametrize("name", ["held", "endless", "spins"])
async def test_an_abort_cancels_the_task_and_nothing_is_sent_for_it(name: str) -> None:
    worker = Styles()
    async with connected("child", worker) as (connection, raw):
        await ask(raw, name, 4)
        if name == "held":
            await ask(raw, "add", 0, 2, 0)
            assert await answer(raw) == (2, 0x03, 0)
        else:
            assert await answer(raw) == (1, 0x0B, 4)
        await raw.send(ID_ABORT, 0, 1)
        # Items that were written before it came, then what the handler tells of its end.
        while (told := await answer(raw)) == (1, 0x0B, 4):
            pass
        assert told == (0, 0x01, 4)
        await connection_idle(connection)
        # The id is free again at once.
        await ask(raw, "add", 1)
        assert await answer(raw) == (1, 0x03, 11)


async def connection_idle(connection: Any) -> None:
    while connection.serving.live:
        await asyncio.sleep(0)


async def test_an_abort_frees_the_place_whether_the_handler_began_or_not() -> None:
    worker = Styles()
    async with connected("child", worker) as (connection, raw):
        frames = b""
        for request in range(1, 101):
            frames += msgspec_frame("held", request) + b"\xff\xff\x00" + request.to_bytes(4, "big") + bytes(4)
        await raw.write(frames)
        await ask(raw, "add", 1, 500)
        told = 0
        while (answered := await answer(raw)) != (500, 0x03, 11):
            assert answered[1] == 0x01
            told += 1
        await connection_idle(connection)
        # Those that began were cancelled, and nothing was answered.
        begun, cancelled = (sum(line.startswith(word) for line in worker.log) for word in ("held", "cancelled"))
        assert told <= cancelled == begun


def msgspec_frame(name: str, request: int) -> bytes:
    payload = packed({"a": request})
    return (
        ID[name].to_bytes(2, "big") + b"\x00" + request.to_bytes(4, "big") + len(payload).to_bytes(4, "big") + payload
    )


async def test_a_handler_that_goes_on_is_cancelled_again_and_keeps_its_place() -> None:
    worker = Styles()
    async with connected("child", worker, limits=Limits(cancel_grace=0.01)) as (connection, raw):
        await ask(raw, "stubborn", 4)
        await ask(raw, "add", 1, 2)
        assert await answer(raw) == (2, 0x03, 11)
        await raw.send(ID_ABORT, 0, 1)
        assert await answer(raw) == (0, 0x01, 4)
        assert connection.serving.live == 1
        assert await answer(raw) == (0, 0x01, 4)
        assert worker.log == ["cancelled", "cancelled"]
        await connection_idle(connection)


async def test_a_thread_sees_that_its_caller_left() -> None:
    worker = Styles()
    async with connected("child", worker) as (connection, raw):
        await ask(raw, "blocked", 4)
        assert await answer(raw) == (0, 0x01, 1)
        await raw.send(ID_ABORT, 0, 1)
        await ask(raw, "add", 1, 2)
        assert await answer(raw) == (2, 0x03, 11)
        assert connection.serving.live == 1
        worker.release.set()
        await connection_idle(connection)
        assert worker.log == ["left, cancelled: True"]


async def test_a_generator_in_a_thread_ends_when_its_caller_leaves() -> None:
    async with connected("child", Styles()) as (connection, raw):
        await ask(raw, "generates", 100_000_000)
        assert await answer(raw) == (1, 0x0B, 0)
        await raw.send(ID_ABORT, 0, 1)
        while (told := await answer(raw))[1] == 0x0B:
            pass
        assert told == (0, 0x01, 99)
        await connection_idle(connection)


async def test_requests_above_the_handlers_wait_in_order() -> None:
    worker = Styles()
    limits = Limits(handlers=2, waiting_requests=3)
    async with connected("child", worker, limits=limits) as (connection, raw):
        for request in range(1, 8):
            await ask(raw, "held", request, request)
        # Two run, three wait, two are one too many.
        for request in (6, 7):
            told, flags, error = await answer(raw)
            assert (told, flags, error["code"]) == (request, 0x07, "resource_exhausted")
            assert error["message"].startswith("2 handlers run and 3 requests of ")
        assert worker.log == ["held 1", "held 2"]
        # One that waits is aborted: it never runs.
        await raw.send(ID_ABORT, 0, 4)
        await ask(raw, "held", 8, 8)
        assert (await answer(raw))[2]["code"] == "resource_exhausted"
        worker.opened.set()
        assert [(await answer(raw))[0] for _ in range(4)] == [1, 2, 3, 5]
        await connection_idle(connection)
        assert worker.log == ["held 1", "held 2", "held 3", "held 5"]
        await ask(raw, "add", 1, 9)
        assert await answer(raw) == (9, 0x03, 11)


async def test_waiting_requests_are_bounded_in_bytes() -> None:
    worker = Styles()
    limits = Limits(handlers=1, waiting_bytes=10)
    async with connected("child", worker, limits=limits) as (_, raw):
        for request in range(1, 6):
            await ask(raw, "held", request, request)
        for request in (4, 5):
            told, _, error = await answer(raw)
            assert (told, error["code"]) == (request, "resource_exhausted")
        worker.opened.set()
        assert [(await answer(raw))[0] for _ in range(3)] == [1, 2, 3]


async def test_an_answer_over_the_limit_of_the_peer_is_an_error() -> None:
    async with connected("child", Styles(), limits=Limits(peer_payload=60), tracebacks=True) as (_, raw):
        await ask(raw, "add", 1)
        assert await answer(raw) == (1, 0x03, 11)
        await ask(raw, "fails", 2, 2)
        _, flags, error = await answer(raw)
        assert (flags, error["code"]) == (0x07, "resource_exhausted")
        assert "above the 60 that the peer takes" in error["message"]


async def test_a_full_write_queue_holds_producers_and_not_the_reader() -> None:
    limits = Limits(write_queue=100_000)
    async with connected("child", Styles(), limits=limits) as (connection, raw):
        raw.pause()
        await ask(raw, "spins", 4)
        while not connection.outbox.full:
            await asyncio.sleep(0)
        queued = connection.outbox.queued
        assert queued < 400_000
        await ask(raw, "add", 1, 2)
        while connection.serving.live < 2:
            await asyncio.sleep(0)
        # The answer lies in the queue, its handler waits for room, and the stream sends nothing.
        for _ in range(100):
            await asyncio.sleep(0)
        assert connection.outbox.queued <= queued + 100
        raw.resume()
        while await answer(raw) != (2, 0x03, 11):
            pass
        await raw.send(ID_ABORT, 0, 1)
        await connection_idle(connection)


async def test_reading_stops_while_far_too_much_is_unwritten() -> None:
    limits = Limits(write_queue=50_000, unwritten_answers=100_000)
    count = 200_000
    async with connected("child", Styles(), limits=limits) as (connection, raw):
        raw.pause()
        frame = msgspec_frame("inlined", 1)
        raw.writer.write(frame * count)
        while not connection.outbox.rests:
            await asyncio.sleep(0)
        assert connection.outbox.queued < 400_000
        raw.resume()
        expected = bytes.fromhex(f"{ID['inlined']:04x}030000000100000001") + packed(11)
        assert await raw.reader.readexactly(len(expected) * count) == expected * count


async def test_after_a_drain_requests_are_unavailable_and_handlers_go_on() -> None:
    worker = Styles()
    async with connected("child", worker) as (connection, raw):
        await ask(raw, "held", 1)
        await ask(raw, "add", 1, 2)
        # What lies in the socket already is taken.
        connection.drain()
        assert await answer(raw) == (2, 0x03, 11)
        drained = asyncio.ensure_future(connection.serving.drained())
        await ask(raw, "add", 1, 3)
        told, flags, error = await answer(raw)
        assert (told, flags) == (3, 0x07)
        assert error == {"code": "unavailable", "message": "the worker is shutting down"}
        assert not drained.done()
        worker.opened.set()
        assert await answer(raw) == (1, 0x03, 1)
        await drained


async def test_the_end_of_the_connection_cancels_the_handlers() -> None:
    worker = Styles()
    async with connected("child", worker) as (connection, raw):
        await ask(raw, "held", 1)
        await ask(raw, "add", 1, 2)
        assert await answer(raw) == (2, 0x03, 11)
        await raw.close()
        assert (await connection.closed).kind == "ended"
        await connection_idle(connection)
        assert worker.log == ["held 1", "cancelled 1"]


async def test_a_peer_that_leaves_inside_a_frame_is_told_apart() -> None:
    async with connected("child", Styles()) as (connection, raw):
        await raw.write(b"\x00\x01\x00")
        await raw.close()
        assert (await connection.closed).kind == "truncated"


async def test_a_blocked_thread_holds_nobody_but_the_next_for_it() -> None:
    worker = Styles()
    async with connected("child", worker, threads=1) as (_, raw):
        await ask(raw, "blocked", 4)
        assert await answer(raw) == (0, 0x01, 1)
        await ask(raw, "add", 1, 2)
        assert await answer(raw) == (2, 0x03, 11)
        # There is one thread, and so this waits.
        await ask(raw, "threaded", 4, 3)
        worker.release.set()
        seen = [await answer(raw) for _ in range(3)]
        assert sorted(seen) == [(0, 0x01, 4), (1, 0x03, 4), (3, 0x03, 14)]
        assert seen.index((0, 0x01, 4)) < seen.index((3, 0x03, 14))

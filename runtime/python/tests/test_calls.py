"""The calling side: answers of all kinds, wrong ones, late ones, deadlines, aborts and the end."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import msgspec
import pytest
from raw import Raw, connected, remotes

import procwire
from procwire import stub_v1 as _p
from procwire.connection import Calls, Connection, Counts, Limits, LoopItems
from procwire.connection.terms import Terms
from procwire.constants import ID_ABORT

INT: _p.Codec[int] = _p.Codec(int)


def method(name: str, response: Any) -> _p.Method[int, int]:
    return _p.Method(name, name, response, "bare", INT, INT)


SERVICE = _p.Service("S", methods=(method("one", "result"), method("many", "stream"), method("ack", "ack")))
ONE, MANY, ACK = (remotes(SERVICE)(each) for each in SERVICE.methods)


def packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


async def begin(connection: Connection, raw: Raw, timeout: float | None = None) -> tuple[int, asyncio.Future[Any]]:
    id, future = connection.calls.begin(ONE, packed(1), timeout)
    header, payload = await raw.next()
    assert (header.id, header.flags, header.request, payload) == (1, 0, id, packed(1))
    return id, future


async def test_each_answer_finds_its_call() -> None:
    async with connected("parent") as (connection, raw):
        calls = [await begin(connection, raw) for _ in range(10)]
        assert [id for id, _ in calls] == list(range(1, 11))
        for id, _ in reversed(calls):
            await raw.send(1, 0x03, id, packed(id * 10))
        assert [await future for _, future in calls] == [id * 10 for id, _ in calls]
        assert len(connection.calls) == 0


@pytest.mark.parametrize(
    ("flags", "payload", "expected"),
    [
        (0x03, "c3", "internal: S.one result: expected "),
        (0x03, "", "internal: S.one result: "),
        (0x03, "0101", "internal: S.one result: "),
        (0x07, "a76e6f206c75636b", "failed: no luck"),
        (0x07, "82a76d657373616765a76e6f206c75636ba4636f646507", "failed: no luck"),
        (0x07, "07", "failed: the peer failed with a value that has no message"),
        (0x07, "c1", "failed: the peer failed with an error that does not decode: "),
        (0x07, "", "failed: the peer failed with an error that does not decode: "),
        (0x23, "01", "internal: S.one: the peer answered a call of kind result with an ack"),
        (0x0B, "01", "internal: S.one: the peer answered a call of kind result with an item of a stream"),
        (0x1B, "", "internal: S.one: the peer answered a call of kind result with the end of a stream"),
    ],
)
async def test_a_bad_answer_is_the_calls_own_failure(flags: int, payload: str, expected: str) -> None:
    async with connected("parent") as (connection, raw):
        id, future = await begin(connection, raw)
        await raw.send(1, flags, id, bytes.fromhex(payload))
        with pytest.raises(procwire.ProcwireError) as error:
            await future
        assert str(error.value).startswith(expected)
        if ": the peer answered a call of kind" in expected:
            header, _ = await raw.next()
            assert (header.id, header.flags, header.request, header.length) == (ID_ABORT, 0, id, 0)
        id, future = await begin(connection, raw)
        await raw.send(1, 0x03, id, packed(5))
        assert await future == 5


async def test_the_whole_of_an_unknown_error_is_its_data() -> None:
    async with connected("parent") as (connection, raw):
        for value in ("text", {"code": "teapot", "message": "short"}, {"code": "declared", "message": "X", "data": 1}):
            id, future = await begin(connection, raw)
            await raw.send(1, 0x07, id, packed(value))
            with pytest.raises(procwire.ProcwireError) as error:
                await future
            assert (error.value.code, error.value.data) == ("failed", value)
        id, future = await begin(connection, raw)
        await raw.send(1, 0x07, id, packed({"code": "unavailable", "message": "m", "data": [1, {"a": b"b"}]}))
        with pytest.raises(procwire.ProcwireError) as error:
            await future
        assert (error.value.code, error.value.message, error.value.data) == ("unavailable", "m", [1, {"a": b"b"}])


@pytest.mark.parametrize(("flags", "payload"), [(0x23, "05"), (0x03, "05")])
async def test_an_ack_may_come_as_a_result(flags: int, payload: str) -> None:
    async with connected("parent") as (connection, raw):
        id, future = connection.calls.begin(ACK, packed(1), None)
        await raw.send(3, flags, id, bytes.fromhex(payload))
        assert await future == 5


async def test_a_deadline_fails_the_call_and_tells_the_peer() -> None:
    async with connected("parent") as (connection, raw):
        id, future = await begin(connection, raw, 0.01)
        slow, unhurried = await begin(connection, raw, 60)
        with pytest.raises(procwire.DeadlineExceeded, match="S.one: the peer did not answer before the deadline"):
            await future
        header, _ = await raw.next()
        assert (header.id, header.request) == (ID_ABORT, id)
        # What comes late is dropped undecoded.
        await raw.send(1, 0x03, id, b"\xc1")
        await raw.send(1, 0x03, slow, packed(7))
        assert await unhurried == 7
        assert connection.counts.late_frames == 1


async def test_deadlines_come_in_their_order_whatever_that_of_the_calls() -> None:
    async with connected("parent") as (connection, _):
        order: list[int] = []
        futures: list[asyncio.Future[Any]] = []
        for timeout in (0.03, 0.01, 0.05, 0.02):
            id, future = connection.calls.begin(ONE, packed(1), timeout)
            future.add_done_callback(partial(_note, order, id))
            futures.append(future)
        assert connection.calls._deadlines is not None
        expected = [id for _, id in sorted(connection.calls._deadlines._heap)]
        await asyncio.gather(*futures, return_exceptions=True)
        assert order == expected


def _note(order: list[int], id: int, _: asyncio.Future[Any]) -> None:
    order.append(id)


async def test_thousands_of_calls_that_ended_leave_no_deadline() -> None:
    async with connected("parent") as (connection, raw):
        frame = bytes.fromhex("000103")
        for _ in range(30):
            calls = [connection.calls.begin(ONE, packed(1), 30.0) for _ in range(100)]
            await raw.reader.readexactly(12 * len(calls))
            await raw.write(b"".join(frame + id.to_bytes(4, "big") + b"\0\0\0\1\1" for id, _ in calls))
            await asyncio.gather(*(future for _, future in calls))
        assert connection.calls._deadlines is not None
        assert len(connection.calls._deadlines._heap) <= 1124


async def test_items_come_in_order_and_the_end_after_them() -> None:
    async with connected("parent") as (connection, raw):
        items = connection.calls.begin_stream(MANY, packed(1), None)
        await raw.next()
        for i in range(5):
            await raw.send(2, 0x0B, items.request, packed(i))
        await raw.send(2, 0x1B, items.request)
        # Nothing after the end belongs to it.
        await raw.send(2, 0x0B, items.request, packed(9))
        taken: list[bytes] = []
        while (batch := await items.take()) is not None:
            taken.extend(batch)
        assert taken == [packed(i) for i in range(5)]
        assert await items.take() is None


async def test_a_result_to_a_stream_fails_it() -> None:
    async with connected("parent") as (connection, raw):
        items = connection.calls.begin_stream(MANY, packed(1), None)
        await raw.next()
        await raw.send(2, 0x03, items.request, packed(1))
        with pytest.raises(procwire.ProcwireError, match="internal: S.many: .* kind stream with a result"):
            await items.take()
        header, _ = await raw.next()
        assert (header.id, header.request) == (ID_ABORT, items.request)


async def test_one_task_reads_a_stream() -> None:
    async with connected("parent") as (connection, raw):
        items = connection.calls.begin_stream(MANY, packed(1), None)
        await raw.next()
        waiting = asyncio.ensure_future(items.take())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="another task waits for an item of this stream"):
            await items.take()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await raw.send(2, 0x0B, items.request, packed(3))
        assert await items.take() is not None


async def test_leaving_tells_the_peer_once() -> None:
    async with connected("parent") as (connection, raw):
        items = connection.calls.begin_stream(MANY, packed(1), None)
        id, _ = connection.calls.begin(ONE, packed(1), None)
        for _ in range(2):
            await raw.next()
        items.leave()
        items.leave()
        connection.calls.abandon(id)
        connection.calls.abandon(id)
        ids = [(await raw.next())[0] for _ in range(2)]
        assert [(header.id, header.request) for header in ids] == [(ID_ABORT, items.request), (ID_ABORT, id)]
        id, future = await begin(connection, raw)
        await raw.send(1, 0x03, id, packed(1))
        assert await future == 1


class NoSender:
    """Sends nowhere."""

    is_closed = False

    def send(self, id: int, flags: int, request: int, payload: bytes) -> None:
        """Drops it."""

    def flush(self) -> None:
        """Has nothing."""


def test_ids_wrap_and_skip_those_in_flight() -> None:
    def nothing() -> None:
        pass

    async def run() -> None:
        loop = asyncio.get_running_loop()
        calls: Calls[asyncio.Future[Any], LoopItems] = Calls(
            Limits(),
            NoSender(),
            Counts(),
            Terms(1 << 30),
            direction=0,
            waiting=loop.create_future,
            items=LoopItems,
            deadlines=None,
            reconsider=nothing,
        )
        old = [calls.begin(ONE, b"", None)[0] for _ in range(3)]
        stream = calls.begin_stream(MANY, b"", None)
        assert [*old, stream.request] == [1, 2, 3, 4]
        calls._last = (1 << 32) - 2
        assert [calls.begin(ONE, b"", None)[0] for _ in range(3)] == [(1 << 32) - 1, 5, 6]

    asyncio.run(run())


async def test_the_end_of_the_connection_waits_for_its_reason() -> None:
    async with connected("parent") as (connection, raw):
        id, future = await begin(connection, raw)
        items = connection.calls.begin_stream(MANY, packed(1), None)
        await raw.next()
        await raw.send(2, 0x0B, items.request, packed(1))
        await raw.send(1, 0x07, id + 5, b"")
        await raw.close()
        reason = await connection.closed
        assert reason.kind == "ended"
        assert not future.done()
        # A call between the end and its reason waits for it too.
        _, late = connection.calls.begin(ONE, packed(1), None)
        connection.fail_all(procwire.ProcwireError("unavailable", "the reason"))
        for each in (future, late):
            with pytest.raises(procwire.ProcwireError, match="unavailable: S.one: the reason"):
                await each
        assert await items.take() is not None
        with pytest.raises(procwire.ProcwireError, match="unavailable: S.many: the reason"):
            await items.take()
        with pytest.raises(procwire.ProcwireError, match="unavailable: the reason"):
            connection.calls.begin(ONE, packed(1), None)


async def test_events_are_counted_where_nobody_hears_them() -> None:
    async with connected("parent") as (connection, raw):
        queue = connection.subscriptions.subscribe(9)
        for id in (8, 9, 8):
            await raw.send(id, 0x01, 0, packed(id))
        assert await queue.take() == packed(9)
        id, future = await begin(connection, raw)
        await raw.send(1, 0x03, id, packed(1))
        await future
        assert connection.counts.events_unheard == 2
        connection.subscriptions.unsubscribe(9, queue)
        assert await queue.take() is None

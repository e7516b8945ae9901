"""What goes beside events: user keys and a trace, from a worker to the functions of its parent that hear them."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from raw import Raw, connected
from treaty import SAME, DeskClient, DeskSyncClient, DeskWorker

import procwire
from procwire.constants import EXTENSIONS, ID_HELLO, META, META_LIMIT, TO_PARENT
from procwire.metadata import NO_EVENT_CONTEXT, EventContext

COMMAND = [sys.executable, str(Path(__file__).with_name("treaty.py")), "same"]
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
TRACE = procwire.Trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=b", "c=d")
KEYS: dict[str, str | bytes] = {"tenant": "acme", "raw": b"\x00"}
HEARD = [
    (1, EventContext(KEYS, TRACE)),
    (2, EventContext({}, TRACE)),
    (3, NO_EVENT_CONTEXT),
    (4, EventContext(KEYS, TRACE)),
]
ORDER = {"price": 1.5, "tenant": "acme"}
FILLED = 3
"""The event's number."""


class Ears:
    """Hears events with what came beside them, and without."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, EventContext]] = []
        self.plain: list[int] = []

    def hear(self, value: int, cx: EventContext) -> None:
        self.heard.append((value, cx))


async def test_what_a_worker_says_beside_events_is_heard() -> None:
    ears = Ears()
    async with DeskClient.spawn(COMMAND, env=ENVIRONMENT, on={"filled": ears.hear}) as desk:
        assert await desk.with_options(trace=TRACE).place(ORDER) == 1.5
        assert ears.heard == HEARD
    async with DeskClient.spawn(COMMAND, env=ENVIRONMENT, on={"filled": ears.plain.append}) as desk:
        assert await desk.with_options(trace=TRACE).place(ORDER) == 1.5
        assert ears.plain == [1, 2, 3, 4]


def test_a_synchronous_client_hears_it_too() -> None:
    ears = Ears()
    with DeskSyncClient.spawn(COMMAND, env=ENVIRONMENT, on={"filled": ears.hear}) as desk:
        assert desk.with_options(trace=TRACE).place(ORDER) == 1.5
    assert ears.heard == HEARD


async def says(raw: Raw, *names: str) -> None:
    await raw.send(ID_HELLO, 0, 0, msgspec.msgpack.encode({"ext": list(names)}))


async def test_an_event_with_keys_waits_for_the_parents_first_frame_and_keeps_its_place() -> None:
    worker = DeskWorker(SAME)
    async with connected("child", worker, extensions=EXTENSIONS) as (_, raw):
        first = worker.events.with_options(metadata={"a": "b"}).filled(7)
        second = worker.events.filled(8)
        await says(raw, "meta")
        await first
        await second
        header, payload = await raw.next()
        keys = msgspec.msgpack.encode({"u": {"a": "b"}})
        assert (header.id, header.flags, payload) == (FILLED, TO_PARENT | META, bytes([0, len(keys)]) + keys + b"\x07")
        header, payload = await raw.next()
        assert (header.id, header.flags, payload) == (FILLED, TO_PARENT, b"\x08")


@pytest.mark.parametrize("names", [[], ["credit"]])
async def test_a_parent_that_takes_no_keys_is_sent_none(names: list[str]) -> None:
    worker = DeskWorker(SAME)
    async with connected("child", worker, extensions=EXTENSIONS) as (connection, raw):
        await says(raw, *names)
        await connection.agreed()
        with pytest.raises(procwire.ProcwireError, match="unsupported: Desk.filled event cannot be sent with metadata"):
            worker.events.with_options(metadata={"a": "b"}).filled(7)
        await worker.events.with_options(metadata={}).filled(8)
        header, payload = await raw.next()
        assert (header.flags, payload) == (TO_PARENT, b"\x08")


async def test_too_many_keys_are_refused_by_the_sender() -> None:
    worker = DeskWorker(SAME)
    async with connected("child", worker, extensions=EXTENSIONS) as (connection, raw):
        await says(raw, "meta")
        await connection.agreed()
        with pytest.raises(procwire.ProcwireError, match=f"invalid_argument: .* above the limit of {META_LIMIT}"):
            worker.events.with_options(metadata={"a": "b" * META_LIMIT}).filled(7)

"""The frames of the extensions, and what each side does when they come, as the vectors have it for all languages."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from raw import Raw, connected
from vectors import load

from procwire import Limits, metadata
from procwire import stub_v1 as _p
from procwire.connection import Connection, LoopItems, RemoteMethod
from procwire.connection.terms import Hello, PeerLimits, Terms
from procwire.constants import HEADER_LENGTH, META
from procwire.control import AnnouncedCallback, Init
from procwire.frame import pack_header
from procwire.frame.header import unpack_header
from procwire.parent import Handlers
from procwire.service import Method

VECTORS = load("extensions.json")
FRAMES: list[dict[str, Any]] = VECTORS["frames"]
SCRIPTS: list[dict[str, Any]] = VECTORS["connection"]
ANNOUNCED = ("meta", "callbacks", "credit")


def _method(name: str, response: Any, wire: str | None = None) -> Method[None, Any]:
    asks: _p.Codec[None] = _p.Codec(None)
    numbers: _p.Codec[Any] = _p.Codec(int)
    answers = numbers if response == "stream" and name != "drip" else asks
    return Method(name, wire or name, response, "bare", asks, answers)


METHODS = tuple(
    _method(name, response)
    for name, response in [
        ("result", "result"),
        ("stream", "stream"),
        ("ack", "ack"),
        ("none", "none"),
        ("hang", "result"),
        ("drip", "stream"),
    ]
)
CALLBACKS = tuple(
    _method(name, response, f"back.{name}")
    for name, response in [
        ("result", "result"),
        ("stream", "stream"),
        ("ack", "ack"),
        ("none", "none"),
        ("hang", "result"),
        ("lost", "result"),
        ("lostStream", "stream"),
        ("lostNone", "none"),
    ]
)
SERVICE = _p.Service("Scripted", METHODS, (_p.Event("event", "event", "bare", _p.Codec(None)),))


class Answers:
    """What handlers do on both sides."""

    async def result(self, _: None) -> None:
        """Answers."""

    async def stream(self, _: None) -> AsyncIterator[int]:
        yield 1

    async def ack(self, _: None) -> None:
        """Answers."""

    async def none(self, _: None) -> None:
        """Does nothing."""

    async def hang(self, _: None) -> None:
        await asyncio.Event().wait()

    async def drip(self, _: None) -> AsyncIterator[None]:
        yield None
        await asyncio.Event().wait()


class Scripted(Answers, _p.Worker[_p.Emit]):
    """The child."""

    _service = SERVICE
    _emit = _p.Emit
    _optional = CALLBACKS


class Back(Answers, _p.CallbackHandlers):
    """The parent's handlers."""

    _callbacks = _p.Callbacks("back", CALLBACKS)


def _init() -> Init:
    callbacks = {method.wire: AnnouncedCallback(id, method.response) for id, method in enumerate(CALLBACKS, 8)}
    return Init("/path", {}, {}, callbacks, ANNOUNCED)


@pytest.mark.parametrize("case", FRAMES, ids=[case["name"] for case in FRAMES])
def test_frames_are_read_and_written(case: dict[str, Any]) -> None:
    frame = bytes.fromhex(case["frame"])
    id, flags, request, length = unpack_header(frame)
    payload = memoryview(frame)[HEADER_LENGTH:]
    assert len(payload) == length
    written = frame
    match case["kind"]:
        case "hello":
            hello = Hello.decode(flags, request, payload)
            assert [name for name in hello.ext if name in ("fd", *ANNOUNCED)] == case["ext"]
            assert hello.limits == msgspec.convert(case["limits"], PeerLimits)
            assert (hello.callbacks or []) == case["callbacks"]
            written = pack_header(id, flags, request, length) + hello.encode()
        case "meta":
            data, rest = metadata.split(payload)
            assert flags & META
            assert bytes(rest).hex() == case["payload"]
            found = metadata.decode(data)
            said = case["meta"]
            keys = {key: _plain(value) for key, value in said.get("u", {}).items()}
            trace = metadata.Trace(said["tp"], said.get("ts"), said.get("bg")) if "tp" in said else None
            assert found == metadata.Metadata(said.get("dl"), said.get("nd", 0), trace, keys)
            left = None if found.left is None else found.left / 1000
            head = metadata.prefix(left, found.depth, found.trace, found.values)
            written = pack_header(id, flags, request, length) + head + bytes(rest)
        case "credit":
            assert (request, int.from_bytes(payload, "big")) == (case["request"], case["cost"])
        case _:
            assert request == case["request"]
    assert case.get("readOnly") or written == frame


def _plain(value: Any) -> str | bytes:
    return value if isinstance(value, str) else bytes.fromhex(value["$bytes"])


@pytest.mark.parametrize("case", SCRIPTS, ids=[f"{case['to']}: {case['name']}" for case in SCRIPTS])
async def test_scripts(case: dict[str, Any]) -> None:
    if case["to"] == "child":
        async with connected("child", Scripted(), extensions=ANNOUNCED) as (connection, raw):
            await _play(case, connection, raw)
        return
    terms = Terms(1 << 30, case["window"])
    if case["ext"]:
        terms.agree(case["ext"], PeerLimits(), "the vectors say so")
    handlers = Handlers(_init(), check=False)
    handlers.add(Back())
    async with connected("parent", limits=Limits(window=case["window"]), table=handlers.table, terms=terms) as (
        connection,
        raw,
    ):
        await _play(case, connection, raw)


async def _play(case: dict[str, Any], connection: Connection, raw: Raw) -> None:
    remotes = {id: RemoteMethod(f"Scripted.{method.name}", method, id, None) for id, method in enumerate(METHODS, 1)}
    streams: list[LoopItems] = []
    closes = case["outcome"] == "closed"
    for step in case["script"]:
        if step.startswith(">"):
            await raw.write(bytes.fromhex(step[1:]))
        elif step.startswith("<"):
            header, payload = await raw.next()
            assert (header.encode() + payload).hex() == step[1:]
        elif step.startswith("!"):
            code, request, flags = step[1:].split()
            header, payload = await raw.next()
            assert (header.request, header.flags) == (int(request), int(flags))
            assert msgspec.msgpack.decode(payload)["code"] == code
        else:
            _, id = step.split()
            streams.append(connection.calls.begin_stream(remotes[int(id)], b"\xc0", None))
    if closes:
        assert await raw.ended()
        assert (await connection.closed).kind == "protocol"
    elif case["to"] == "child":
        await raw.send(1, 0, 1000, b"\xc0")
        header, payload = await raw.next()
        assert (header.id, header.flags, header.request, payload) == (1, 0x03, 1000, b"\xc0")
    else:
        _, future = connection.calls.begin(remotes[1], b"\xc0", None)
        header, payload = await raw.next()
        assert (header.id, header.flags, payload) == (1, 0, b"\xc0")
        await raw.send(1, 0x03, header.request, b"\xc0")
        assert await future is None

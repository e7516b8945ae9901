"""What a side does when exactly these frames come: the `connection` cases that all runtimes share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from raw import connected, remotes
from vectors import load

from procwire import stub_v1 as _p
from procwire.connection import Limits
from procwire.constants import ERROR, RESPONSE

CASES = load("frames.json")["connection"]


class Codecs:
    """A request that is nil, as the cases write it."""

    nil: _p.Codec[None] = _p.Codec(None)


def method(name: str, response: Any) -> _p.Method[None, None]:
    return _p.Method(name, name, response, "bare", Codecs.nil, Codecs.nil)


RULES = _p.Service(
    "Rules",
    methods=(
        method("result", "result"),
        method("stream", "stream"),
        method("ack", "ack"),
        method("none", "none"),
        method("held", "result"),
    ),
    events=(_p.Event("event", "event", "bare", Codecs.nil),),
)


class Rules(_p.Worker[_p.Emit]):
    _service = RULES
    _emit = _p.Emit

    async def result(self, _: None) -> None:
        pass

    async def stream(self, _: None) -> AsyncIterator[None]:
        yield None

    async def ack(self, _: None) -> None:
        pass

    async def none(self, _: None) -> None:
        pass

    async def held(self, _: None) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize("case", CASES, ids=[f"{case['to']}: {case['name']}" for case in CASES])
async def test_a_case(case: dict[str, Any]) -> None:
    workers = [Rules()] if case["to"] == "child" else []
    async with connected(case["to"], *workers, limits=Limits(payload=1024)) as (connection, raw):
        for frame in case["frames"]:
            await raw.write(bytes.fromhex(frame))
        match case["outcome"]:
            case "closed":
                assert await raw.ended()
                assert (await connection.closed).kind == "protocol"
                return
            case "error":
                header, payload = await raw.next()
                assert header.flags & (RESPONSE | ERROR) == RESPONSE | ERROR
                assert msgspec.msgpack.decode(payload)["code"] == case["code"]
            case "waits":
                # The frame is still to come, and so nothing after it means anything.
                assert not connection.closed.done()
                return
            case outcome:
                assert outcome == "ignored"
        if case["to"] == "child":
            # It goes on, and nothing was answered before.
            await raw.send(1, 0, 77, b"\xc0")
            header, payload = await raw.next()
            assert (header.request, header.flags, payload) == (77, 0x03, b"\xc0")
        else:
            remote = remotes(RULES)
            request, answer = connection.calls.begin(remote(RULES.methods[0]), b"\xc0", 30.0)
            header, _ = await raw.next()
            assert header.request == request
            await raw.send(1, 0x03, request, b"\xc0")
            assert await answer is None

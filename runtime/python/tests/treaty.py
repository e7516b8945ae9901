"""Versions of one schema, and a worker of each."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

import msgspec

from procwire import stub_v1 as _p
from procwire.agreement import canonical, each_member, read
from procwire.codec import NOTHING
from procwire.codec.codec import RAW
from procwire.connection import Served, Style, Table
from procwire.constants import BUILTINS
from procwire.fingerprint import canonical_whole, fingerprint
from procwire.service import Method

_ANY: _p.Codec[Any] = _p.Codec(Any)


def form(*, price: str = "f64", filled: str = "u32", half: str = "u32") -> dict[str, Any]:
    """The schema, with the types that versions change."""
    desk: dict[str, Any] = {"service": "Desk", "name": "place", "response": "result"}
    return {
        "ipc": 1,
        "package": "acme.desk",
        "types": [{"name": "Idle", "is": "u8"}, {"name": "Order", "record": [{"name": "price", "type": price}]}],
        "methods": [
            {"service": "Other", "name": "place", "response": "result", "request": {"values": ["uuid"]}},
            {**desk, "request": {"values": [1]}, "answer": "f64"},
        ],
        "events": [{"service": "Desk", "name": "filled", "payload": {"values": [filled]}}],
        "callbacks": [
            {
                "service": "math",
                "name": "math.half",
                "response": "result",
                "request": {"values": [half]},
                "answer": "u32",
            }
        ],
    }


LEFT: _p.Method[None, float | None] = _p.Method(
    "left", "left", "result", "none", NOTHING, _p.Codec(float | None), timeout=20.0
)
"""Which no version describes; it has a time of its own."""


class Version:
    """What would be generated from a version of the schema."""

    def __init__(self, form: dict[str, Any]) -> None:
        interface = read(form)
        texts = {(kind, one.service, one.name): canonical(interface, one) for kind, one in each_member(interface)}
        prints = {key: None if text is None else fingerprint(text) for key, text in texts.items()}
        whole = fingerprint(canonical_whole((kind, name, fp) for (kind, _, name), fp in prints.items()))
        self.schema = _p.schema(json.dumps(form), package="acme.desk", fingerprint=whole)
        self.place: _p.Method[Any, Any] = _p.Method(
            "place", "place", "result", "bare", _ANY, _ANY, fp=prints["method", "Desk", "place"]
        )
        self.half: _p.Method[Any, Any] = _p.Method(
            "half", "math.half", "result", "bare", _ANY, _ANY, fp=prints["callback", "math", "math.half"]
        )
        self.filled: _p.Event[Any] = _p.Event("filled", "filled", "bare", _ANY, fp=prints["event", "Desk", "filled"])
        self.service = _p.Service("Desk", methods=(self.place, LEFT), events=(self.filled,), schema=self.schema)
        self.math = _p.Callbacks("math", methods=(self.half,), schema=self.schema)


VERSIONS = {
    "same": Version(form()),
    "any": Version(form(price="any")),
    "text": Version(form(price="string")),
    "event": Version(form(filled="string")),
    "callback": Version(form(half="string")),
    "unknown": Version(form(price="unknown")),
}
SAME = VERSIONS["same"]


class MathHandlers(_p.CallbackHandlers):
    """Answers what the workers ask."""

    _callbacks = SAME.math

    async def half(self, value: int) -> int:
        return value // 2


class DeskSyncClient(_p.SyncClient[Any, Any]):
    """Calls a worker from code without a loop."""

    _service = SAME.service

    def place(self, order: dict[str, Any]) -> Any:
        return self._call(SAME.place, order)

    def left(self) -> float | None:
        return self._call(LEFT, None)


class DeskClient(_p.Client[Any, Any, DeskSyncClient]):
    """Calls a worker."""

    _service = SAME.service
    _sync = DeskSyncClient

    async def place(self, order: dict[str, Any]) -> Any:
        return await self._call(SAME.place, order)

    async def left(self) -> float | None:
        return await self._call(LEFT, None)


class DeskModuleSyncClient(_p.ModuleSyncClient[Any]):
    """Calls a worker of one service that might have more."""

    _services = (("desk", SAME.service),)
    _schema = SAME.schema

    @property
    def desk(self) -> DeskSyncClient:
        return self._attached(DeskSyncClient)


class DeskModuleClient(_p.ModuleClient[Any, DeskModuleSyncClient]):
    """The same on a loop."""

    _services = (("desk", SAME.service),)
    _sync = DeskModuleSyncClient
    _schema = SAME.schema

    @property
    def desk(self) -> DeskClient:
        return self._attached(DeskClient)


class DeskEmit(_p.Emit):
    """Sends events."""

    __slots__ = ()

    def filled(self, value: int) -> _p.Emitted:
        return self._emit(SAME.filled, value)


class DeskWorker(_p.Worker[DeskEmit, _p.Calls]):
    """Serves what its version says."""

    _emit = DeskEmit

    def __init__(self, version: Version) -> None:
        self._service = version.service
        self._optional = version.math.methods

    async def place(self, order: dict[str, Any], *, cx: _p.Context[DeskEmit]) -> Any:
        if "tenant" in order:
            said = cx.events.with_options(metadata={"tenant": order["tenant"], "raw": b"\x00"}, trace=cx.trace)
            await said.filled(1)
            await said.with_options(metadata={}).filled(2)
            await cx.events.filled(3)
            await asyncio.to_thread(said.filled, 4)
        return cx.deadline if "deadline" in order else order["price"]

    async def left(self, *, cx: _p.Context[DeskEmit]) -> float | None:
        return None if cx.deadline is None else cx.deadline - time.monotonic()


class Desk(_p.Module[_p.Calls]):
    """The same as a module."""

    _calls = _p.Calls
    _schema = SAME.schema

    def __init__(self) -> None:
        super().__init__(DeskWorker(SAME))


def answered_with(answer: bytes | None) -> None:
    """Lets workers answer `$schema` with these bytes, or never."""
    from procwire.worker import serve

    async def schema(**_: Any) -> bytes:
        if answer is None:
            await asyncio.Event().wait()
        return answer or b""

    def nothing(_: object) -> tuple[Any, ...]:
        return ()

    def add_schema(table: Table, _: object) -> None:
        id = BUILTINS["$schema"]
        method: Method[None, bytes] = Method("schema", "$schema", "result", "none", NOTHING, RAW, raw=True)
        table.methods[id] = Served(
            "procwire",
            method,
            id,
            name="$schema",
            handler=schema,
            style=Style.TASK,
            spread=nothing,
            wants_context=False,
            emit=nothing,
            calls=nothing,
            is_builtin=True,
        )
        table.announced_methods[method.wire] = {"id": id, "response": "result"}

    setattr(serve, "add_schema", add_schema)  # noqa: B010


def leave(_: object) -> None:
    """Ends the process on the spot."""
    os._exit(7)


def main(how: str) -> None:
    """Serves as the tests want it."""
    text = VERSIONS["text"]
    match how:
        case "mute":
            text.service = _p.Service("Desk", methods=(text.place, LEFT), events=(text.filled,))
        case "module":
            return Desk().run()
        case "never":
            answered_with(None)
        case "deep":
            answered_with(b"\x91" * 100_000 + b"\xc0")
        case "malformed":
            answered_with(msgspec.msgpack.encode({"ipc": 1, "types": [{"name": "A", "is": 0}]}))
        case "cut":
            answered_with(b"\x81")
        case "ends":
            # The process is gone before it says anything.
            setattr(json, "loads", leave)  # noqa: B010
        case _:
            pass
    return DeskWorker(VERSIONS.get(how, text)).run()


if __name__ == "__main__":
    main(sys.argv[1])

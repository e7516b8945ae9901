"""One version of the rows of `evolution/`, as `src/bin/evolution.rs` is in Rust.

`evolution.py old|new worker|parent|starter types|SERVICE [WORKER…]`
"""

import asyncio
import importlib
import json
import re
import sys
from collections.abc import Awaitable
from typing import Any

from procwire import ProcwireError, SpawnError

#: What handlers answer, by version and service; the others answer nothing.
ANSWERS: dict[tuple[str, str], object] = {
    ("new", "UnitToValue"): 7,
    ("new", "UnitToNullable"): 7,
    ("new", "AckToValue"): 7,
    ("old", "ValueToUnit"): 7,
}
#: What handlers raise: an error and its variant.
REFUSALS = {
    ("old", "AddVariantThrown"): ("AddVariantRefusal", "Known"),
    ("new", "AddVariantThrown"): ("AddVariantRefusal", "More"),
    ("new", "AddThrows"): ("AddThrowsRefusal", "More"),
}
#: What children require, by version; the parents of the other version answer nothing.
REQUIRED = {
    ("new", "ChildRequireAdded"),
    ("new", "ChildOptionalToRequired"),
    ("old", "ChildRequiredToOptional"),
    ("old", "ChildRequireRemoved"),
}
#: What is called with, by version and service; the others take nothing.
ARGUMENTS: dict[tuple[str, str], tuple[object, ...]] = {
    ("old", "ChangeCodec"): (b"x",),
    ("new", "ChangeCodec"): (b"x",),
    ("old", "BareToNamed"): (7,),
    ("new", "BareToNamed"): (7,),
}


def value(service: Any, method: str, payload: bytes) -> Any:
    """What the version that writes it makes of a payload."""
    found = next(declared for declared in service.methods if declared.wire == method)
    codec = found.request if method.endswith("_ask") else found.answer
    return codec.decode(payload)


async def outcome(call: Awaitable[object]) -> str:
    """What came of a call."""
    try:
        await call
    except ProcwireError as error:
        return f"{error.code} {error}"
    return "ok"


def serve_types(version: Any) -> None:
    """Serves every type until the parent wants no more."""
    handlers: dict[str, Any] = {}
    for method in version.EVOLUTION.methods:

        def ask(self: Any, given: Any) -> None:
            """Takes what could be read."""

        def tell(self: Any, payload: bytes, wire: str = method.wire) -> Any:
            return value(version.EVOLUTION, wire, payload)

        handlers[method.name] = ask if method.wire.endswith("_ask") else tell
    type("Desk", (version.EvolutionWorker,), handlers)().run()


async def call_types(version: Any, command: list[str]) -> None:
    """Calls a worker as the standard input says, and prints what comes of each call."""
    async with version.EvolutionClient.spawn(command, check_schema=False) as client:
        for line in sys.stdin.read().splitlines():
            step = json.loads(line)
            method, payload = step["method"], bytes.fromhex(step["payload"])
            given = value(version.EVOLUTION, method, payload) if method.endswith("_ask") else payload
            print(await outcome(getattr(client, method)(given)))


def serve_service(version: Any, name: str) -> None:
    """Serves one service."""
    service = getattr(version, field(name).upper())

    def items(self: Any) -> Any:
        yield from ()

    def answer(self: Any, *given: Any) -> Any:
        refusal = REFUSALS.get((sys.argv[1], name))
        if refusal is not None:
            error, variant = refusal
            raise getattr(version, error)(getattr(version, f"{error}{variant}")())
        return given[0] if name == "ChangeCodec" else ANSWERS.get((sys.argv[1], name))

    def seven(self: Any) -> int | None:
        return 7 if name == "ChangeKind" else None

    handlers: dict[str, Any] = {}
    for method in service.methods:
        other = items if method.response == "stream" else seven
        handlers[method.name] = answer if method.name == "call" else other
    type("Desk", (getattr(version, f"{name}Worker"),), handlers)().run()


async def call_service(version: Any, name: str, command: list[str]) -> None:
    """Starts a worker, calls it once, and prints what came of it."""
    try:
        async with getattr(version, f"{name}Client").spawn(command, check_schema=False) as client:
            print(await outcome(client.call(*ARGUMENTS.get((sys.argv[1], name), ()))))
    except SpawnError as error:
        print("refused", error)


def field(name: str) -> str:
    """The name of a service as a field."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def serve_child(version: Any, name: str) -> None:
    """Serves one module."""

    def call(self: Any) -> None:
        """Answers nothing."""

    desk = type("Desk", (getattr(version, f"{name}Worker"),), {"call": call})
    getattr(version, f"{name}Module")(**{field(name): desk()}).run()


async def call_child(version: Any, name: str, command: list[str]) -> None:
    """Starts a module, calls it once, and prints what came of it."""

    async def ask(self: Any) -> None:
        """Answers nothing."""

    answers = type("Answers", (version.RowsCallbacks,), {"ask": ask})
    options = {"callbacks": answers()} if (sys.argv[1], name) in REQUIRED else {}
    try:
        async with getattr(version, f"{name}ModuleClient").spawn(command, check_schema=False, **options) as client:
            print(await outcome(getattr(client, field(name)).call()))
    except SpawnError as error:
        print("refused", error)


async def start(version: Any, name: str, command: list[str]) -> None:
    """Starts a worker that has to agree on the schema, and prints what came of it."""

    async def ask(self: Any) -> None:
        """Answers nothing."""

    answers = type("Answers", (version.RowsCallbacks,), {"ask": ask})
    options = {"callbacks": answers()} if (sys.argv[1], name) in REQUIRED else {}
    client = "Evolution" if name == "types" else f"{name}Module" if name.startswith("Child") else name
    try:
        async with getattr(version, f"{client}Client").spawn(command, **options):
            pass
    except SpawnError as error:
        print("refused", error)
    else:
        print("ok")


def main() -> None:
    """Does as the arguments say."""
    _, name, role, what, *command = sys.argv
    version = importlib.import_module(f"evolution_{name}")
    if role == "starter":
        asyncio.run(start(version, what, command))
    elif what.startswith("Child"):
        serve_child(version, what) if role == "worker" else asyncio.run(call_child(version, what, command))
    elif role == "worker":
        serve_types(version) if what == "types" else serve_service(version, what)
    else:
        asyncio.run(call_types(version, command) if what == "types" else call_service(version, what, command))


if __name__ == "__main__":
    main()

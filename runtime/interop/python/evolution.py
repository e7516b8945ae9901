"""`evolution.py old|new worker`, or `evolution.py old|new parent WORKER…`: one version of the rows of `evolution/rows.json`.

`src/evolution.rs` is the same in Rust.
"""

import asyncio
import importlib
import json
import sys
from typing import Any

from procwire import ProcwireError


def value(service: Any, method: str, payload: bytes) -> Any:
    """What the version that writes it makes of a payload."""
    found = next(declared for declared in service.methods if declared.wire == method)
    codec = found.request if method.endswith("_ask") else found.answer
    return codec.decode(payload)


def worker(version: Any) -> None:
    """Serves until the parent wants no more."""
    handlers: dict[str, Any] = {}
    for method in version.EVOLUTION.methods:

        def ask(self: Any, given: Any) -> None:
            """Takes what could be read."""

        def tell(self: Any, payload: bytes, wire: str = method.wire) -> Any:
            return value(version.EVOLUTION, wire, payload)

        handlers[method.name] = ask if method.wire.endswith("_ask") else tell
    type("Desk", (version.EvolutionWorker,), handlers)().run()


async def parent(version: Any, command: list[str]) -> None:
    """Calls a worker as the standard input says, and prints what comes of each call."""
    async with version.EvolutionClient.spawn(command) as client:
        for line in sys.stdin.read().splitlines():
            step = json.loads(line)
            method, payload = step["method"], bytes.fromhex(step["payload"])
            try:
                given = value(version.EVOLUTION, method, payload) if method.endswith("_ask") else payload
                await getattr(client, method)(given)
                print("ok")
            except ProcwireError as error:
                print(error.code, error)


def main() -> None:
    """Does as the arguments say."""
    version = importlib.import_module(f"evolution_{sys.argv[1]}")
    if sys.argv[2] == "worker":
        worker(version)
    else:
        asyncio.run(parent(version, sys.argv[3:]))


if __name__ == "__main__":
    main()

"""What the Python parents of the scenarios share; `src/scenario.rs` is the same in Rust."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec
from interop import InteropClient

from procwire import ProcwireError
from procwire.client import Spawning
from procwire.codec import Codec


def run(parent: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a parent."""
    asyncio.run(parent())


def say(line: object) -> None:
    """Prints a line of the transcript, which is the same for every pair."""
    print(line, flush=True)


def worker() -> list[str]:
    """The worker's command line, as the runner gives it."""
    line: list[str] = json.loads(os.environ["INTEROP_WORKER"])
    return line


def worker_is_ours() -> bool:
    """Whether the worker is ours."""
    return not os.environ["INTEROP_PAIR"].endswith("-real")


def worker_is_in_node() -> bool:
    """Whether the worker runs in Node, where nothing can end a process in order while its thread is held."""
    return os.environ["INTEROP_PAIR"].endswith(("-real", "-typescript"))


def spawn() -> Spawning[InteropClient]:
    """Starts the worker with nothing special about it."""
    return InteropClient.spawn(worker())


def check(condition: bool, problem: object) -> None:
    """An error where the condition does not hold."""
    if not condition:
        raise AssertionError(problem)


async def failure(call: Awaitable[object]) -> ProcwireError:
    """The error that a call ends in."""
    error = await outcome(call)
    if error is None:
        raise AssertionError("this should have failed")
    return error


async def outcome(call: Awaitable[object]) -> ProcwireError | None:
    """The error that a call ends in, where it ends in one."""
    try:
        await call
    except ProcwireError as error:
        return error
    return None


def gone(pid: int) -> bool:
    """Whether there is no such process any more."""
    return not os.path.exists(f"/proc/{pid}")


def show(value: object) -> str:
    """What a value looks like in a transcript: keys sorted, bytes in hex, whole floats as integers."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    """A value as JSON has it, with the names of the wire."""
    match value:
        case msgspec.Struct():
            return _plain(msgspec.msgpack.decode(Codec[Any](type(value)).encode(value)))
        case dict():
            return {key: _plain(part) for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list():
            return [_plain(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
        case bytes():
            return {"bytes": value.hex()}
        case float() if value.is_integer():
            # JavaScript has no other form for a whole number.
            return int(value)
        case _:
            return value

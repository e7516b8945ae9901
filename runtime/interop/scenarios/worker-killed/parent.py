"""When the worker is killed, calls and streams fail at once."""

import asyncio
import os
import signal
from contextlib import suppress

from interop import InteropClient
from scenario import check, failure, run, say, spawn

from procwire import ProcwireError


async def parent() -> None:
    desk = await spawn()
    pid = await desk.pid()
    waiting = desk.events.waiting()
    call = asyncio.ensure_future(failure(desk.wait("never")))
    stream = asyncio.ensure_future(failure(read(desk)))
    await anext(waiting)
    os.kill(pid, signal.SIGKILL)
    error = await call
    check(error.code == "unavailable" and ("SIGKILL" in error.message or "signal" in error.message), error)
    say("the call failed")
    await stream
    say("the stream failed")
    await failure(desk.add(2, 3))
    say("and so does the next call")
    with suppress(ProcwireError):
        await desk.shutdown()


async def read(desk: InteropClient) -> None:
    """Reads a stream without an end."""
    async for _ in desk.forever("s"):
        pass


run(parent)

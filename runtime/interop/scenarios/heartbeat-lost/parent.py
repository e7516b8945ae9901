"""A worker that is stopped is taken for dead: its calls fail, and it is killed."""

import asyncio
import os
import signal
from contextlib import suppress

from interop import InteropClient
from scenario import check, failure, gone, run, say, worker

from procwire import ProcwireError


async def parent() -> None:
    desk = await InteropClient.spawn(worker(), heartbeat=(0.05, 0.5))
    pid = await desk.pid()
    waiting = desk.events.waiting()
    call = asyncio.ensure_future(failure(desk.wait("never")))
    await anext(waiting)
    os.kill(pid, signal.SIGSTOP)
    check((await call).code == "unavailable", await call)
    say("the call failed")
    with suppress(ProcwireError):
        await desk.shutdown()
    check(gone(pid), "the worker is still there")
    say("the worker was killed")


run(parent)

"""When the parent is killed, its worker ends too, whatever it does."""

import asyncio
import os
import signal

from scenario import run, say, spawn


async def parent() -> None:
    desk = await spawn()
    waiting = desk.events.waiting()
    call = asyncio.ensure_future(desk.wait("never"))
    await anext(waiting)
    await anext(aiter(desk.forever("s")))
    say("working")
    os.kill(os.getpid(), signal.SIGKILL)
    await call


run(parent)

"""When the parent is killed, its worker ends too, also while a handler blocks the thread."""

import asyncio
import os
import signal

from scenario import run, say, spawn


async def parent() -> None:
    desk = await spawn()
    await desk.add(2, 3)
    waiting = desk.events.waiting()
    call = asyncio.ensure_future(desk.sleep(60_000, blocking=True))
    await anext(waiting)
    say("working")
    os.kill(os.getpid(), signal.SIGKILL)
    await call


run(parent)

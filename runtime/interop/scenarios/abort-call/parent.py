"""An aborted call ends for the caller, and the handler is told."""

import asyncio
from contextlib import suppress

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        waiting, aborted = desk.events.waiting(), desk.events.aborted()
        call = asyncio.ensure_future(desk.wait("a"))
        say(f"waiting {show(await anext(waiting))}")
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
        say(f"aborted {show(await anext(aborted))}")
        say(f"{show(await desk.open('a'))} was waiting")


run(parent)

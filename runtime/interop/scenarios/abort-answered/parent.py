"""An abort after the answer changes nothing."""

import asyncio

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        call = asyncio.ensure_future(desk.add(2, 3))
        say(show(await call))
        call.cancel()
        say(show(await desk.add(3, 4)))


run(parent)

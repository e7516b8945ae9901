"""A worker that works is taken for alive."""

import asyncio

from interop import InteropClient
from scenario import run, say, show, worker


async def parent() -> None:
    async with InteropClient.spawn(worker(), heartbeat=(0.02, 5.0)) as desk:
        slept = asyncio.ensure_future(desk.sleep(300))
        for i in range(300):
            await desk.add(i, 1)
        say(show(await slept))
        say("ready")


run(parent)

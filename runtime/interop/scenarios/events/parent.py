"""Events arrive before, during and after a call, each in its order."""

import asyncio

from interop import InteropClient, InteropHello
from scenario import run, say, show, worker


async def parent() -> None:
    heard: asyncio.Future[InteropHello] = asyncio.get_running_loop().create_future()
    async with InteropClient.spawn(worker(), on={"hello": heard.set_result}) as desk:
        ticks = desk.events.tick()
        say(f"before: {show(await heard)}")
        await desk.emit(3, 2)
        for _ in range(5):
            say(show(await anext(ticks)))
        say(show(await desk.add(1, 1)))


run(parent)

"""A worker whose handler blocks the thread still answers the heartbeat."""

from interop import InteropClient
from scenario import run, say, show, worker


async def parent() -> None:
    async with InteropClient.spawn(worker(), heartbeat=(0.05, 0.7)) as desk:
        say(show(await desk.sleep(2000, blocking=True)))
        say("ready")


run(parent)

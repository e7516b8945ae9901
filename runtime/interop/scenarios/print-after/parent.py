"""100 MB of prints stop neither calls nor the control plane."""

from interop import InteropClient
from scenario import run, say, show, worker


async def parent() -> None:
    async with InteropClient.spawn(worker(), heartbeat=(0.05, 30.0)) as desk:
        await desk.with_options(timeout=100.0).print(100_000)
        say(show(await desk.add(2, 3)))
        say("ready")


run(parent)

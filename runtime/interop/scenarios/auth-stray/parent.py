"""A silent stranger that connects first does not shut the parent out."""

import os

from interop import InteropClient
from scenario import run, say, show, worker


async def parent() -> None:
    async with InteropClient.spawn(["node", f"{os.getcwd()}/node/stray.mjs", *worker()]) as desk:
        say(show(await desk.add(2, 3)))


run(parent)

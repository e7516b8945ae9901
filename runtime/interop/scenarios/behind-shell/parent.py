"""A worker behind a shell is served and ended like any other."""

from interop import InteropClient
from scenario import run, say, show, worker


async def parent() -> None:
    # The shell stays, since it has something to do afterwards.
    async with InteropClient.spawn(["sh", "-c", '"$@"; exit $?', "sh", *worker()]) as desk:
        say(show(await desk.add(2, 3)))


run(parent)

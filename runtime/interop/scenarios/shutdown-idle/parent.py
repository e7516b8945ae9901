"""An idle worker ends by itself when it is told to."""

from scenario import check, gone, run, say, spawn


async def parent() -> None:
    desk = await spawn()
    await desk.add(2, 3)
    pid = await desk.pid()
    # Raises where the worker had to be killed.
    await desk.shutdown()
    check(gone(pid), "the worker is still there")
    say("status 0, signal none")


run(parent)

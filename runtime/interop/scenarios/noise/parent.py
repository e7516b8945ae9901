"""Lines on the standard output that are no control lines are passed over."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        say(show(await desk.add(2, 3)))


run(parent)

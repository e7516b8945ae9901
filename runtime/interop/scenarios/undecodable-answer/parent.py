"""An answer that does not decode fails its call, and the connection stays."""

from scenario import failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        await failure(desk.add(1, 1))
        say("the call failed")
        say(show(await desk.add(2, 3)))


run(parent)

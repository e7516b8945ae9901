"""A handler that breaks fails its call, and the worker lives on."""

from scenario import failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        await failure(desk.fail("panic"))
        say("the call failed")
        say(show(await desk.add(2, 3)))


run(parent)

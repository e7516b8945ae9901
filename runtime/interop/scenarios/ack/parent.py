"""A method may be acknowledged without a value, or with one."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        await desk.poke("wake up")
        say("null")
        say(show(await desk.touch("hi")))


run(parent)

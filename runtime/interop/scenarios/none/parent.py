"""A call that is never answered still runs."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        noted = desk.events.noted()
        await desk.note("one")
        say("null")
        say(show(await anext(noted)))
        await desk.note("two")
        say(show(await anext(noted)))


run(parent)

"""A stream that is left early harms nothing that comes after it."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        async with desk.count(1000) as items:
            async for item in items:
                say(show(item))
                if item.i == 2:
                    break
        say("left")
        say(show(await desk.add(2, 3)))


run(parent)

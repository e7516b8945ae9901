"""An aborted stream ends for the caller, and the handler is told."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        aborted = desk.events.aborted()
        async with desk.forever("s") as items:
            for _ in range(10):
                await anext(items)
        say("ten items and more")
        say(f"aborted {show(await anext(aborted))}")
        say(show(await desk.add(2, 3)))


run(parent)

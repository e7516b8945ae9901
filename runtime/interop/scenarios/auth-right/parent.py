"""With a token, the parent authenticates first and is served."""

from scenario import run, say, show, spawn


async def parent() -> None:
    # A token is set unless the parent says otherwise.
    async with spawn() as desk:
        say(show(await desk.add(2, 3)))


run(parent)

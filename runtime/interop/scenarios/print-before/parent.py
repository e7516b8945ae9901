"""What the worker prints before its start, without a newline, does not spoil the handshake."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        say(show(await desk.add(2, 3)))


run(parent)

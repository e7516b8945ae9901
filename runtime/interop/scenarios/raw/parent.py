"""With the raw codec the payload is the bytes themselves, also where they are none."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        say(show(await desk.mirror(b"\xc1\xff")))
        say(show(await desk.mirror(b"")))


run(parent)

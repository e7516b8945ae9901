"""Every type of value goes there and back in a call with one answer."""

from interop import Everything
from msgspec.structs import replace
from scenario import run, say, show, spawn

EVERYTHING = Everything(text="hi \U0001f600", count=-7, ratio=0.5, ok=True, tags=["x", ""], wide=2**53 - 1, note=None)


async def parent() -> None:
    async with spawn() as desk:
        say(show(await desk.add(2, 3)))
        say(show(await desk.add(-(2**31), 0)))
        say(show(await desk.echo(EVERYTHING)))
        say(show(await desk.echo(replace(EVERYTHING, note="noted", ratio=2.0))))


run(parent)

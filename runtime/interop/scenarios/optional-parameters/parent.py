"""Absent parameters take their defaults, nil counts as absent."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        say(show(await desk.greet("you")))
        say(show(await desk.greet("you", greeting="good day")))
        say(show(await desk.greet("you", mark="!")))
        say(show(await desk.greet("you", mark=None)))


run(parent)

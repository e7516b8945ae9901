"""A stream gives its items in order and ends; an empty one only ends."""

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        async for item in desk.count(3):
            say(show(item))
        say("end")
        async for item in desk.count(0):
            say(show(item))
        say("end")
        total = 0
        async for item in desk.count(20_000):
            total += item.i
        say(f"20000 items, sum {total}")


run(parent)

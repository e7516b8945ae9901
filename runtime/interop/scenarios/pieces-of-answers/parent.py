"""Answers that come a byte at a time are read."""

import asyncio

from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        say(show(await asyncio.gather(*(desk.add(i, i) for i in [1, 2, 3]))))


run(parent)

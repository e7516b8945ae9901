"""Twenty streams and calls beside them share one connection."""

import asyncio

from interop import InteropClient
from scenario import check, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        streams = asyncio.gather(*(length(desk, 100 * index) for index in range(20)))
        sums = asyncio.gather(*(desk.add(i, 1) for i in range(100)))
        say(show(await streams))
        say(sum(answer.sum for answer in await sums))


async def length(desk: InteropClient, n: int) -> int:
    """How many items a stream of so many has."""
    due = 0
    async for item in desk.count(n):
        check(item.i == due, f"a stream of {n} skips {due}")
        due += 1
    return due


run(parent)

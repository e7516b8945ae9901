"""Ten workers at once, each with its own connection."""

import asyncio

from scenario import run, say, show, spawn


async def parent() -> None:
    desks = await asyncio.gather(*(spawn() for _ in range(10)))
    sums = await asyncio.gather(*(desk.add(i, 1) for i, desk in enumerate(desks)))
    say(show([answer.sum for answer in sums]))
    pids = await asyncio.gather(*(desk.pid() for desk in desks))
    say(f"{len(set(pids))} processes")
    await asyncio.gather(*(desk.shutdown() for desk in desks))


run(parent)

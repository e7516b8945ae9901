"""1,000 calls at once each get their own answer."""

import asyncio

from scenario import check, run, say, spawn


async def parent() -> None:
    async with spawn() as desk:
        sums = await asyncio.gather(*(desk.add(i, 1_000_000) for i in range(1000)))
        for i, answer in enumerate(sums):
            check(answer.sum == i + 1_000_000, f"call {i} got {answer.sum}")
        say(f"{len(sums)} answers")


run(parent)

"""10,000 calls whose handlers return at once."""

import asyncio

from scenario import check, run, say, spawn


async def parent() -> None:
    async with spawn() as desk:
        answers = await asyncio.gather(*(desk.greet(str(i)) for i in range(10_000)))
        for i, answer in enumerate(answers):
            check(answer.text == f"hello {i}", f"call {i} got {answer.text}")
        say(f"{len(answers)} answers")


run(parent)

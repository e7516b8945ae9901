"""1,000 calls wait in their handlers at the same time."""

import asyncio

from scenario import check, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        waiting = desk.events.waiting()
        calls = asyncio.gather(*(desk.wait("all") for _ in range(1000)))
        for _ in range(1000):
            await anext(waiting)
        say("all are waiting")
        say(show(await desk.open("all")))
        texts = await calls
        check(all(answer.text == "all" for answer in texts), "an answer differs")
        say(f"{len(texts)} answers")


run(parent)

"""A call that passes its deadline fails; its late answer goes nowhere."""

import asyncio

from scenario import failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        waiting, aborted = desk.events.waiting(), desk.events.aborted()
        call = asyncio.ensure_future(failure(desk.with_options(timeout=0.1).wait("late")))
        say(f"waiting {show(await anext(waiting))}")
        error = await call
        say("the deadline passed" if error.code == "deadline_exceeded" and isinstance(error, TimeoutError) else error)
        # Unlike the published parent, ours tells the worker.
        await anext(aborted)
        await desk.open("late")
        say(show(await desk.add(2, 3)))


run(parent)

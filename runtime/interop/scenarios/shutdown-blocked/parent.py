"""A handler that blocks its thread does not keep the worker from ending."""

import asyncio

from scenario import check, failure, gone, outcome, run, say, spawn, worker_is_in_node


async def parent() -> None:
    desk = await spawn()
    pid = await desk.pid()
    waiting = desk.events.waiting()
    call = asyncio.ensure_future(failure(desk.sleep(20_000, blocking=True)))
    await anext(waiting)
    end = await outcome(desk.shutdown())
    await call
    say("the call failed")
    check(gone(pid), "the worker is still there")
    say("the worker ended")
    check(end is None or worker_is_in_node(), end)


run(parent)

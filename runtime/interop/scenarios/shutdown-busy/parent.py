"""A handler that would take 20 s more does not keep the worker from ending."""

import asyncio

from scenario import check, failure, gone, outcome, run, say, spawn, worker_is_ours


async def parent() -> None:
    desk = await spawn()
    pid = await desk.pid()
    call = asyncio.ensure_future(failure(desk.sleep(20_000)))
    await desk.add(2, 3)
    end = await outcome(desk.shutdown())
    await call
    say("the call failed")
    check(gone(pid), "the worker is still there")
    say("the worker ended")
    check(end is None or not worker_is_ours(), end)


run(parent)

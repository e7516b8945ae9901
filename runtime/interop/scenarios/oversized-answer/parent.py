"""A header that claims more than the limit ends the calls, and the worker is ended."""

from contextlib import suppress

from scenario import failure, run, say, spawn

from procwire import ProcwireError


async def parent() -> None:
    desk = await spawn()
    await failure(desk.add(1, 1))
    say("the call failed")
    with suppress(ProcwireError):
        await desk.shutdown()
    say("the worker ended")


run(parent)

"""A worker that refuses the parent and closes leaves no call without an end."""

from contextlib import suppress

from scenario import check, failure, run, say, spawn

from procwire import ProcwireError


async def parent() -> None:
    desk = await spawn()
    check((await failure(desk.add(2, 3))).code == "unavailable", "another code")
    say("the call failed")
    # However this worker ends.
    with suppress(ProcwireError):
        await desk.shutdown()


run(parent)

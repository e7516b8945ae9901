"""A callback that serves a call is aborted with it, and its deadline is that of the call."""

import asyncio

from back import BackClient, TradingCallbacks
from scenario import run, say, worker

from procwire import ProcwireError


class Holds(TradingCallbacks):
    """Answers never."""

    def __init__(self) -> None:
        """Nobody called so far."""
        self.began: asyncio.Queue[str] = asyncio.Queue()
        self.left: asyncio.Queue[str] = asyncio.Queue()

    async def hold(self, name: str) -> None:
        self.began.put_nowait(name)
        try:
            await asyncio.Event().wait()
        finally:
            self.left.put_nowait(name)


async def parent() -> None:
    holds = Holds()
    async with BackClient.spawn(worker(), callbacks=holds) as back:
        seen = back.events.seen()
        aborted = asyncio.ensure_future(back.hold("aborted"))
        say(f"begins: {await holds.began.get()}")
        aborted.cancel()
        say(f"ends: {await holds.left.get()}")
        say((await anext(seen)).text)
        try:
            await back.with_options(timeout=0.3).hold("late")
        except (TimeoutError, ProcwireError):
            pass
        say(f"ends: {await holds.left.get()}")


run(parent)

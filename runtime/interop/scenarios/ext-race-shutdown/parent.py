"""Shutdown against requests and callbacks in flight: each call ends once, rightly or `unavailable`, and so the worker."""

import asyncio
from collections.abc import AsyncIterator

from back import BackClient, Candle, TradingCallbacks
from scenario import check, failure, gone, outcome, run, say, worker

from procwire import ProcwireError


class Answers(TradingCallbacks):
    """What this parent answers."""

    def __init__(self) -> None:
        """Nobody called so far."""
        self.began = asyncio.Event()
        self.left = asyncio.Event()

    async def data_fetch(self, symbol: str, count: int) -> AsyncIterator[Candle]:
        for at in range(1, count + 1):
            yield Candle(at=at, close=10 * at)

    async def hold(self, name: str) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()


async def during_calls(first: int) -> None:
    """Shuts a worker down when so many calls are answered."""
    back = await BackClient.spawn(worker(), callbacks=Answers())
    pid = back.peer.pid
    ended = 0
    enough = asyncio.Event()

    async def total() -> None:
        nonlocal ended
        try:
            check(await back.total("A", 50) == 12_750, "another sum")
        except ProcwireError as error:
            check(ended >= first, error)
        ended += 1
        if ended >= first:
            enough.set()

    calls = [asyncio.ensure_future(total()) for _ in range(30)]
    if first:
        await enough.wait()
    # Without it the calls would not even have begun.
    await asyncio.sleep(0)
    await back.shutdown()
    await asyncio.gather(*calls)
    check(gone(pid), "the worker is still there")
    say(f"{ended} calls ended, the worker too")


async def parent() -> None:
    # Before anything was read, and when some were answered.
    for first in (0, 0, 1, 10):
        await during_calls(first)
    answers = Answers()
    back = await BackClient.spawn(worker(), callbacks=answers, shutdown_grace=0.2)
    held = asyncio.ensure_future(failure(back.hold("held")))
    await answers.began.wait()
    say("begins: held")
    # Whether a worker whose handler has to be stopped ends in order is its own affair.
    await outcome(back.shutdown())
    await held
    say("the call failed")
    await answers.left.wait()
    say("ends: held")


run(parent)

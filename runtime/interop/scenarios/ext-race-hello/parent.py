"""Hello against the first request: calls that are made at once, and their callbacks, find everything in force."""

import asyncio
from collections.abc import AsyncIterator

from back import BackClient, Candle, TradingCallbacks
from scenario import check, run, say, worker

from procwire import Context


class Answers(TradingCallbacks):
    """What this parent answers."""

    back: BackClient

    async def data_fetch(self, symbol: str, count: int) -> AsyncIterator[Candle]:
        for at in range(1, count + 1):
            yield Candle(at=at, close=10 * at)

    async def position(self, account: str) -> int:
        return len(account)

    async def depth(self, more: int, *, cx: Context) -> int:
        return 0 if more == 0 else 1 + await self.back.with_options(context=cx).depth(more - 1)


async def parent() -> None:
    seen: tuple[int, int, int] | None = None
    for _ in range(5):
        answers = Answers()
        async with BackClient.spawn(worker(), callbacks=answers) as back:
            answers.back = back
            every = await asyncio.gather(back.position("four"), back.total("A", 3), back.depth(8))
            check(seen in (None, every), f"another answer: {every}")
            seen = every
    say(f"5 times: {' '.join(map(str, seen or []))}")


run(parent)

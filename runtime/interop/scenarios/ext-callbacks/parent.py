"""A worker calls its parent: each kind of answer, declared errors on the other side, and items before an error."""

import asyncio
from collections.abc import AsyncIterator

from back import BackClient, Busy, BusyLater, Candle, Refused, RefusedDenied, TradingCallbacks
from scenario import check, failure, run, say, show, worker


class Answers(TradingCallbacks):
    """What this parent answers."""

    def __init__(self) -> None:
        """Nothing was told so far."""
        self.audited: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def data_fetch(self, symbol: str, count: int) -> AsyncIterator[Candle]:
        for at in range(1, count + 1):
            yield Candle(at=at, close=10 * at)
        if symbol == "refused":
            raise Refused(RefusedDenied(why=symbol))

    async def position(self, account: str) -> int:
        if account == "refused":
            raise Refused(RefusedDenied(why=account))
        if account == "busy":
            raise Busy(BusyLater(left=3))
        return len(account)

    async def warm(self, text: str) -> None:
        say(f"warm: {text}")

    async def audit(self, text: str) -> None:
        self.audited.set_result(text)


async def parent() -> None:
    answers = Answers()
    async with BackClient.spawn(worker(), callbacks=answers) as back:
        say(await back.total("A", 4))
        async for candle in back.pass_on("A", 3):
            say(show(candle))
        say(await back.position("four"))
        await back.tell("told")
        say(f"audit: {await answers.audited}")
        items = aiter(back.pass_on("refused", 2))
        say(show(await anext(items)))
        say(show(await anext(items)))
        denied = await failure(anext(items))
        check(isinstance(denied, Refused), denied)
        say(f"refused: {show(denied.data)}")
        refused = await failure(back.position("refused"))
        check(isinstance(refused, Refused), refused)
        say(f"refused: {show(refused.data)}")
        busy = await failure(back.position("busy"))
        check(isinstance(busy, Busy) and busy.is_retryable(), busy)
        say(f"busy: {show(busy.data)}")
        say(sum(await asyncio.gather(*[back.position("x" * i) for i in range(1000)])))


run(parent)

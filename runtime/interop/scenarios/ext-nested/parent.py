"""Calls go back and forth, one inside the other, to the depth that is stated."""

import asyncio

from back import BackClient, TradingCallbacks
from scenario import failure, run, say, worker

from procwire import Context


class Deeper(TradingCallbacks):
    """Calls the worker back."""

    back: BackClient

    def __init__(self) -> None:
        """Was not called so far."""
        self.left: list[int] = []

    async def depth(self, more: int, *, cx: Context) -> int:
        self.left.append(more)
        return 0 if more == 0 else 1 + await self.back.with_options(context=cx).depth(more - 1)


async def parent() -> None:
    deeper = Deeper()
    async with BackClient.spawn(worker(), callbacks=deeper) as back:
        deeper.back = back
        say(await back.depth(16))
        say(",".join(map(str, deeper.left)))
        say((await failure(back.depth(17))).code)
        many = await asyncio.gather(*[back.depth(9) for _ in range(100)])
        say(",".join(map(str, set(many))))


run(parent)

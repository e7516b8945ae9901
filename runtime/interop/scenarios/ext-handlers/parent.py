"""Handlers are added and removed while the worker runs; a path that has none is not found."""

from back import BackClient, TradingCallbacks
from scenario import check, failure, run, say, worker


class Depth(TradingCallbacks):
    """Answers one callback."""

    async def depth(self, more: int) -> int:
        return 7


class Position(TradingCallbacks):
    """Answers another one, with what it was made with."""

    def __init__(self, value: int) -> None:
        """Answers with this."""
        self._value = value

    async def position(self, account: str) -> int:
        return self._value


async def parent() -> None:
    async with BackClient.spawn(worker(), callbacks=Depth()) as back:
        callbacks = back.peer.callbacks
        missing = await failure(back.position("a"))
        check("trading.Position" in str(missing) and "trading.Depth" in str(missing), missing)
        say(missing.code)
        callbacks.add(Position(1))
        say(await back.position("a"))
        callbacks.add(Position(2))
        say(await back.position("a"))
        say("removed" if callbacks.remove("trading.Position") else "was not there")
        say((await failure(back.position("a"))).code)
        say(await back.depth(1))


run(parent)

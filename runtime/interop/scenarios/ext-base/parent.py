"""With a peer that speaks the base protocol alone, to need an extension fails at once, and says why."""

from back import BackClient, TradingCallbacks
from scenario import check, failure, run, say, worker


class Position(TradingCallbacks):
    """Is never asked."""

    async def position(self, account: str) -> int:
        return 1


async def parent() -> None:
    async with BackClient.spawn(worker(), callbacks=Position(), extensions=()) as back:
        callback = await failure(back.position("a"))
        check("trading.Position" in str(callback), callback)
        say(callback.code)
        say((await failure(back.with_options(metadata={"a": "b"}).context())).code)
        say(await back.depth(0))


run(parent)

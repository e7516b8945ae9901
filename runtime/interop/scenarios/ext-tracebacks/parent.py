"""An error that nobody declared tells its text and class; where it came from only to a peer that asked."""

from back import BackClient, TradingCallbacks
from scenario import failure, run, say, worker


class Answers(TradingCallbacks):
    """Breaks."""

    async def broken(self) -> None:
        raise ValueError("it broke")


def text(*told: object) -> str:
    """What all parents print of it."""
    return " ".join(str(one).lower() if isinstance(one, bool) else str(one) for one in told)


async def parent() -> None:
    for asks in (False, True):
        env = {"ASKS": "1"} if asks else {}
        async with BackClient.spawn(worker(), callbacks=Answers(), tracebacks=asks, env=env) as back:
            error = await failure(back.broken(True))
            where = error.traceback
            say(text(error.code, error.message, bool(error.data["class"]), where is not None and "it broke" in where))
            say(await back.broken(False))


run(parent)

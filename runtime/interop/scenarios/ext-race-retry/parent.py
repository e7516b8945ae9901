"""Deadline against retry: a call that is sent again and again ends with its deadline, and is not sent once more."""

import asyncio

from back import BackClient, Busy, BusyLater, TradingCallbacks
from scenario import check, failure, run, say, worker


class Answers(TradingCallbacks):
    """What this parent answers."""

    def __init__(self) -> None:
        """Was not asked so far."""
        self.asked = 0

    async def position(self, account: str) -> int:
        self.asked += 1
        if account == "busy":
            raise Busy(BusyLater(left=3))
        return len(account)


async def parent() -> None:
    answers = Answers()
    async with BackClient.spawn(worker(), callbacks=answers) as back:
        made, step = 0, 0.001
        # On a busy machine a short time is over before the first answer.
        while answers.asked <= made:
            patient = [back.with_options(retries=10_000, timeout=step * n) for n in range(1, 41)]
            for error in await asyncio.gather(*[failure(one.position("busy")) for one in patient]):
                check(isinstance(error, Busy) or error.code == "deadline_exceeded", error)
            made += len(patient)
            step *= 4
        say("every call ended, busy or late")
        # What was under way comes before this.
        await back.position("four")
        before = answers.asked
        for _ in range(20):
            await back.position("four")
        check(answers.asked == before + 20, "one was sent after its end")
        say("none is sent after its end")


run(parent)

"""A parent without a loop answers callbacks: plain functions in threads, which may block and call the worker."""

import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from back import BackClient, BackSyncClient, Busy, BusyLater, Candle, Refused, RefusedDenied, TradingCallbacks
from scenario import check, say, show, worker

from procwire import Context, ProcwireError


class Answers(TradingCallbacks):
    """What this parent answers."""

    back: BackSyncClient

    def __init__(self) -> None:
        """Was not called so far."""
        self.audited: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.left: list[int] = []

    def data_fetch(self, symbol: str, count: int) -> Iterator[Candle]:
        for at in range(1, count + 1):
            yield Candle(at=at, close=10 * at)
        if symbol == "refused":
            raise Refused(RefusedDenied(why=symbol))

    def position(self, account: str) -> int:
        if account == "refused":
            raise Refused(RefusedDenied(why=account))
        if account == "busy":
            raise Busy(BusyLater(left=3))
        return len(account)

    def warm(self, text: str) -> None:
        say(f"warm: {text}")

    def audit(self, text: str) -> None:
        self.audited.put(text)

    def depth(self, more: int, *, cx: Context) -> int:
        self.left.append(more)
        return 0 if more == 0 else 1 + self.back.with_options(context=cx).depth(more - 1)


answers = Answers()
with BackClient.spawn_sync(worker(), callbacks=answers) as back:
    answers.back = back
    say(back.total("A", 4))
    try:
        for candle in back.pass_on("refused", 2):
            say(show(candle))
    except Refused as refused:
        say(f"refused: {show(refused.data)}")
    say(back.position("four"))
    for account in ("refused", "busy"):
        try:
            back.position(account)
        except (Refused, Busy) as error:
            say(f"{account}: {show(error.data)}")
    back.tell("told")
    say(f"audit: {answers.audited.get()}")
    say(back.depth(16))
    say(",".join(map(str, answers.left)))
    try:
        back.depth(17)
    except ProcwireError as error:
        say(error.code)
    with ThreadPoolExecutor(50) as pool:
        say(",".join(map(str, set(pool.map(back.depth, [9] * 50)))))
    check(back.peer.callbacks.remove("trading.Position"), "there was no handler")
    try:
        back.position("four")
    except ProcwireError as error:
        say(f"{error.code} {str('trading.DataFetch' in error.message).lower()}")

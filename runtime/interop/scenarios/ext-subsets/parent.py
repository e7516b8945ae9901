"""Whatever subset of the extensions one side knows, what both know is in force, and nothing else is needed."""

import asyncio
from pathlib import Path

from back import BackClient, TradingCallbacks
from scenario import check, outcome, run, say, worker

from procwire import Code, Limits

NAMES = ("fd", "meta", "callbacks", "credit")
ITEMS = 100


class Position(TradingCallbacks):
    """Answers a callback."""

    async def position(self, account: str) -> int:
        return len(account)


async def served(side: str, names: list[str]) -> None:
    """Says what of these is in force with a worker where one side knows no others."""
    ours, theirs = (names, NAMES) if side == "parent" else (NAMES, names)
    spawning = BackClient.spawn(
        worker(),
        callbacks=Position(),
        extensions=ours,
        env={"OFFERS": ",".join(theirs)},
        limits=Limits(window=160),
    )
    async with spawning as back:
        found: list[str] = []
        # A socket that was inherited has no name.
        if f"/procwire-{back.peer.pid}-" not in Path("/proc/net/unix").read_text():
            found.append("fd")
        missing = await outcome(back.with_options(metadata={"a": "b"}).depth(0))
        check(missing is None or missing.code == Code.UNSUPPORTED, missing)
        if missing is None:
            found.append("meta")
        missing = await outcome(back.position("a"))
        if missing is None:
            found.append("callbacks")
        else:
            check(missing.code == Code.UNSUPPORTED and "trading.Position" in str(missing), missing)
        if await waits_for_its_reader(back, "credit" in names):
            found.append("credit")
        say(f"{side} knows {'+'.join(names) or 'nothing'}: {'+'.join(found) or 'nothing'}")


async def waits_for_its_reader(back: BackClient, expected: bool) -> bool:
    """Whether a stream that nobody reads stops."""
    seen = back.events.seen()
    told = asyncio.ensure_future(anext(seen))
    items = back.fill(ITEMS)
    check(await anext(items) == 0, "another item came first")
    if expected:
        for _ in range(20):
            check(await back.depth(0) == 0, "another depth")
    else:
        await told
    waits = not told.done()
    check([item async for item in items] == list(range(1, ITEMS)), "an item is missing")
    check((await told).text == "filled", "another event")
    return waits


async def parent() -> None:
    for side in ("parent", "worker"):
        for subset in range(2 ** len(NAMES)):
            await served(side, [name for bit, name in enumerate(NAMES) if subset & (1 << bit)])


run(parent)

"""Streams that nobody reads stop nobody else, and each item arrives once and in order through a window of two items."""

import asyncio

from interop import InteropClient
from scenario import check, run, say, worker

from procwire import Limits

STOPPED = 50


async def parent() -> None:
    async with InteropClient.spawn(worker(), limits=Limits(window=160)) as desk:
        aborted = desk.events.aborted()
        stopped = [desk.forever(str(gate)) for gate in range(STOPPED)]
        for items in stopped:
            check((await anext(items)).i == 0, "another item came first")
        for i in range(100):
            check((await desk.add(i, 1)).sum == i + 1, "another sum")
        say(f"100 calls beside {STOPPED} stopped streams")
        for i in range(1, 3001):
            check((await anext(stopped[7])).i == i, "an item is missing")
        say("3000 items of one of them, in order")
        for items in stopped:
            await items.aclose()
        for _ in range(STOPPED):
            await anext(aborted)
        say(f"{STOPPED} aborted")

        async def count(n: int) -> int:
            seen = [item.i async for item in desk.count(n)]
            check(seen == list(range(n)), "an item is missing")
            return len(seen)

        total = 0
        for _ in range(10):
            total += sum(await asyncio.gather(*[count(n) for n in range(40)]))
        say(f"400 streams, {total} items")


run(parent)

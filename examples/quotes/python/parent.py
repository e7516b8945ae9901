"""A parent: starts the worker, asks for one price, then for some: `python parent.py <worker> [arguments]`."""

import asyncio
import sys

from quotes import QuotesClient


async def main() -> None:
    async with QuotesClient.spawn(sys.argv[1:]) as feed:
        quote = await feed.with_options(timeout=1.0).last("ACME")
        print(f"{quote.symbol} costs {quote.price}")
        async for quote in feed.watch(["ACME", "BETA"], limit=3):
            print(quote)


asyncio.run(main())

"""The worker: serves `Quotes` from a table of prices."""

from collections.abc import AsyncIterator
from itertools import cycle, islice

from quotes import Quote, QuoteError, QuoteErrorUnknownSymbol, QuotesWorker

PRICES = {"ACME": 101.5, "BETA": 7.25}


def price_of(symbol: str) -> Quote:
    if symbol not in PRICES:
        raise QuoteError(QuoteErrorUnknownSymbol(symbol=symbol))
    return Quote(symbol=symbol, price=PRICES[symbol])


class Feed(QuotesWorker):
    async def last(self, symbol: str) -> Quote:
        return price_of(symbol)

    async def watch(self, symbols: list[str], limit: int | None = None) -> AsyncIterator[Quote]:
        for symbol in islice(cycle(symbols), limit):
            yield price_of(symbol)


if __name__ == "__main__":
    Feed().run()

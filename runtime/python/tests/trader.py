"""A worker of generated classes, which calls its parent; it runs when this is the program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from packages.acme import common
from packages.acme.feed import audit
from packages.acme.trading import desk

from procwire import Context

Cx = Context[desk.TradingEmit, desk.ParentCalls]


class Trader(desk.TradingWorker):
    def __init__(self) -> None:
        self.calls = 0

    async def place(self, order: desk.Order, entry: audit.Entry | None, *, cx: Cx) -> common.Money:
        if order.side == "Sell":
            raise audit.Lost(audit.LostLate())
        if order.price.units < 0:
            raise common.Refused(common.RefusedPoor(needed=common.Money(units=-order.price.units)))
        if entry is not None:
            await cx.callbacks.desk.audit(entry)
        cx.events.placed(money=order.price)
        return order.price

    async def watch(self, symbol: common.Symbol) -> AsyncIterator[list[common.Money]]:
        yield [common.Money(units=len(symbol))]

    def busy(self, times: int) -> int:
        self.calls += 1
        if self.calls <= times:
            raise common.Refused(common.RefusedUnknown(common.Symbol("B")))
        return self.calls

    async def slow(self) -> None:
        await asyncio.get_running_loop().create_future()

    def login(self, pin: str) -> bool:
        return pin == "1234"

    async def bought(self, symbol: common.Symbol, *, cx: Cx) -> int:
        await cx.callbacks.store.save(f"{symbol} is asked for")
        total = 0
        async for money in cx.callbacks.desk.quotes(symbol, most=2):
            total += money.units
        return total


class Sky(desk.WeatherWorker):
    def degrees(self, at: str, *, cx: Context[Any, desk.ParentCalls]) -> float:
        # A handler in a thread waits where another one awaits.
        cx.callbacks.store.save(at).wait()
        prices = [money.units for money in cx.callbacks.desk.quotes(at)]
        return float(sum(prices))


if __name__ == "__main__":
    desk.Desk(trading=Trader(), weather=Sky()).run()

"""Two processes that talk through generated classes: constraints, retries, several errors, callbacks, and a module."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from packages.acme import common
from packages.acme.feed import audit
from packages.acme.trading import desk

import procwire
from procwire import ProcwireError

HERE = Path(__file__).parent
WORKER = [sys.executable, str(HERE / "trader.py")]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join([str(HERE.parent / "src"), str(HERE)])}
ORDER = desk.Order(price=common.Money(units=5), price_text=Decimal(1))


class Quotes(desk.DeskCallbacks):
    def __init__(self) -> None:
        self.audited: list[audit.Entry] = []

    async def quotes(self, symbol: common.Symbol, most: int) -> AsyncIterator[common.Money]:
        if symbol == "LOST":
            raise audit.Lost(audit.LostGone())
        for units in range(1, most + 1):
            yield common.Money(units=units)

    def audit(self, entry: audit.Entry) -> None:
        self.audited.append(entry)


class Store(common.StoreCallbacks):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def save(self, note: str) -> None:
        self.notes.append(note)


def spawn(
    *callbacks: desk.DeskCallbacks | common.StoreCallbacks, check: bool = False
) -> procwire.client.Spawning[desk.DeskClient]:
    return desk.DeskClient.spawn(WORKER, env=ENVIRONMENT, callbacks=callbacks, check_sent=check)


async def test_a_module_is_one_child_of_several_services() -> None:
    quotes, store = Quotes(), Store()
    async with spawn(quotes, store) as child:
        placed = child.trading.events.placed()
        entry = audit.Entry(who=common.Symbol("A"))
        assert await child.trading.place(ORDER, entry=entry) == common.Money(units=5)
        assert (await anext(placed)).money == common.Money(units=5)
        assert [item async for item in child.trading.watch(common.Symbol("ABC"))] == [[common.Money(units=3)]]
        assert await child.trading.bought("A") == 1 + 2
        assert await child.weather.degrees("B") == 1 + 2 + 3
        assert store.notes == ["A is asked for", "B"]
        assert quotes.audited == [entry]


async def test_errors_of_several_kinds_arrive_as_what_they_are() -> None:
    async with spawn(Quotes(), Store()) as child:
        with pytest.raises(common.Refused) as refused:
            await child.trading.place(desk.Order(price=common.Money(units=-5), price_text=Decimal(1)))
        assert refused.value.data == common.RefusedPoor(needed=common.Money(units=5))
        assert not refused.value.is_retryable()
        with pytest.raises(audit.Lost) as lost:
            await child.trading.place(desk.Order(price=ORDER.price, price_text=Decimal(1), side="Sell"))
        assert lost.value.data == audit.LostLate()
        # What the parent's own handler throws goes through the child.
        with pytest.raises(audit.Lost):
            await child.trading.bought("LOST")


async def test_what_is_worth_another_try_is_tried_again() -> None:
    async with spawn(Quotes(), Store()) as child:
        with pytest.raises(common.Refused) as refused:
            await child.trading.busy(1)
        assert refused.value.is_retryable()
        assert await child.trading.with_options(retries=3).busy(3) == 4
        with pytest.raises(ProcwireError, match="^invalid_argument: "):
            await child.trading.with_options(retries=1).login("1234")


async def test_a_method_has_its_own_time() -> None:
    async with spawn(Quotes(), Store()) as child:
        with pytest.raises(procwire.DeadlineExceeded):
            await child.trading.slow()


async def test_constraints_are_kept_by_who_reads() -> None:
    async with spawn(Quotes(), Store()) as child:
        bad = desk.Order(price=ORDER.price, price_text=Decimal(1), symbol=common.Symbol(""))
        with pytest.raises(ProcwireError) as broken:
            await child.trading.place(bad)
        assert str(broken.value) == (
            "invalid_argument: Trading.place request: order.symbol: expected 1 to 12 characters, got 0"
        )
        with pytest.raises(ProcwireError) as secret:
            await child.trading.login("12345")
        assert str(secret.value) == (
            "invalid_argument: Trading.login request: pin: expected 4 characters, got <redacted>"
        )
        # A callback's request is read by the parent, and a child's answer too.
        with pytest.raises(ProcwireError, match=r"store\.Save request: note: expected 1 or more characters, got 0"):
            await child.weather.degrees("")


async def test_constraints_are_kept_by_who_sends_where_asked() -> None:
    async with spawn(Quotes(), Store(), check=True) as child:
        read = child.peer.counts.frames_written
        with pytest.raises(ProcwireError, match="order.symbol: expected 1 to 12 characters, got 0"):
            await child.trading.place(desk.Order(price=ORDER.price, price_text=Decimal(1), symbol=common.Symbol("")))
        assert child.peer.counts.frames_written == read


async def test_a_parent_that_lacks_a_callback_is_told_which() -> None:
    with pytest.raises(procwire.SpawnError, match=r"store\.Save"):
        await spawn(Quotes())


async def test_a_service_alone_announces_what_it_may_call() -> None:
    [*optional] = desk.TradingWorker._optional  # pyright: ignore[reportPrivateUsage]
    assert [method.wire for method in optional] == ["desk.Quotes", "desk.Limit", "desk.Audit"]

"""Packages that name each other: files that import each other, below whatever folder they lie in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from packages.acme import common
from packages.acme.feed import audit
from packages.acme.trading import desk

from procwire.codec import Codec, DecodeError
from procwire.error import decode_error, encode_error


def test_values_of_other_packages_travel() -> None:
    order = desk.Order(
        price=common.Money(units=1),
        price_text=Decimal("1.5"),
        shape=common.ShapeLine(from_=common.Symbol("B")),
        by_side={"Sell": [None, common.Money(units=2)]},
    )
    codec: Codec[desk.Order] = Codec(desk.Order)
    assert codec.decode(codec.encode(order)) == order
    assert (order.side, order.symbol, desk.Order(price=order.price, price_text=Decimal(1)).shape) == (
        "Buy",
        "A",
        common.ShapeDot(),
    )


def test_constraints_of_other_packages_hold() -> None:
    codec: Codec[audit.Entry] = Codec(audit.Entry)
    with pytest.raises(DecodeError, match="^who: expected 1 to 12 characters, got 0$"):
        codec.decode(b"\x81\xa3who\xa0")


def test_errors_of_other_packages_are_told_apart() -> None:
    place = desk.TRADING.methods[0]
    for error in (common.Refused(common.RefusedUnknown(common.Symbol("A"))), audit.Lost(audit.LostLate())):
        found = decode_error(encode_error(error), place.throws)
        assert (type(found), found.data) == (type(error), error.data)

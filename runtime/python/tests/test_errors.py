"""Declared errors: which of several it is, which are worth another try, and values that are checked before sending."""

from __future__ import annotations

from typing import Any

import pytest

import procwire
from procwire import ProcwireError, Unknown
from procwire import stub_v1 as _p
from procwire.error import decode_error, encode_error


class TradeErrorLimited(_p.Variant, frozen=True, kw_only=True, tag="Limited"):
    count: _p.Annotated[_p.U8, _p.Range(1, None)] = _p.default(1)


class TradeErrorHalted(_p.Variant, frozen=True, tag="Halted"):
    pass


TradeErrorData: _p.TypeAlias = _p.Open[TradeErrorLimited | TradeErrorHalted]


class TradeError(_p.DeclaredError[TradeErrorData], retry={"Limited": 0.25, "Halted": None}):
    """Trading."""


class FeedErrorLate(_p.Variant, frozen=True, tag="Late"):
    pass


class FeedErrorClosed(_p.Variant, frozen=True, tag="Closed"):
    pass


FeedErrorData: _p.TypeAlias = _p.Strict[FeedErrorLate | FeedErrorClosed]


class FeedError(_p.DeclaredError[FeedErrorData]):
    """Feeds."""


Symbol = _p.NewType("Symbol", _p.Base[_p.Annotated[str, _p.Len(1, 12)]])


@pytest.mark.parametrize("throws", [(TradeError, FeedError), (FeedError, TradeError)])
def test_the_name_of_the_variant_says_which_of_several_errors_it_is(throws: Any) -> None:
    for error in (TradeError(TradeErrorLimited(count=3)), FeedError(FeedErrorLate())):
        found = decode_error(encode_error(error), throws)
        assert type(found) is type(error)
        assert found.data == error.data


@pytest.mark.parametrize("throws", [(TradeError, FeedError), (FeedError, TradeError)])
def test_an_unknown_variant_is_of_the_first_open_error(throws: Any) -> None:
    found = decode_error(bytes.fromhex("82a4636f6465a86465636c61726564a7") + b"message\xa1m\xa4data\x80", throws)
    assert found.code == "failed"
    payload = encode_error(TradeError(Unknown("Other", bytes.fromhex("81a474797065a54f74686572"))))
    found = decode_error(payload, throws)
    assert type(found) is TradeError
    assert isinstance(found.data, Unknown)


@pytest.mark.parametrize("throws", [(TradeError, FeedError), (FeedError, TradeError)])
def test_a_known_variant_that_does_not_decode_is_no_other_error(throws: Any) -> None:
    payload = encode_error(TradeError(TradeErrorLimited(count=0)))
    assert decode_error(payload, throws).code == "failed"


def test_errors_tell_whether_to_try_again() -> None:
    limited, halted = TradeError(TradeErrorLimited()), TradeError(TradeErrorHalted())
    assert (limited.is_retryable(), limited._retry_after) == (True, 0.25)  # pyright: ignore[reportPrivateUsage]
    assert (halted.is_retryable(), halted._retry_after) == (True, None)  # pyright: ignore[reportPrivateUsage]
    assert not TradeError(Unknown("Other")).is_retryable()
    assert not FeedError(FeedErrorLate()).is_retryable()
    assert not ProcwireError("failed", "no").is_retryable()


def test_a_value_is_checked_on_request() -> None:
    procwire.check(TradeErrorLimited(count=1))
    procwire.check(Symbol("A"), Symbol)
    with pytest.raises(ProcwireError, match="^invalid_argument: TradeErrorLimited: count: expected 1 or more, got 0$"):
        procwire.check(TradeErrorLimited(count=0))
    with pytest.raises(ProcwireError, match="^invalid_argument: TradeError: count: expected 1 or more, got 0$"):
        procwire.check(TradeError(TradeErrorLimited(count=0)))
    with pytest.raises(ProcwireError, match="^invalid_argument: Symbol: expected 1 to 12 characters, got 0$"):
        procwire.check("", Symbol)
    with pytest.raises(TypeError, match="^a str does not know its type in a schema; give it as `type`$"):
        procwire.check("")


def test_a_codec_that_is_gone_leaves_nothing_to_another() -> None:
    # Types are known by their addresses, which the next one may get.
    for _ in range(100):
        procwire.check(TradeErrorLimited(count=1), TradeErrorData)
        with pytest.raises(ProcwireError, match="^invalid_argument: Symbol: "):
            procwire.check("", Symbol)

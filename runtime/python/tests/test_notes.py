"""What annotations say beyond a type: constraints, extensions of the user, points in time, and what is never shown."""

from __future__ import annotations

import datetime
import decimal
import math
import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from procwire import Timestamp
from procwire.codec import Codec, DecodeError, EncodeError
from procwire.codec import stub as _p
from procwire.codec.codec import shape_of
from procwire.codec.reader import Reader
from procwire.codec.tolerant import Readers


@dataclass(frozen=True)
class Money:
    """A type of the user's own, which msgspec would write as a map."""

    cents: int


def encode_money(value: Money) -> int:
    return value.cents


def decode_money(cents: int) -> Money:
    if cents < 0:
        raise ValueError("nobody has less than nothing")
    return Money(cents)


Symbol = _p.NewType("Symbol", _p.Base[_p.Annotated[str, _p.Len(1, 12), _p.Pattern("^[A-Z.]+$", r"^[A-Z.]+\Z")]])
Password = _p.NewType("Password", _p.Sensitive[str])
Mode: _p.TypeAlias = _p.Strict[_p.Literal["on", "off"]]
Price: _p.TypeAlias = _p.Annotated[decimal.Decimal, _p.Extension(16, str)]
Written: _p.TypeAlias = _p.Annotated[decimal.Decimal, _p.Extension(17, str, write=True)]
Plain: _p.TypeAlias = _p.Annotated[_p.Annotated[str, _p.Len(max=9)], _p.Extension(18)]
PlainWritten: _p.TypeAlias = _p.Annotated[_p.Annotated[str, _p.Len(max=9)], _p.Extension(20, write=True)]
Amount: _p.TypeAlias = _p.Annotated[Money, _p.Extension(19, _p.I64, encode=encode_money, decode=decode_money)]


class Place(_p.Record, frozen=True, kw_only=True):
    name: _p.Annotated[str, _p.Len(max=3)]


class Limits(_p.Record, frozen=True, kw_only=True):
    symbol: Symbol | None = None
    symbols: _p.Annotated[list[Symbol], _p.Len(max=2)] = _p.default([])
    count: _p.Annotated[_p.U64, _p.Range(1, None)] = _p.default(1)
    all: _p.Annotated[_p.U64, _p.Range(2, 2**64 - 1)] = _p.default(2)
    huge: _p.Annotated[_p.U64, _p.Range(2**63 + 1, None)] | None = None
    least: _p.Annotated[_p.I64, _p.Range(-(2**63), 5)] = _p.default(0)
    ratio: _p.Annotated[float, _p.Range(0.0, 1.0, exclusive=True)] = _p.default(0.5)
    share: _p.Annotated[_p.F32, _p.Range(0.1, 1.0)] = _p.default(0.5)
    note: _p.Annotated[str, _p.Len(4, 4)] | None = None
    body: _p.Annotated[_p.Bytes, _p.Len(1)] | None = None
    wait: _p.Annotated[_p.Timedelta, _p.Range(_p.timedelta(milliseconds=1), _p.timedelta(seconds=5))] | None = None
    tags: dict[_p.Annotated[str, _p.Len(1, 3)], _p.Annotated[_p.U8, _p.Range(1, 5)]] = _p.default({})
    places: list[tuple[Place, _p.I32]] = _p.default([])
    price: Price | None = None
    written: Written | None = None
    plain: Plain | None = None
    plain_written: PlainWritten | None = None
    amount: Amount | None = None


class Secrets(_p.Record, frozen=True, kw_only=True):
    name: str
    pin: _p.Sensitive[_p.U8 | None] = None
    code: _p.Sensitive[_p.Annotated[str, _p.Len(max=2), _p.Pattern("^a, got b")]] | None = None
    mode: _p.Sensitive[Mode] = _p.default("on")
    waits: _p.Sensitive[dict[str, _p.Timedelta]] = _p.default({})
    passwords: list[Password] = _p.default([])
    others: list[Secrets] = _p.default([])


class Times(_p.Record, frozen=True, kw_only=True):
    at: _p.Precise | None = None
    text: _p.PreciseText | None = None
    day: _p.DatetimeText | None = None
    id: _p.UUIDText | None = None


LIMITS: Codec[Limits] = Codec(Limits)
SECRETS: Codec[Secrets] = Codec(Secrets)
TIMES: Codec[Times] = Codec(Times)


def packed(**entries: Any) -> bytes:
    return msgspec.msgpack.encode(entries)


def tolerant(type_: Any, payload: bytes) -> Any:
    """Reads as if msgspec had refused."""
    return Readers().of(shape_of(type_))(Reader(payload))


KEPT: list[dict[str, Any]] = [
    {"symbol": "A.B"},
    {"symbol": None},
    {"symbols": ["A", "B"]},
    {"count": 2**64 - 1},
    {"all": 2},
    {"huge": 2**63 + 1},
    {"least": -(2**63)},
    {"ratio": 0},
    {"ratio": math.nextafter(1, 0)},
    {"share": 0.1},
    {"note": "😀é𝄞a"},
    {"body": b"1"},
    {"body": [1]},
    {"wait": 1000},
    {"wait": 5_000_000},
    {"tags": {"abc": 5}},
]
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"symbol": ""}, "symbol: expected 1 to 12 characters, got 0"),
    ({"symbol": "ABCDEFGHIJKLM"}, "symbol: expected 1 to 12 characters, got 13"),
    ({"symbol": "ab"}, 'symbol: expected text that matches ^[A-Z.]+$, got "ab"'),
    ({"symbol": "A\n"}, 'symbol: expected text that matches ^[A-Z.]+$, got "A\\n"'),
    ({"symbols": ["A", "B", "C"]}, "symbols: expected at most 2 entries, got 3"),
    ({"symbols": ["A", "é"]}, 'symbols[1]: expected text that matches ^[A-Z.]+$, got "é"'),
    ({"count": 0}, "count: expected 1 or more, got 0"),
    ({"all": 1}, "all: expected 2 to 18446744073709551615, got 1"),
    ({"huge": 2**63}, "huge: expected 9223372036854775809 or more, got 9223372036854775808"),
    ({"least": 6}, "least: expected -9223372036854775808 to 5, got 6"),
    ({"ratio": 1.0}, "ratio: expected 0 to below 1, got 1"),
    ({"ratio": math.nan}, "ratio: expected 0 to below 1, got NaN"),
    ({"ratio": -5e-324}, "ratio: expected 0 to below 1, got -5e-324"),
    ({"share": 0.05}, "share: expected 0.1 to 1, got 0.05"),
    ({"share": math.nan}, "share: expected 0.1 to 1, got NaN"),
    ({"note": "😀"}, "note: expected 4 characters, got 1"),
    ({"body": b""}, "body: expected 1 or more bytes, got 0"),
    ({"wait": 999}, "wait: expected 1ms to 5s, got 999us"),
    ({"wait": 6_000_000}, "wait: expected 1ms to 5s, got 6s"),
    ({"tags": {"abcd": 1}}, "tags: expected 1 to 3 characters, got 4"),
    ({"tags": {"a": 6}}, 'tags["a"]: expected 1 to 5, got 6'),
    ({"places": [[{"name": "abcd"}, 1]]}, "places[0][0].name: expected at most 3 characters, got 4"),
]


@pytest.mark.parametrize("entries", KEPT, ids=str)
def test_what_keeps_the_constraints_is_taken_on_both_paths(entries: dict[str, Any]) -> None:
    payload = packed(**entries)
    value = LIMITS.decode(payload)
    assert tolerant(Limits, payload) == value
    LIMITS.check(value)
    assert LIMITS.decode(LIMITS.checked().encode(value)) == value


@pytest.mark.parametrize(("entries", "sentence"), BROKEN, ids=lambda value: str(value)[:50])
def test_what_breaks_a_constraint_is_refused_with_the_sentence(entries: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DecodeError) as raised:
        LIMITS.decode(packed(**entries))
    assert (str(raised.value), raised.value.reason) == (sentence, "constraint")


def test_a_long_text_is_cut() -> None:
    with pytest.raises(DecodeError, match=f'got "{"." * 39}\\\\""$'):
        Codec[str](_p.Annotated[str, _p.Pattern("^a")]).decode(msgspec.msgpack.encode("." * 39 + '"' + "." * 9))


CHECKED: list[tuple[dict[str, Any], str]] = [
    ({"count": 0}, "count: expected 1 or more, got 0"),
    ({"symbols": [Symbol("A")] * 3}, "symbols: expected at most 2 entries, got 3"),
    ({"symbols": [Symbol("a")]}, 'symbols[0]: expected text that matches ^[A-Z.]+$, got "a"'),
    ({"tags": {"a": 9}}, 'tags["a"]: expected 1 to 5, got 9'),
    ({"tags": {"abcd": 1}}, "tags: expected 1 to 3 characters, got 4"),
    ({"wait": datetime.timedelta(0)}, "wait: expected 1ms to 5s, got 0s"),
    ({"share": 1e300}, "share: expected 0.1 to 1, got 1e+300"),
    ({"places": [(Place(name="abcd"), 1)]}, "places[0][0].name: expected at most 3 characters, got 4"),
]


@pytest.mark.parametrize(("fields", "sentence"), CHECKED, ids=lambda value: str(value)[:50])
def test_before_sending_only_who_asks_is_told(fields: dict[str, Any], sentence: str) -> None:
    value = Limits(**fields)
    if "share" not in fields:
        LIMITS.encode(value)
    for refuse in (LIMITS.check, LIMITS.checked().encode):
        with pytest.raises(EncodeError) as raised:
            refuse(value)
        assert str(raised.value) == sentence
    buffer = bytearray()
    with pytest.raises(EncodeError):
        LIMITS.checked().encode_into(value, buffer, 0)
    assert not buffer


def test_a_type_without_constraints_is_checked_for_nothing() -> None:
    codec: Codec[Times] = Codec(Times)
    assert codec.checked() is codec


def test_a_value_of_another_type_is_the_writers_to_tell() -> None:
    anything: Any = 5
    LIMITS.check(Limits(symbol=anything, symbols=anything, tags=anything, places=anything))
    LIMITS.check(anything)


def test_values_of_extensions_are_written_as_their_target_or_as_the_extension() -> None:
    value = Limits(
        price=decimal.Decimal("1.50"), written=decimal.Decimal(2), plain="p", plain_written="q", amount=Money(5)
    )
    payload = LIMITS.encode(value)
    found = msgspec.msgpack.decode(payload)
    assert (found["price"], found["plain"], found["amount"]) == ("1.50", "p", 5)
    assert (found["written"].code, found["written"].data) == (17, b"\xa12")
    assert (found["plain_written"].code, found["plain_written"].data) == (20, b"\xa1q")
    assert LIMITS.decode(payload) == tolerant(Limits, payload) == value


def test_both_forms_of_an_extension_are_read() -> None:
    def ext(code: int, value: object) -> msgspec.msgpack.Ext:
        return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(value))

    payload = packed(price=ext(16, "1.5"), written="2", plain=ext(18, "p"), amount=ext(19, 7))
    expected = Limits(price=decimal.Decimal("1.5"), written=decimal.Decimal(2), plain="p", amount=Money(7))
    assert LIMITS.decode(payload) == tolerant(Limits, payload) == expected


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"price": 5}, "price: expected string, got int"),
        ({"price": msgspec.msgpack.Ext(17, b"\xa12")}, "price: expected string, got an extension"),
        ({"price": msgspec.msgpack.Ext(16, b"\xa12\xc0")}, "price: bytes follow the value: 1"),
        ({"price": msgspec.msgpack.Ext(16, b"\xa2")}, "price: the payload ends inside a value"),
        ({"plain": "0123456789"}, "plain: expected at most 9 characters, got 10"),
        ({"plain_written": "0123456789"}, "plain_written: expected at most 9 characters, got 10"),
        ({"amount": -1}, "amount: expected Money, got int: nobody has less than nothing"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_no_value_of_an_extension_is_refused(entries: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DecodeError) as raised:
        LIMITS.decode(packed(**entries))
    assert str(raised.value) == sentence


def test_a_value_of_another_class_is_not_converted() -> None:
    anything: Any = 1.5
    with pytest.raises(EncodeError, match="^price: expected Decimal, got float$"):
        LIMITS.encode(Limits(price=anything))


def test_what_is_sensitive_is_never_shown() -> None:
    secret = Secrets(name="n", pin=7, code="x", waits={"k": datetime.timedelta(1)}, passwords=[Password("p")])
    shown = "Secrets(name='n', pin=<redacted>, code=<redacted>, mode=<redacted>, waits=<redacted>, passwords=<redacted>"
    assert repr(secret) == f"{shown}, others=[])"
    assert repr(Secrets(name="m", others=[secret])).endswith(f"others=[{shown}, others=[])])")
    assert f"{secret.__rich_repr__()[1]}" == "('pin', <redacted>)"
    assert (secret.pin, secret.passwords) == (7, ["p"])
    assert repr(Limits(count=5)).startswith("Limits(symbol=None, symbols=[], count=5")


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"pin": 300}, "pin: <redacted> is out of range for u8"),
        ({"pin": 7.5}, "pin: expected u8, got <redacted>"),
        ({"pin": "secret"}, "pin: expected u8, got <redacted>"),
        ({"code": "abc"}, "code: expected at most 2 characters, got <redacted>"),
        ({"code": "cc"}, "code: expected text that matches ^a, got <redacted>"),
        ({"mode": "secret"}, "mode: unknown variant <redacted>; there are on, off"),
        ({"waits": {"secret": "x"}}, "waits: expected duration, got <redacted>"),
        ({"passwords": ["x", 5]}, "passwords[1]: expected string, got <redacted>"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_errors_do_not_show_what_is_sensitive(entries: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DecodeError) as raised:
        SECRETS.decode(packed(name="n", **entries))
    assert str(raised.value) == sentence


def test_errors_of_writing_do_not_either() -> None:
    value = Secrets(name="n", waits={"secret": datetime.timedelta(-1)})
    with pytest.raises(EncodeError, match="^waits: a duration lies between 0 and 9007199254740991 .*, not <redacted>$"):
        SECRETS.encode(value)
    with pytest.raises(EncodeError, match="^code: expected at most 2 characters, got <redacted>$"):
        SECRETS.check(Secrets(name="n", code="abc"))


@pytest.mark.parametrize(
    "at",
    [
        Timestamp(0),
        Timestamp(1, 123_456_000),
        Timestamp(1, 123_456_789),
        Timestamp(-1, 999_999_999),
        Timestamp(2**34, 1000),
        Timestamp(2**62, 999_999_999),
        Timestamp(-(2**62)),
    ],
    ids=str,
)
def test_a_precise_point_keeps_its_nanoseconds(at: Timestamp) -> None:
    payload = TIMES.encode(Times(at=at))
    assert TIMES.decode(payload) == tolerant(Times, payload) == Times(at=at)


TEXTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"text": Timestamp(1, 500_000_000)}, {"text": "1970-01-01T00:00:01.5Z"}),
    ({"text": Timestamp(-62_135_596_800, 1)}, {"text": "0001-01-01T00:00:00.000000001Z"}),
    ({"day": datetime.datetime(2026, 11, 21, 15, tzinfo=datetime.UTC)}, {"day": "2026-11-21T15:00:00Z"}),
    (
        {"day": datetime.datetime(2026, 1, 1, 1, 0, 0, 10, datetime.timezone(datetime.timedelta(hours=2)))},
        {"day": "2025-12-31T23:00:00.00001Z"},
    ),
    ({"id": uuid.UUID(int=10)}, {"id": "00000000-0000-0000-0000-00000000000a"}),
]


@pytest.mark.parametrize(("fields", "written"), TEXTS, ids=lambda value: str(value)[:50])
def test_texts_are_written_and_read(fields: dict[str, Any], written: dict[str, Any]) -> None:
    payload = TIMES.encode(Times(**fields))
    assert msgspec.msgpack.decode(payload) == written
    assert TIMES.decode(payload) == tolerant(Times, payload) == Times(**fields)


def test_where_text_is_written_the_usual_form_is_read() -> None:
    day = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
    payload = packed(text=day, day=day, id=uuid.UUID(int=1).bytes)
    assert TIMES.decode(payload) == Times(text=Timestamp.of(day), day=day, id=uuid.UUID(int=1))


def test_a_point_without_text_is_refused() -> None:
    with pytest.raises(EncodeError, match="^text: only the years 1 to 9999 have a text"):
        TIMES.encode(Times(text=Timestamp(2**40)))
    anything: Any = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    with pytest.raises(EncodeError, match="^at: expected a Timestamp, got a datetime$"):
        TIMES.encode(Times(at=anything))


def test_every_form_of_a_precise_point_is_read() -> None:
    instant: Codec[Timestamp] = Codec(_p.Precise)
    anything: Codec[Any] = Codec(Any)
    for data, at in [("0000000400000000", Timestamp(0, 1)), ("000000010000000000000000", Timestamp(0, 1))]:
        for marker in {8: ["d7ff", "c708ff", "c80008ff", "c900000008ff"], 12: ["c70cff", "c8000cff", "c90000000cff"]}[
            len(data) // 2
        ]:
            payload = bytes.fromhex(marker + data)
            assert instant.decode(payload) == anything.decode(payload) == at

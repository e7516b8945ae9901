"""Reads types without parts: numbers, texts, times, and enums that are a name or a number."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

from procwire.codec.error import DecodeError
from procwire.codec.limits import DURATION_MAX
from procwire.codec.reader import Reader, out_of_range, quoted
from procwire.codec.rules import round_f32
from procwire.codec.shape import NamesShape, NumbersShape
from procwire.codec.timestamp import Timestamp
from procwire.codec.types import INT_RANGES, uuid_of_text
from procwire.codec.unknown import Unknown

Read: TypeAlias = Callable[[Reader], Any]
"""Reads one value where a reader is."""


def scalar(kind: str) -> Read:
    if kind in INT_RANGES:
        least, most = INT_RANGES[kind]
        return lambda r: r.integer(least, most, kind)
    return _SCALARS[kind]


def _f64(r: Reader) -> float:
    return float(r.number("f64"))


def _f32(r: Reader) -> float:
    value = r.number("f32")
    try:
        return round_f32(value)
    except OverflowError:
        raise out_of_range(value, "f32") from None


def _timestamp(r: Reader) -> datetime.datetime:
    try:
        return r.timestamp().to_datetime()
    except OverflowError as error:
        raise DecodeError("range", str(error)) from None


def _duration(r: Reader) -> datetime.timedelta:
    return datetime.timedelta(0, 0, r.integer(0, DURATION_MAX, "duration"))


def _uuid(r: Reader) -> uuid.UUID:
    kind = r.kind()
    if kind == "string":
        found = uuid_of_text(r.text())
        if found is not None:
            return found
        raise DecodeError("value", "expected a UUID of 36 letters, got another text")
    if kind != "bytes":
        raise r.unexpected("uuid")
    data = r.bin()
    if len(data) != 16:
        raise DecodeError("value", f"expected a UUID of 16 bytes, got {len(data)} bytes")
    return uuid.UUID(bytes=data)


def _precise(r: Reader) -> Timestamp:
    return r.timestamp()


_SCALARS: dict[str, Read] = {
    "bool": Reader.boolean,
    "string": Reader.text,
    "f64": _f64,
    "f32": _f32,
    "bytes": Reader.byte_string,
    "timestamp": _timestamp,
    "timestamp-text": _timestamp,
    "precise": _precise,
    "precise-text": _precise,
    "duration": _duration,
    "uuid": _uuid,
    "uuid-text": _uuid,
    "any": Reader.value,
    # Every value is unit, so that an answer may grow from nothing to something.
    "()": Reader.skip,
}


def integer_key(kind: str) -> Read:
    least, most = INT_RANGES[kind]

    def read(r: Reader) -> int:
        if r.kind() == "string":
            return r.decimal_key(least, most, kind)
        return r.integer(least, most, kind)

    return read


def names(shape: NamesShape) -> Read:
    known = {name: name for name in shape.names}

    def read(r: Reader) -> str | Unknown:
        start = r.pos
        name = r.text("the name of a variant")
        found = known.get(name)
        if found is not None:
            return found
        if not shape.is_open:
            raise unknown_variant(quoted(name), list(shape.names))
        return Unknown(name, r.data[start : r.pos])

    return read


def numbers(shape: NumbersShape, *, is_key: bool) -> Read:
    kind = shape.cls._repr  # pyright: ignore[reportPrivateUsage]
    read_number = integer_key(kind) if is_key else scalar(kind)
    known = {int(member): member for member in shape.cls}

    def read(r: Reader) -> Any:
        start = r.pos
        number: int = read_number(r)
        found = known.get(number)
        if found is not None:
            return found
        if not shape.is_open:
            raise unknown_variant(str(number), [str(known_number) for known_number in known])
        return Unknown(str(number), r.data[start : r.pos])

    return read


def unknown_variant(shown: str, known: list[str]) -> DecodeError:
    return DecodeError("unknown-variant", f"unknown variant {shown}; there are {', '.join(known)}")

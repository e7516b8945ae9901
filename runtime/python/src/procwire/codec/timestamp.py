"""Points in time: the wire's seconds and nanoseconds, `datetime`, and RFC 3339.

A `datetime` holds whole microseconds, so that a finer time is rounded to the nearest one, as msgspec does.
"""

from __future__ import annotations

import math
import re
import struct
from datetime import UTC, datetime, timedelta
from functools import total_ordering
from typing import Final

from procwire.codec.error import DecodeError
from procwire.codec.limits import TIMESTAMP_MAX, TIMESTAMP_MIN

NANOS: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# About 292 million years; what a timestamp may be is checked by its type.
_FAR: Final = 9.2e18
_RFC_3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)


@total_ordering
class Timestamp:
    """A point in time to the nanosecond, as the wire has it: everything that MsgPack's timestamp can say."""

    # Neither a tuple nor a dataclass: msgspec knows both, and would write a list or a map.
    __slots__ = ("nanos", "seconds")

    seconds: int
    """Whole seconds since 1970-01-01T00:00:00Z, rounded down."""
    nanos: int
    """Nanoseconds after `seconds`, below a thousand million."""

    def __init__(self, seconds: int, nanos: int = 0) -> None:
        """The point `nanos` nanoseconds after `seconds` seconds since 1970."""
        if not 0 <= nanos < NANOS:
            raise ValueError(f"nanoseconds lie between 0 and 999999999, not {nanos}")
        self.seconds = seconds
        self.nanos = nanos

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timestamp) and (self.seconds, self.nanos) == (other.seconds, other.nanos)

    def __lt__(self, other: Timestamp) -> bool:
        return (self.seconds, self.nanos) < (other.seconds, other.nanos)

    def __hash__(self) -> int:
        return hash((self.seconds, self.nanos))

    def __repr__(self) -> str:
        return f"Timestamp({self.seconds}, {self.nanos})"

    @staticmethod
    def of(time: datetime) -> Timestamp:
        """The same point as an aware `datetime`."""
        since = time - _EPOCH
        return Timestamp(since.days * 86_400 + since.seconds, since.microseconds * 1000)

    def to_datetime(self) -> datetime:
        """The nearest `datetime`, in UTC; an `OverflowError` where there is none."""
        if not TIMESTAMP_MIN <= self.seconds <= TIMESTAMP_MAX:
            raise OverflowError(f"a timestamp lies between the years 1 and 9999, not {self.seconds} seconds from 1970")
        micros = (self.nanos + 500) // 1000
        if micros == 1_000_000 and self.seconds == TIMESTAMP_MAX:
            micros -= 1
        return _EPOCH + timedelta(seconds=self.seconds, microseconds=micros)


def data_of(timestamp: Timestamp) -> bytes:
    """The data of extension -1, in the shortest of its three forms."""
    seconds, nanos = timestamp.seconds, timestamp.nanos
    if nanos == 0 and 0 <= seconds < 1 << 32:
        return struct.pack(">I", seconds)
    if 0 <= seconds < 1 << 34:
        return struct.pack(">Q", nanos << 34 | seconds)
    return struct.pack(">Iq", nanos, seconds)


def of_ext(code: int, data: bytes) -> Timestamp:
    """The point that an extension of code -1 or 2 names."""
    timestamp = _of_data(data) if code == -1 else _of_millis(data)
    if timestamp is None:
        raise DecodeError("value", "an extension that names no point in time")
    return timestamp


def _of_data(data: bytes) -> Timestamp | None:
    if len(data) == 4:
        return Timestamp(int.from_bytes(data, "big"))
    if len(data) == 8:
        both = int.from_bytes(data, "big")
        seconds, nanos = both & 0x3_FFFF_FFFF, both >> 34
    elif len(data) == 12:
        nanos, seconds = struct.unpack(">Iq", data)
    else:
        return None
    return Timestamp(seconds, nanos) if nanos < NANOS else None


def _of_millis(data: bytes) -> Timestamp | None:
    """The point in milliseconds since 1970, rounded to microseconds."""
    if len(data) != 8:
        return None
    millis: float = struct.unpack(">d", data)[0]
    if not math.isfinite(millis) or abs(millis) > _FAR:
        return None
    # The fraction is exact before it is rounded, whatever the size of the whole.
    whole = math.floor(millis)
    micros = whole * 1000 + math.floor((millis - whole) * 1000.0 + 0.5)
    seconds, micros = divmod(micros, 1_000_000)
    return Timestamp(seconds, micros * 1000)


def text_of(timestamp: Timestamp) -> str:
    """The point in RFC 3339, in UTC; an `OverflowError` where that has no text for it."""
    if not TIMESTAMP_MIN <= timestamp.seconds <= TIMESTAMP_MAX:
        raise OverflowError(f"only the years 1 to 9999 have a text, not {timestamp.seconds} seconds from 1970")
    whole = (_EPOCH + timedelta(seconds=timestamp.seconds)).strftime("%Y-%m-%dT%H:%M:%S").zfill(19)
    fraction = f"{timestamp.nanos:09}".rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def of_text(text: str) -> Timestamp:
    """The point that a text of RFC 3339 names."""
    found = _RFC_3339.fullmatch(text)
    if found is not None:
        year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = found.groups()
        ahead = int(hours or 0) * 60 + int(minutes or 0)
        # A leap second is no point of the wire's time, and `datetime` has none either.
        if int(hours or 0) < 24 and int(minutes or 0) < 60:
            try:
                date = datetime(int(year) or 4, int(month), int(day), int(hour), int(minute), int(second))
            except ValueError:
                pass
            else:
                days = date.toordinal() - _EPOCH.toordinal() - (0 if int(year) else 1461)
                seconds = days * 86_400 + date.hour * 3600 + date.minute * 60 + date.second
                seconds += ahead * 60 if sign == "-" else -ahead * 60
                return Timestamp(seconds, int((fraction or "0")[:9].ljust(9, "0")))
    raise DecodeError("value", "expected a timestamp such as 2026-11-21T15:00:00Z, got another text")

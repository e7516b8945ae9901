"""Reader: a cursor over a payload that keeps every rule of the wire, for what msgspec does not read as we want it.

It counts depth and cost while it reads, believes no length that is not backed by bytes, and takes every form of a
value that a peer may write.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Final

from msgspec.msgpack import Ext

from procwire.codec import timestamp
from procwire.codec.error import DecodeError
from procwire.codec.limits import (
    BUDGET_BASE,
    BUDGET_FACTOR,
    CONTAINER_COST,
    DEPTH,
    FORBIDDEN_KEY,
    SCALAR_COST,
)

_FLOAT32: Final = struct.Struct(">f")
_FLOAT64: Final = struct.Struct(">d")
_FEW: Final = 64


def _kinds() -> list[str]:
    """How a value is called, by its first byte."""
    kinds = ["int"] * 128 + ["map"] * 16 + ["list"] * 16 + ["string"] * 32
    kinds += ["nil", "the byte c1", "bool", "bool"] + ["bytes"] * 3 + ["an extension"] * 3 + ["float"] * 2
    kinds += ["int"] * 8 + ["an extension"] * 5 + ["string"] * 3 + ["list"] * 2 + ["map"] * 2 + ["int"] * 32
    return kinds


KINDS: Final = _kinds()
# How many bytes follow the first one of a number.
_NUMBER_SIZES: Final = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
# How many bytes of length follow the first one, where any do.
_LENGTH_SIZES: Final = {
    0xC4: 1,
    0xC5: 2,
    0xC6: 4,
    0xC7: 1,
    0xC8: 2,
    0xC9: 4,
    0xD9: 1,
    0xDA: 2,
    0xDB: 4,
    0xDC: 2,
    0xDD: 4,
    0xDE: 2,
    0xDF: 4,
}


class Reader:
    """Reads values in their wire form."""

    __slots__ = ("_budget", "cost", "data", "depth", "end", "pos")

    def __init__(self, data: bytes) -> None:
        """Reads the payload `data`."""
        self.data = data
        self.pos = 0
        self.end = len(data)
        self.depth = 0
        self.cost = SCALAR_COST
        self._budget = BUDGET_BASE + BUDGET_FACTOR * len(data)

    def share(self, outer: Reader) -> None:
        """Goes on where another reader stands, inside of an extension that it read: their limits are the same."""
        self.depth, self.cost, self._budget = outer.depth, outer.cost, outer._budget

    def finish(self) -> None:
        """Ends the reading: exactly one value was there."""
        if self.pos < self.end:
            raise DecodeError("trailing", f"bytes follow the value: {self.end - self.pos}")
        self._afford()

    def place(self) -> tuple[int, int, int]:
        """Where the reader stands, to return to."""
        return self.pos, self.depth, self.cost

    def go_to(self, place: tuple[int, int, int]) -> None:
        """Back to a place where the reader stood before."""
        self.pos, self.depth, self.cost = place

    def kind(self) -> str:
        """How the next value is called."""
        if self.pos >= self.end:
            raise truncated()
        return KINDS[self.data[self.pos]]

    def take_nil(self) -> bool:
        """Takes the next value where it is nil."""
        if self.pos < self.end and self.data[self.pos] == 0xC0:
            self.pos += 1
            return True
        return False

    def unexpected(self, expected: str) -> DecodeError:
        """The error for a next value that is of another type."""
        kind = self.kind()
        if kind == "the byte c1":
            return DecodeError("malformed", "the byte c1 begins no value")
        return DecodeError("type", f"expected {expected}, got {kind}")

    def take(self, length: int) -> bytes:
        """The next bytes."""
        start = self.pos
        if length > self.end - start:
            raise truncated()
        self.pos = start + length
        return self.data[start : self.pos]

    def _length(self) -> int:
        """A length behind its marker."""
        size = _LENGTH_SIZES[self.data[self.pos]]
        self.pos += 1
        return int.from_bytes(self.take(size), "big")

    def boolean(self) -> bool:
        """A boolean."""
        if self.kind() != "bool":
            raise self.unexpected("bool")
        self.pos += 1
        return self.data[self.pos - 1] == 0xC3

    def number(self, expected: str) -> int | float:
        """A number in any form."""
        kind = self.kind()
        if kind not in {"int", "float"}:
            raise self.unexpected(expected)
        marker = self.data[self.pos]
        self.pos += 1
        if marker < 0x80:
            return marker
        if marker >= 0xE0:
            return marker - 256
        data = self.take(_NUMBER_SIZES[marker])
        if marker >= 0xCC:
            return int.from_bytes(data, "big", signed=marker >= 0xD0)
        value: float = (_FLOAT32 if marker == 0xCA else _FLOAT64).unpack(data)[0]
        return value

    def integer(self, least: int, most: int, expected: str) -> int:
        """An integer in any form; a float that is whole is one."""
        pos = self.pos
        if pos < self.end and self.data[pos] <= most and self.data[pos] < 0x80:
            self.pos = pos + 1
            return self.data[pos]
        value = self.number(expected)
        if type(value) is float:
            if math.isinf(value):
                raise out_of_range(value, expected)
            if not value.is_integer():
                raise DecodeError("type", f"expected {expected}, got the float {value}")
            value = int(value)
        if not least <= value <= most:
            raise out_of_range(value, expected)
        return int(value)

    def decimal_key(self, least: int, most: int, expected: str) -> int:
        """An integer as JavaScript writes it as a key: in decimal text."""
        text = self.text()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or (digits.startswith("0") and digits != "0"):
            raise DecodeError("type", f"expected {expected}, got a key that is no decimal number")
        # A longer one cannot fit, and is not worth parsing.
        value = int(text) if len(digits) < 40 else None
        if value is None or not least <= value <= most:
            raise out_of_range(text[:_FEW], expected)
        return value

    def text(self, expected: str = "string") -> str:
        """A text."""
        start = self.pos + 1
        marker = self.data[self.pos] if start <= self.end else 0
        if 0xA0 <= marker < 0xC0 and start + (marker & 0x1F) <= self.end:
            self.pos = start + (marker & 0x1F)
            data = self.data[start : self.pos]
        elif self.kind() != "string":
            raise self.unexpected(expected)
        elif marker < 0xC0:
            raise truncated()
        else:
            data = self.take(self._length())
        self.cost += len(data)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise DecodeError("utf8", f"text is not UTF-8 from its byte {error.start} on") from None

    def byte_string(self) -> bytes:
        """Bytes: bin, an extension of code 1, or a list of `u8`."""
        kind = self.kind()
        if kind == "bytes":
            return self.bin()
        if kind == "an extension":
            before = self.pos
            code, data = self.extension()
            if code == 1:
                return data
            self.pos = before
        if kind == "list":
            values = bytearray()
            for index in range(self.array()):
                try:
                    values.append(self.integer(0, 255, "u8"))
                except DecodeError as error:
                    raise error.in_element(index) from None
            self.depth -= 1
            return bytes(values)
        raise self.unexpected("bytes")

    def bin(self) -> bytes:
        """The data of a bin."""
        return self.take(self._length())

    def extension(self) -> tuple[int, bytes]:
        """An extension: its code and its data."""
        if self.kind() != "an extension":
            raise self.unexpected("an extension")
        marker = self.data[self.pos]
        if marker >= 0xD4:
            self.pos += 1
            length = 1 << (marker - 0xD4)
        else:
            length = self._length()
        code = int.from_bytes(self.take(1), "big", signed=True)
        return code, self.take(length)

    def timestamp(self) -> timestamp.Timestamp:
        """A point in time."""
        kind = self.kind()
        if kind == "string":
            return timestamp.of_text(self.text())
        if kind == "an extension":
            before = self.pos
            code, data = self.extension()
            if code in {-1, 2}:
                return timestamp.of_ext(code, data)
            self.pos = before
        raise self.unexpected("timestamp")

    def array(self) -> int:
        """The header of a list or tuple: its length. One level deeper, until `depth` is counted down."""
        if self.kind() != "list":
            raise self.unexpected("a list")
        marker = self.data[self.pos]
        if marker < 0xA0:
            self.pos += 1
            length = marker & 0x0F
        else:
            length = self._length()
        self._enter(length)
        return length

    def map(self) -> int:
        """The header of a map: its number of entries. One level deeper, until `depth` is counted down."""
        if self.kind() != "map":
            raise self.unexpected("a map")
        marker = self.data[self.pos]
        if marker < 0x90:
            self.pos += 1
            length = marker & 0x0F
        else:
            length = self._length()
        self._enter(2 * length)
        return length

    def _enter(self, values: int) -> None:
        """One level deeper, for so many values."""
        if values > self.end - self.pos:
            raise truncated()
        if self.depth >= DEPTH:
            raise too_deep()
        self.depth += 1
        # The container's own scalar was paid by what holds it.
        self.cost += (CONTAINER_COST - SCALAR_COST) + SCALAR_COST * values
        if self.cost >= self._budget:
            self._afford()

    def _afford(self) -> None:
        if self.cost >= self._budget:
            message = f"the values would take more memory than a payload of this length may ({self._budget} bytes)"
            raise DecodeError("budget", message)

    def key(self) -> str | None:
        """The key of a record's field; `None` stands for one that is no text, and which no field has."""
        if self.pos < self.end and (0xA0 <= self.data[self.pos] < 0xC0 or 0xD9 <= self.data[self.pos] <= 0xDB):
            return self.text()
        self.skip()
        return None

    def skip_unknown(self, key: str | None) -> None:
        """Passes over the value of a key that the record does not know."""
        check_key(key)
        try:
            self.skip()
        except DecodeError as error:
            raise error.in_field("" if key is None else key[:_FEW]) from None

    def refuse_unknown(self, key: str | None) -> None:
        """Refuses a key that a strict record does not know."""
        self.skip_unknown(key)
        shown = "unknown field: its key is no text" if key is None else f"unknown field {quoted(key)}"
        raise DecodeError("unknown-field", shown)

    def skip(self) -> None:
        """Passes over the next value, whatever it is, under the same rules as one that is read."""
        # What is still to come of each container around the next value, and whether the next one is a key.
        counts: list[int] = []
        keyed: list[bool] = []
        while True:
            is_key = bool(counts) and keyed[-1] and counts[-1] % 2 == 0
            kind = self.kind()
            if kind in {"list", "map"}:
                is_map = kind == "map"
                length = 2 * self.map() if is_map else self.array()
                counts.append(length)
                keyed.append(is_map)
            else:
                if counts:
                    counts[-1] -= 1
                self._skip_scalar(kind, is_key)
            while counts and counts[-1] <= 0:
                counts.pop()
                keyed.pop()
                self.depth -= 1
                if counts:
                    counts[-1] -= 1
            if not counts:
                return

    def _skip_scalar(self, kind: str, is_key: bool) -> None:
        if kind == "string":
            text = self.text()
            if is_key:
                check_key(text)
        elif kind in {"int", "float"}:
            self.pos += 1
            self.take(_NUMBER_SIZES.get(self.data[self.pos - 1], 0))
        elif kind == "bytes":
            self.bin()
        elif kind == "an extension":
            self.extension()
        elif kind == "the byte c1":
            raise self.unexpected("a value")
        else:
            self.pos += 1

    def value(self) -> Any:
        """Any value. Extension 1 is bytes; -1 and 2 are a `datetime` where it is exact, else a `Timestamp`."""
        kind = self.kind()
        if kind == "map":
            return self._any_map()
        if kind == "list":
            values: list[Any] = []
            for index in range(self.array()):
                try:
                    values.append(self.value())
                except DecodeError as error:
                    raise error.in_element(index) from None
            self.depth -= 1
            return values
        return self._any_scalar(kind)

    def _any_scalar(self, kind: str) -> Any:
        match kind:
            case "string":
                return self.text()
            case "int" | "float":
                return self.number("a number")
            case "bool":
                return self.boolean()
            case "nil":
                self.pos += 1
                return None
            case "bytes":
                return self.bin()
            case "an extension":
                return extension_value(*self.extension())
            case _:
                raise self.unexpected("a value")

    def _any_map(self) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        repeated: str | None = None
        for _ in range(self.map()):
            start = self.pos
            key = frozen(self.value())
            check_key(key)
            if key in values and repeated is None:
                repeated = self.shown(start)
            try:
                values[key] = self.value()
            except DecodeError as error:
                raise error.in_entry(self.shown(start)) from None
        self.depth -= 1
        if repeated is not None:
            raise DecodeError("duplicate", f"the key {repeated} appears twice")
        return values

    def shown(self, start: int) -> str:
        """The scalar at a place, as a path shows a key."""
        end, depth, cost = self.place()
        self.pos = start
        kind = self.kind()
        shown = "…"
        if kind == "string":
            shown = quoted(self.text())
        elif kind == "int":
            shown = str(self.number("int"))
        elif kind == "bool":
            shown = "true" if self.boolean() else "false"
        self.go_to((end, depth, cost))
        return shown


def extension_value(code: int, data: bytes | memoryview) -> Any:
    """What an extension is where the type is `any`."""
    if code == 1:
        return bytes(data)
    # Of another length it is somebody else's extension, of which nothing may be lost.
    if code == -1 or (code == 2 and len(data) == 8):
        point = timestamp.of_ext(code, bytes(data))
        try:
            return point if point.nanos % 1000 else point.to_datetime()
        except OverflowError:
            return point
    return Ext(code, bytes(data))


def frozen(key: Any) -> Any:
    """A key as Python's maps take it: a list becomes a tuple."""
    if isinstance(key, list):
        return tuple(frozen(element) for element in key)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(key, dict | Ext):
        raise DecodeError("type", "expected a key that Python's maps can hold, got a map or an extension")
    return key


def check_key(key: object) -> None:
    """Refuses the one key that no map may have."""
    if key == FORBIDDEN_KEY:
        raise DecodeError("key", 'no map may have the key "__proto__"')


def quoted(text: str) -> str:
    """A text in quotes, shortened: a key may be as long as the payload, and an error is shown to people."""
    escaped = text[:_FEW].replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in escaped) + '"'


def truncated() -> DecodeError:
    """The error for a payload that ends too soon."""
    return DecodeError("truncated", "the payload ends inside a value")


def too_deep() -> DecodeError:
    """The error for too many containers."""
    return DecodeError("depth", f"more than {DEPTH} containers lie inside each other")


def out_of_range(value: object, expected: str) -> DecodeError:
    """The error for a number that the type cannot hold."""
    return DecodeError("range", f"{value} is out of range for {expected}")

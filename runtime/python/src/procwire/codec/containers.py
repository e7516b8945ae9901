"""Reads lists, tuples and maps."""

from __future__ import annotations

from typing import Any

from procwire.codec.error import DecodeError
from procwire.codec.reader import Reader, check_key
from procwire.codec.scalars import Read
from procwire.codec.unknown import Unknown


def list_of(element: Read) -> Read:
    def read(r: Reader) -> list[Any]:
        values: list[Any] = []
        for index in range(r.array()):
            try:
                values.append(element(r))
            except DecodeError as error:
                raise error.in_element(index) from None
        r.depth -= 1
        return values

    return read


def tuple_of(elements: list[Read]) -> Read:
    def read(r: Reader) -> tuple[Any, ...]:
        found = r.array()
        if found != len(elements):
            raise DecodeError("length", f"expected a tuple of {len(elements)}, got {found} elements")
        values: list[Any] = []
        for index, element in enumerate(elements):
            try:
                values.append(element(r))
            except DecodeError as error:
                raise error.in_element(index) from None
        r.depth -= 1
        return tuple(values)

    return read


def map_of(key: Read, value: Read) -> Read:
    def read(r: Reader) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        for _ in range(r.map()):
            start = r.pos
            name = key(r)
            # The key of an open enum may be any text.
            check_key(name.tag if isinstance(name, Unknown) else name)
            try:
                item = value(r)
            except DecodeError as error:
                raise error.in_entry(r.shown(start)) from None
            if name in values:
                raise DecodeError("duplicate", "a key appears twice").in_entry(r.shown(start))
            values[name] = item
        r.depth -= 1
        return values

    return read

"""What is never shown: fields that are `@sensitive`, or hold a newtype that is."""

from __future__ import annotations

from typing import Any

from procwire.codec.codec import shape_of
from procwire.codec.shape import RecordShape, Sensitive, Shape


def hidden_fields(cls: type[Any]) -> frozenset[str]:
    """The names of the fields of a record that are never shown; all where nobody knows what they are."""
    try:
        shape = shape_of(cls)
    except Exception:  # noqa: BLE001
        # A class that was put together by hand has no form on the wire, and is still printed.
        return frozenset(cls.__struct_fields__)
    record = next(part for part in (shape, *shape.parts()) if isinstance(part, RecordShape))
    return frozenset(field.name for field in record.fields if _is_hidden(field.shape))


def _is_hidden(shape: Shape) -> bool:
    """Whether a value shows a secret by itself; records in it hide their own."""
    seen: set[int] = set()
    work = [shape]
    while work:
        found = work.pop()
        if isinstance(found, Sensitive):
            return True
        if id(found) not in seen and not isinstance(found, RecordShape):
            seen.add(id(found))
            work.extend(found.parts())
    return False

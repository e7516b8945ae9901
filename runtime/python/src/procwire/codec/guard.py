"""What msgspec takes and the wire does not, where it can be told before or after at little cost.

A guard looks at a whole payload and says whether msgspec may decide. It may be wrong in one direction only: what it
doubts is read by the tolerant reader, which is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from procwire.codec.error import DecodeError
from procwire.codec.limits import BUDGET_BASE, BUDGET_FACTOR, CONTAINER_COST, DEPTH, FORBIDDEN_KEY, SCALAR_COST
from procwire.codec.reader import Reader
from procwire.codec.shape import (
    Checked,
    ExtensionShape,
    ExternalShape,
    ListShape,
    MapShape,
    Named,
    Nullable,
    RecordShape,
    Scalar,
    Sensitive,
    Shape,
    TaggedShape,
    TupleShape,
    reachable,
)

Guard: TypeAlias = Callable[[bytes], bool]

# Bytes that can begin a list or a map.
_CONTAINERS: Final = bytes([*range(0x80, 0xA0), *range(0xDC, 0xE0)])
# What an extension of code -1 begins with: a `datetime` may not hold it, and msgspec would round it.
_TIMESTAMP: Final = re.compile(rb"[\xd6\xd7]\xff|(?:\xc7|\xc8\x00|\xc9\x00\x00\x00)[\x04\x08\x0c]\xff")
# The same where nanoseconds follow: in 12 bytes they have 32 bits of their own, in 8 the upper 30.
_FINE: Final = re.compile(rb"(?:\xd7|(?:\xc7|\xc8\x00|\xc9\x00\x00\x00)(?:\x08|(\x0c)))\xff")
_FORBIDDEN: Final = FORBIDDEN_KEY.encode()


def guard_of(shape: Shape) -> Guard | None:
    """What tells of a type's payloads whether msgspec may decide; `None` where it always may."""
    shapes = reachable(shape)
    if any(isinstance(part, Checked) and part.beyond for part in shapes):
        return _never
    guard = guard_of_written(shape)
    kinds = {part.kind for part in shapes if isinstance(part, Scalar)}
    if guard is _never:
        return guard
    if "any" in kinds:
        return _both(_has_no_timestamp, guard)
    return _both(_has_no_nanoseconds, guard) if kinds & {"precise", "precise-text"} else guard


def guard_of_written(shape: Shape) -> Guard | None:
    """What tells of payloads that msgspec has written whether they keep the limits; `None` where all do."""
    shapes = reachable(shape)
    if any(isinstance(part, RecordShape) and part.is_odd for part in shapes):
        return _never
    has_any = any(isinstance(part, Scalar) and part.kind == "any" for part in shapes)
    has_keys = has_any or any(isinstance(part, MapShape) for part in shapes)
    is_recursive = _is_recursive(shape)
    may_be_deep = has_any or is_recursive
    limit = _safe_length(shapes, is_recursive=is_recursive)
    if not (has_keys or may_be_deep or limit is not None):
        return None

    def guard(payload: bytes) -> bool:
        if has_keys and _FORBIDDEN in payload:
            return False
        is_long = limit is not None and len(payload) > limit
        if is_long or (may_be_deep and not is_shallow(payload)):
            return _keeps_limits(payload)
        return True

    return guard


def _both(first: Guard, second: Guard | None) -> Guard:
    return first if second is None else lambda payload: first(payload) and second(payload)


def _has_no_timestamp(payload: bytes) -> bool:
    return 0xFF not in payload or _TIMESTAMP.search(payload) is None


def _has_no_nanoseconds(payload: bytes) -> bool:
    """Whether nothing looks like a point in time that is none of whole microseconds, which msgspec would round."""
    if 0xFF not in payload:
        return True
    for found in _FINE.finditer(payload):
        end = found.end()
        nanos = int.from_bytes(payload[end : end + 4], "big") >> (2 if found[1] is None else 0)
        if nanos % 1000:
            return False
    return True


def _never(_: bytes) -> bool:
    return False


def is_shallow(payload: bytes) -> bool:
    """Whether a payload has too few bytes that could begin containers to have too many inside each other."""
    return len(payload) <= DEPTH or len(payload) - len(payload.translate(None, _CONTAINERS)) <= DEPTH


def _keeps_limits(payload: bytes) -> bool:
    reader = Reader(payload)
    try:
        reader.skip()
        reader.finish()
    except DecodeError:
        return False
    return True


def _is_recursive(shape: Shape) -> bool:
    """Whether a type may contain itself, and so be as deep as it likes."""
    done: set[int] = set()
    path: set[int] = set()

    def visit(shape: Shape) -> bool:
        if id(shape) in path:
            return True
        if id(shape) in done:
            return False
        path.add(id(shape))
        found = any(visit(part) for part in shape.parts())
        path.discard(id(shape))
        done.add(id(shape))
        return found

    return visit(shape)


def _safe_length(shapes: list[Shape], *, is_recursive: bool) -> int | None:
    """Up to this length no payload can break the budget; `None` where no payload can.

    What stands in a list or a map may come any number of times, and what costs most for its bytes may be all of it.
    """
    several = [part for shape in shapes if isinstance(shape, ListShape | MapShape) for part in shape.parts()]
    several += [shape for shape in shapes if isinstance(shape, Scalar) and shape.kind == "any"]
    repeated = shapes if is_recursive else reachable(*several)
    if not repeated:
        return None
    # A byte of text costs one more; all that comes once is as good as nothing.
    worst = max(map(_cost_of_a_byte, repeated)) + 1
    return int((BUDGET_BASE - CONTAINER_COST * len(shapes)) / (worst - BUDGET_FACTOR))


def _cost_of_a_byte(shape: Shape) -> float:
    """What a value costs for each byte of its own at most, without what stands in it."""
    match shape:
        case Nullable() | Named() | TaggedShape() | Checked() | Sensitive() | ExtensionShape():
            return SCALAR_COST
        case RecordShape():
            # An optional field's name is a byte at least for each eight of its cost.
            names = [field.wire for field in shape.fields if field.default is None]
            if shape.tag is not None:
                names.append("t")
            return (CONTAINER_COST + SCALAR_COST * len(names)) / (1 + sum(1 + len(name.encode()) for name in names))
        case ListShape() | MapShape() | TupleShape() | ExternalShape() | Scalar(kind="any"):
            return CONTAINER_COST
        case _:
            return SCALAR_COST

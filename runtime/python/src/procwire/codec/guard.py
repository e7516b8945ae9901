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
    ExternalShape,
    ListShape,
    MapShape,
    Named,
    Nullable,
    RecordShape,
    Scalar,
    Shape,
    TaggedShape,
    TupleShape,
    reachable,
)

Guard: TypeAlias = Callable[[bytes], bool]

# Bytes that can begin a list or a map.
_CONTAINERS: Final = bytes([*range(0x80, 0xA0), *range(0xDC, 0xE0)])
# What an extension of code -1 begins with: a `datetime` may not hold it, and msgspec would round it.
_TIMESTAMP: Final = re.compile(rb"[\xd6\xd7]\xff|\xc7[\x04\x08\x0c]\xff")
_FORBIDDEN: Final = FORBIDDEN_KEY.encode()


def guard_of(shape: Shape) -> Guard | None:
    """What tells of a type's payloads whether msgspec may decide; `None` where it always may."""
    shapes = reachable(shape)
    if any(isinstance(part, RecordShape) and part.is_odd for part in shapes):
        return _never
    has_any = any(isinstance(part, Scalar) and part.kind == "any" for part in shapes)
    has_keys = has_any or any(isinstance(part, MapShape) for part in shapes)
    may_be_deep = has_any or _is_recursive(shape)
    limit = _safe_length(shapes)
    if not (has_keys or may_be_deep or limit is not None):
        return None

    def guard(payload: bytes) -> bool:
        if has_keys and _FORBIDDEN in payload:
            return False
        if has_any and 0xFF in payload and _TIMESTAMP.search(payload) is not None:
            return False
        is_long = limit is not None and len(payload) > limit
        if is_long or (may_be_deep and not is_shallow(payload)):
            return _keeps_limits(payload)
        return True

    return guard


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


def _safe_length(shapes: list[Shape]) -> int | None:
    """Up to this length no payload can break the budget; `None` where no payload can.

    The costliest thing for each of its bytes decides. Text costs one a byte and comes on top.
    """
    cost = 0.0
    for shape in shapes:
        if isinstance(shape, Scalar) and shape.kind == "any":
            cost = CONTAINER_COST
        elif isinstance(shape, ListShape):
            cost = max(cost, _cost(shape.element) / _size(shape.element))
        elif isinstance(shape, MapShape):
            cost = max(cost, (_cost(shape.key) + _cost(shape.value)) / (1 + _size(shape.value)))
    if cost + 1 <= BUDGET_FACTOR:
        return None
    return int(BUDGET_BASE / (cost + 1 - BUDGET_FACTOR))


def _cost(shape: Shape) -> int:
    """The highest cost of a value whose lists and maps are empty."""
    match shape:
        case Nullable(inner=inner):
            return _cost(inner)
        case Named():
            return CONTAINER_COST * 4
        case ListShape() | MapShape():
            return CONTAINER_COST
        case TupleShape(elements=elements):
            return CONTAINER_COST + sum(map(_cost, elements))
        case RecordShape(fields=fields):
            # An optional field pays for itself: its name is a byte at least for each 16 of its cost.
            costs = [SCALAR_COST + _cost_inside(field.shape) for field in fields]
            return CONTAINER_COST + sum(costs) + (0 if shape.tag is None else 2 * SCALAR_COST)
        case TaggedShape(variants=variants):
            return max(map(_cost, variants.values()))
        case ExternalShape(variants=variants):
            return CONTAINER_COST + SCALAR_COST + max(_cost_inside(record) for _, record in variants.values())
        case Scalar(kind="any"):
            return CONTAINER_COST
        case _:
            return SCALAR_COST


def _cost_inside(shape: Shape) -> int:
    return CONTAINER_COST * 4 if isinstance(shape, RecordShape | TaggedShape | ExternalShape) else _cost(shape)


def _size(shape: Shape) -> int:
    """The least length of a value."""
    match shape:
        case TupleShape(elements=elements):
            return 1 + sum(map(_size, elements))
        case RecordShape(fields=fields):
            needed = [field for field in fields if field.default is None]
            return 1 + sum(2 + len(field.wire.encode()) for field in needed)
        case TaggedShape(variants=variants):
            return min(1 + len(shape.tag_field) + _size(record) for record in variants.values())
        case _:
            return 1

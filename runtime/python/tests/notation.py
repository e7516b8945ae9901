"""Values as `runtime/vectors/values` writes them down, and types by the names that a schema gives them."""

from __future__ import annotations

import datetime
import struct
import uuid
from typing import Any

import msgspec
import value_types

from procwire.codec import Ext, Timestamp, Unknown
from procwire.codec import stub as _p
from procwire.codec.shape import (
    Checked,
    ExtensionShape,
    ExternalShape,
    ListShape,
    MapShape,
    Nullable,
    NumbersShape,
    RecordShape,
    Scalar,
    Sensitive,
    Shape,
    Shapes,
    TaggedShape,
    TupleShape,
    reachable,
)

SHAPES = Shapes()
_SAFE = 2**53

BUILT_IN: dict[str, Any] = {
    "bool": bool,
    "string": str,
    "f32": _p.F32,
    "f64": float,
    "bytes": _p.Bytes,
    "timestamp": _p.Datetime,
    "duration": _p.Timedelta,
    "uuid": _p.UUID,
    "any": Any,
    "()": None,
    **{name.lower(): getattr(_p, name) for name in ("U8", "U16", "U32", "U64", "I8", "I16", "I32", "I64")},
}


def type_of(text: str) -> Any:
    """The type that a text names, such as `map<Side, list<u8?>>`."""
    found, rest = _read(text)
    assert not rest, f"{rest} is left of {text}"
    return found


def _read(text: str) -> tuple[Any, str]:
    if text.startswith("()"):
        found, rest = BUILT_IN["()"], text[2:]
    elif text.startswith("("):
        elements, rest = _elements(text[1:], ")")
        found = tuple[tuple(elements)]  # type: ignore[misc]
    elif text.startswith("list<"):
        [element], rest = _elements(text[5:], ">")
        found = list[element]  # type: ignore[valid-type]
    elif text.startswith("map<"):
        [key, value], rest = _elements(text[4:], ">")
        found = dict[key, value]  # type: ignore[valid-type]
    else:
        length = next((at for at, c in enumerate(text) if not c.isalnum()), len(text))
        name, rest = text[:length], text[length:]
        found = BUILT_IN[name] if name in BUILT_IN else declared(name)
    return (found | None, rest[1:]) if rest.startswith("?") else (found, rest)


def _elements(text: str, end: str) -> tuple[list[Any], str]:
    elements: list[Any] = []
    while not text.startswith(end):
        element, text = _read(text)
        elements.append(element)
        text = text.removeprefix(",").removeprefix(" ")
    return elements, text[1:]


def declared(name: str) -> Any:
    """A declared type as a field of it would be annotated."""
    found: Any = getattr(value_types, name)
    if isinstance(found, type) and issubclass(found, _p.Number):
        open_: Any = _p.Open
        return open_[found] if name.startswith("Open") else found
    if isinstance(found, type) and issubclass(found, Exception):
        return getattr(value_types, f"{name}Data")
    return found  # pyright: ignore[reportUnknownVariableType]


def written(value: Any, shape: Shape) -> Any:
    """A decoded value in the notation."""
    if isinstance(value, Unknown):
        return plain(msgspec.msgpack.decode(value.raw))
    match shape:
        case Scalar(kind=kind):
            return _scalar(value, kind)
        case Nullable(inner=inner):
            return None if value is None else written(value, inner)
        case Checked(inner=inner) | Sensitive(inner=inner) | ExtensionShape(inner=inner):
            return written(value, inner)
        case ListShape(element=element):
            return [written(item, element) for item in value]
        case TupleShape(elements=elements):
            return [written(item, element) for item, element in zip(value, elements, strict=True)]
        case MapShape(key=key, value=inner):
            return _map([[written(k, key), written(v, inner)] for k, v in value.items()])
        case RecordShape():
            return _record(value, shape)
        case TaggedShape(variants=variants, tag_field=tag_field):
            tag = value.__struct_config__.tag
            return {tag_field: tag, **_record(value, variants[tag])}
        case ExternalShape(variants=variants):
            tag = value.__struct_config__.tag
            data, record = variants[tag]
            if data is None:
                return tag
            return {tag: _record(value, record) if data is record else written(value.value, data)}
        case NumbersShape():
            return int(value)
        case _:
            return value


def _record(value: Any, shape: RecordShape) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for field in shape.fields:
        found = getattr(value, field.name)
        if found is not None or not field.is_omitted:
            entries[field.wire] = written(found, field.shape)
    return entries


def _scalar(value: Any, kind: str) -> Any:
    match kind:
        case "f32":
            return {"$f32": struct.pack(">f", value).hex()}
        case "f64":
            return {"$f64": struct.pack(">d", value).hex()}
        case "duration":
            return value // datetime.timedelta(microseconds=1)
        case _:
            return plain(value)


def plain(value: Any) -> Any:
    """A value in the notation, where its type says nothing more."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return value if -_SAFE < value < _SAFE else {"$int": str(value)}
        case float():
            return {"$f64": struct.pack(">d", value).hex()}
        case bytes():
            return {"$bytes": value.hex()}
        case uuid.UUID():
            return {"$bytes": value.bytes.hex()}
        case datetime.datetime():
            return plain(Timestamp.of(value))
        case Timestamp():
            return {"$time": [str(value.seconds), value.nanos]}
        case Ext():
            return {"$ext": [value.code, bytes(value.data).hex()]}
        case list() | tuple():
            return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case dict():
            return _map([[plain(k), plain(v)] for k, v in value.items()])  # pyright: ignore[reportUnknownVariableType]
        case _:
            raise TypeError(f"{value!r} has no notation")


def _map(entries: list[list[Any]]) -> Any:
    if all(isinstance(key, str) for key, _ in entries):
        return {key: value for key, value in entries}
    return {"$map": entries}


def is_precise(shape: Shape) -> bool:
    """Whether a point in time keeps its nanoseconds."""
    return any(isinstance(part, Scalar) and part.kind.startswith("precise") for part in reachable(shape))


def nearest(value: Any) -> Any:
    """What Python makes of a value: times are of whole microseconds."""
    match value:
        case {"$time": [str(seconds), int(nanos)]}:
            try:
                return plain(Timestamp(int(seconds), nanos).to_datetime())
            except OverflowError:
                return {"$time": [seconds, nanos]}
        case _:
            return value

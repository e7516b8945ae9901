"""What a value needs before msgspec writes it, where msgspec alone would write something else.

Durations are text to msgspec, and so is a `datetime` without a zone; external enums are maps of one entry. A type
with none of these needs nothing, and costs nothing. The values themselves are not changed: what must differ is copied.
"""

from __future__ import annotations

import datetime
import decimal
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec.msgpack import Ext

from procwire.codec.error import EncodeError
from procwire.codec.limits import DURATION_MAX
from procwire.codec.reader import quoted
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
from procwire.codec.timestamp import Timestamp, data_of, text_of
from procwire.codec.unknown import Unknown

Prepare: TypeAlias = Callable[[Any], Any]


class Preparers:
    """Makes the functions that prepare values of types."""

    def __init__(self) -> None:
        self._made: dict[int, Prepare] = {}
        # What is known may not be whole yet, which only the thread that makes it may see.
        self._lock = threading.RLock()
        # What is known by its address must not leave it to another.
        self._kept: list[Shape] = []

    def of(self, shape: Shape) -> Prepare | None:
        """What prepares the values of a type; `None` where they are written as they are."""
        if not any(_is_special(part) for part in reachable(shape)):
            return None
        with self._lock:
            return self._made.get(id(shape)) or self._make(shape)

    def _make(self, shape: Shape) -> Prepare:
        match shape:
            case Scalar(kind="duration"):
                return _duration
            case Scalar(kind="timestamp"):
                return _timestamp
            case Scalar(kind="timestamp-text"):
                return _timestamp_text
            case Scalar(kind="precise"):
                return _precise
            case Scalar(kind="precise-text"):
                return _precise_text
            case Scalar(kind="uuid-text"):
                return _uuid_text
            case Checked(inner=inner):
                return self.of(inner) or _same
            case Sensitive(inner=inner):
                return _sensitive(self.of(inner) or _same)
            case ExtensionShape():
                return _extension(shape, self.of(shape.inner) or _same)
            case Named():
                return self._named(shape)
            case Nullable(inner=inner):
                return _nullable(self.of(inner))
            case ListShape(element=element):
                return _list(self.of(element))
            case TupleShape(elements=elements):
                return _tuple([self.of(element) for element in elements])
            case MapShape(value=value):
                return _map(self.of(value))
            case RecordShape():
                return self._record(shape)
            case TaggedShape():
                return self._tagged(shape)
            case ExternalShape():
                return self._external(shape)
            case _:
                return _any

    def _named(self, shape: Named) -> Prepare:
        made: list[Prepare | None] = []

        def prepare(value: Any) -> Any:
            return value if made[0] is None else made[0](value)

        self._kept.append(shape)
        self._made[id(shape)] = prepare
        made.append(self.of(shape.inner))
        return prepare

    def _record(self, shape: RecordShape) -> Prepare:
        fields: list[tuple[str, str, Prepare]] = []
        cls = shape.cls

        def prepare(value: Any) -> Any:
            # What is of another class is a mistake that the reader tells.
            if not isinstance(value, cls):
                return value
            changes: dict[str, Any] = {}
            for name, wire, prepare_field in fields:
                before = getattr(value, name)
                try:
                    after = prepare_field(before)
                except EncodeError as error:
                    raise error.within(f".{wire}") from None
                if after is not before:
                    changes[name] = after
            made = msgspec.structs.replace(value, **changes) if changes else value
            return entries_of(made, shape) if shape.is_odd else made

        # Known before its fields are, since they may name it.
        self._kept.append(shape)
        self._made[id(shape)] = prepare
        for field in shape.fields:
            found = self.of(field.shape)
            if found is not None:
                fields.append((field.name, field.wire, found))
        return prepare

    def _tagged(self, shape: TaggedShape) -> Prepare:
        variants: dict[type, Prepare] = {}

        def prepare(value: Any) -> Any:
            found = variants.get(value.__class__)
            return value if found is None else found(value)

        self._kept.append(shape)
        self._made[id(shape)] = prepare
        for record in shape.variants.values():
            found = self.of(record)
            if found is not None:
                variants[record.cls] = found
        return prepare

    def _external(self, shape: ExternalShape) -> Prepare:
        names = {record.cls: name for name, (_, record) in shape.variants.items()}
        made: dict[str, Prepare | None] = {}

        def prepare(value: Any) -> Any:
            name = names.get(value.__class__)
            if name is None:
                return value
            inner, record = shape.variants[name]
            if inner is None:
                return name
            if name not in made:
                made[name] = self.of(inner)
            found = made[name]
            data = value if inner is record else value.value
            try:
                data = data if found is None else found(data)
            except EncodeError as error:
                raise error.within(f".{name}") from None
            if inner is record and not record.is_odd:
                data = entries_of(data, record)
            return {name: data}

        self._kept.append(shape)
        self._made[id(shape)] = prepare
        return prepare


def entries_of(value: Any, record: RecordShape) -> dict[str, Any]:
    """The map that a record is, where msgspec would write another one; an external variant has no tag beside its fields."""
    tag_field = value.__struct_config__.tag_field
    entries: dict[str, Any] = {tag_field: record.tag} if tag_field else {}
    for field in record.fields:
        found = getattr(value, field.name)
        if found is not None or not field.is_omitted:
            entries[field.wire] = found
    return entries


_SPECIAL = frozenset({"duration", "timestamp", "timestamp-text", "precise", "precise-text", "uuid-text", "any"})


def _is_special(shape: Shape) -> bool:
    if isinstance(shape, Scalar):
        return shape.kind in _SPECIAL
    if isinstance(shape, ExtensionShape):
        return shape.mapped is not None or shape.extension.write
    return isinstance(shape, ExternalShape) or (isinstance(shape, RecordShape) and shape.is_odd)


def duration_of(value: datetime.timedelta) -> int:
    """A duration in microseconds."""
    micros = value.days * 86_400_000_000 + value.seconds * 1_000_000 + value.microseconds
    if not 0 <= micros <= DURATION_MAX:
        raise EncodeError(f"a duration lies between 0 and {DURATION_MAX} microseconds, not {micros}")
    return micros


def _duration(value: Any) -> Any:
    return duration_of(value) if isinstance(value, datetime.timedelta) else value


def _timestamp(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        zone = value.tzinfo
        if zone is not datetime.UTC and (zone is None or value.utcoffset() is None):
            raise EncodeError(f"expected a datetime with a time zone, got one without: {value.isoformat()}")
    elif isinstance(value, datetime.date | datetime.time):
        raise EncodeError(f"expected a datetime with a time zone, got a {type(value).__name__}")
    return value


def _timestamp_text(value: Any) -> Any:
    if not isinstance(value, datetime.datetime):
        return _timestamp(value)
    return _text_of(Timestamp.of(_timestamp(value)))


def _precise(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        raise EncodeError(f"expected a Timestamp, got a {type(value).__name__}")
    return value


def _precise_text(value: Any) -> Any:
    return _text_of(value) if isinstance(value, Timestamp) else _precise(value)


def _text_of(value: Timestamp) -> str:
    try:
        return text_of(value)
    except OverflowError as problem:
        raise EncodeError(str(problem)) from None


def _uuid_text(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


def _same(value: Any) -> Any:
    return value


def _sensitive(inner: Prepare) -> Prepare:
    def prepare(value: Any) -> Any:
        try:
            return inner(value)
        except EncodeError as error:
            raise error.redacted() from None

    return prepare


def target_of(shape: ExtensionShape, value: Any) -> Any:
    """The target of a value of a mapped type."""
    extension, mapped = shape.extension, shape.mapped
    if mapped is None:
        return value
    if not isinstance(value, mapped):
        raise EncodeError(f"expected {mapped.__name__}, got {type(value).__name__}")
    try:
        return (extension.encode or str)(value)
    except Exception as problem:  # noqa: BLE001
        reason = str(problem) or type(problem).__name__
        raise EncodeError(f"{mapped.__name__} cannot be converted: {reason}") from None


def _extension(shape: ExtensionShape, inner: Prepare) -> Prepare:
    code, writes = shape.extension.code, shape.extension.write
    write = msgspec.msgpack.Encoder(enc_hook=hook, uuid_format="bytes").encode

    def prepare(value: Any) -> Any:
        target = inner(target_of(shape, value))
        return Ext(code, write(target)) if writes else target

    return prepare


def _nullable(inner: Prepare | None) -> Prepare:
    return lambda value: value if value is None or inner is None else inner(value)


def _list(element: Prepare | None) -> Prepare:
    def prepare(value: Any) -> Any:
        if element is None or not isinstance(value, Sequence | set | frozenset) or isinstance(value, str | bytes):
            return value
        return [_at(element, item, index) for index, item in enumerate(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    return prepare


def _at(prepare: Prepare, item: Any, index: int) -> Any:
    try:
        return prepare(item)
    except EncodeError as error:
        raise error.within(f"[{index}]") from None


def _tuple(elements: list[Prepare | None]) -> Prepare:
    def prepare(value: Any) -> Any:
        if not isinstance(value, tuple | list) or len(value) != len(elements):  # pyright: ignore[reportUnknownArgumentType]
            return value  # pyright: ignore[reportUnknownVariableType]
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        for index, element in enumerate(elements):
            if element is not None:
                items[index] = _at(element, items[index], index)
        return items

    return prepare


def _map(inner: Prepare | None) -> Prepare:
    def prepare(value: Any) -> Any:
        if inner is None or not isinstance(value, Mapping):
            return value
        entries: dict[Any, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType]
        for key, item in entries.items():
            try:
                entries[key] = inner(item)
            except EncodeError as error:
                raise error.within(f"[{shown_key(key)}]") from None
        return entries

    return prepare


def shown_key(key: object) -> str:
    """A key as a path shows it."""
    return quoted(key) if isinstance(key, str) else str(key)


# What is written as it is, wherever it stands; a set is asked faster than an abstract class.
_PLAIN = frozenset({type(None), bool, int, float, str, bytes, uuid.UUID, Unknown, Ext, Timestamp})
# What msgspec writes as text, and so cannot stand where the type is `any`.
_NO_VALUES = (datetime.timedelta, datetime.date, datetime.time, decimal.Decimal)


def _any(value: Any) -> Any:
    """Any value: what is written must be what is read. Nothing of it is changed."""
    cls: Any = value.__class__
    if cls in _PLAIN:
        return value
    if cls is dict or isinstance(value, Mapping):
        _check_entries(value)
    elif cls is list or (isinstance(value, Sequence | set | frozenset) and not isinstance(value, _TEXTS)):
        _check_items(value)
    elif isinstance(value, datetime.datetime):
        _timestamp(value)
    elif isinstance(value, _NO_VALUES):
        raise EncodeError(f"a {cls.__name__} has no form where the type is any")
    return value  # pyright: ignore[reportUnknownVariableType]


def _check_entries(value: Any) -> None:
    for key, item in value.items():
        if item.__class__ not in _PLAIN:
            try:
                _any(item)
            except EncodeError as error:
                raise error.within(f"[{shown_key(key)}]") from None


def _check_items(value: Any) -> None:
    for index, item in enumerate(value):
        if item.__class__ not in _PLAIN:
            _at(_any, item, index)


_TEXTS = (str, bytes, bytearray, memoryview)


def hook(value: Any) -> Any:
    """What msgspec does not know: its `enc_hook`."""
    if isinstance(value, Unknown):
        return msgspec.Raw(value.raw)
    if isinstance(value, Timestamp):
        return Ext(-1, data_of(value))
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, Sequence):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    raise EncodeError(f"a {type(value).__name__} has no form on the wire")

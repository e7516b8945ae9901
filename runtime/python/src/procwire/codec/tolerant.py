"""Reads every form of a type, and says what is wrong where there is none: functions built once a type.

msgspec has tried before, so that what comes here is rare or wrong. Nothing here is hurried.
"""

from __future__ import annotations

import threading
from typing import Any

from procwire.codec.containers import list_of, map_of, tuple_of
from procwire.codec.error import DecodeError
from procwire.codec.reader import Reader, quoted
from procwire.codec.rules import Rule, problem_of
from procwire.codec.scalars import Read, integer_key, names, numbers, scalar, unknown_variant
from procwire.codec.shape import (
    Checked,
    ExtensionShape,
    ExternalShape,
    ListShape,
    MapShape,
    Named,
    NamesShape,
    Nullable,
    NumbersShape,
    RecordShape,
    Scalar,
    Sensitive,
    Shape,
    TaggedShape,
    TupleShape,
)
from procwire.codec.types import INT_RANGES
from procwire.codec.unknown import Unknown


class Readers:
    """Makes the functions that read types."""

    def __init__(self) -> None:
        self._made: dict[int, Read] = {}
        # What is known may not be whole yet, which only the thread that makes it may see.
        self._lock = threading.RLock()
        # What is known by its address must not leave it to another.
        self._kept: list[Shape] = []

    def of(self, shape: Shape) -> Read:
        """The function that reads a type; what may contain itself is made once."""
        with self._lock:
            return self._made.get(id(shape)) or self._make(shape)

    def _make(self, shape: Shape) -> Read:
        match shape:
            case Scalar(kind=kind):
                return scalar(kind)
            case Named():
                return self._named(shape)
            case Nullable(inner=inner):
                return _nullable(self.of(inner))
            case Checked(inner=inner, rules=rules):
                return _checked(self.of(inner), rules)
            case Sensitive(inner=inner):
                return _sensitive(self.of(inner))
            case ExtensionShape():
                return _extension(shape, self.of(shape.inner))
            case ListShape(element=element):
                return list_of(self.of(element))
            case TupleShape(elements=elements):
                return tuple_of([self.of(element) for element in elements])
            case MapShape(key=key, value=value):
                return map_of(self.key(key), self.of(value))
            case NamesShape():
                return names(shape)
            case NumbersShape():
                return numbers(shape, is_key=False)
            case RecordShape():
                return self._record(shape)
            case TaggedShape():
                return self._tagged(shape)
            case ExternalShape():
                return self._external(shape)
            case _:
                raise TypeError(f"nothing reads {shape}")

    def _named(self, shape: Named) -> Read:
        made: list[Read] = []

        def read(r: Reader) -> Any:
            return made[0](r)

        self._kept.append(shape)
        self._made[id(shape)] = read
        made.append(self.of(shape.inner))
        return read

    def key(self, shape: Shape) -> Read:
        """The function that reads a type as the key of a map."""
        match shape:
            case Scalar(kind=kind) if kind in INT_RANGES:
                return integer_key(kind)
            case NumbersShape():
                return numbers(shape, is_key=True)
            case Checked(inner=inner, rules=rules):
                return _checked(self.key(inner), rules)
            case Sensitive(inner=inner):
                return _sensitive(self.key(inner))
            case _:
                return self.of(shape)

    def _record(self, shape: RecordShape) -> Read:
        """A record may name itself, so that it is known before its fields are."""
        fields: dict[str, tuple[str, Read, bool]] = {}

        def read(r: Reader) -> Any:
            if shape.is_parameters and shape.takes_nil and r.take_nil():
                return shape.cls()
            if r.kind() != "map":
                raise r.unexpected("a map")
            values = _fields(r, r.map(), fields, shape, None)
            r.depth -= 1
            return values

        self._kept.append(shape)
        self._made[id(shape)] = read
        fields.update(self._fields(shape))
        return read

    def _fields(self, shape: RecordShape) -> dict[str, tuple[str, Read, bool]]:
        """By the name on the wire: the name, what reads the value, and whether nil stands for a default."""
        return {
            field.wire: (field.name, self.of(field.shape), field.default is not None and not field.shape.takes_nil)
            for field in shape.fields
        }

    def _tagged(self, shape: TaggedShape) -> Read:
        # The variants of one enum may hold the enum again, so that they are made when they are needed.
        made: dict[str, dict[str, tuple[str, Read, bool]]] = {}

        def read(r: Reader) -> Any:
            start = r.place()
            pairs = r.map()
            first = r.place()
            name = _find_tag(r, shape.tag_field, pairs)
            variant = shape.variants.get(name)
            if variant is None:
                if not shape.is_open:
                    raise unknown_variant(quoted(name), list(shape.variants))
                return _keep(r, start, name)
            r.go_to(first)
            fields = made.get(name)
            if fields is None:
                fields = made[name] = self._fields(variant)
            value = _fields(r, pairs, fields, variant, shape.tag_field)
            r.depth -= 1
            return value

        self._kept.append(shape)
        self._made[id(shape)] = read
        return read

    def _external(self, shape: ExternalShape) -> Read:
        made: dict[str, Read] = {}

        def read(r: Reader) -> Any:
            start = r.place()
            kind = r.kind()
            if kind == "string":
                name = r.text()
                found = shape.variants.get(name)
                if found is None:
                    return unknown(r, start, name)
                if found[0] is not None:
                    message = f"variant {quoted(name)} has data, so it comes as a map with it, got its bare name"
                    raise DecodeError("type", message)
                return found[1].cls()
            if kind != "map":
                raise r.unexpected("a variant's name or a map of one entry")
            pairs = r.map()
            if pairs != 1:
                raise DecodeError("type", f"expected a variant's name or a map of one entry, got a map of {pairs}")
            name = r.text("the name of a variant")
            found = shape.variants.get(name)
            if found is None:
                return unknown(r, start, name)
            value = data(r, name, *found)
            r.depth -= 1
            return value

        def unknown(r: Reader, start: tuple[int, int, int], name: str) -> Unknown:
            if not shape.is_open:
                raise unknown_variant(quoted(name), list(shape.variants))
            return _keep(r, start, name)

        def data(r: Reader, name: str, inner: Shape | None, record: RecordShape) -> Any:
            try:
                if inner is None:
                    if not r.take_nil():
                        raise r.unexpected("nil")
                    return record.cls()
                read = made.get(name)
                if read is None:
                    read = made[name] = self.of(inner)
                value = read(r)
            except DecodeError as error:
                raise error.in_field(name) from None
            return value if inner is record else record.cls(value=value)

        self._kept.append(shape)
        self._made[id(shape)] = read
        return read


def _fields(
    r: Reader, pairs: int, fields: dict[str, tuple[str, Read, bool]], shape: RecordShape, tag: str | None
) -> Any:
    """The entries of a record's map, as a value of its class."""
    values: dict[str, Any] = {}
    for _ in range(pairs):
        key = r.key()
        known = fields.get(key) if key is not None else None
        if known is None or key is None:
            if key is not None and key == tag:
                if "" in values:
                    raise DecodeError("duplicate", "field appears twice").in_field(key)
                r.skip()
                values[""] = None
            elif shape.is_strict:
                r.refuse_unknown(key)
            else:
                r.skip_unknown(key)
            continue
        name, read, nil_is_default = known
        if name in values:
            raise DecodeError("duplicate", "field appears twice").in_field(key)
        if nil_is_default and r.take_nil():
            values[name] = _ABSENT
            continue
        try:
            values[name] = read(r)
        except DecodeError as error:
            raise error.in_field(key) from None
    values.pop("", None)
    for field in shape.fields:
        if values.get(field.name, _ABSENT) is _ABSENT:
            if field.default is None:
                raise DecodeError("missing-field", "required field is missing").in_field(field.wire)
            values[field.name] = field.default()
    return shape.cls(**values)


_ABSENT = object()


def _find_tag(r: Reader, tag: str, pairs: int) -> str:
    """The name that the tag among the next entries gives."""
    for _ in range(pairs):
        if r.key() == tag:
            try:
                return r.text()
            except DecodeError as error:
                raise error.in_field(tag) from None
        r.skip()
    raise DecodeError("missing-field", "required field is missing").in_field(tag)


def _keep(r: Reader, start: tuple[int, int, int], name: str) -> Unknown:
    """The whole value that begins at a place, in whose midst the reader found its name."""
    r.go_to(start)
    r.skip()
    return Unknown(name, r.data[start[0] : r.pos])


def _nullable(inner: Read) -> Read:
    return lambda r: None if r.take_nil() else inner(r)


def _checked(inner: Read, rules: tuple[Rule, ...]) -> Read:
    def read(r: Reader) -> Any:
        value = inner(r)
        problem = problem_of(rules, value)
        if problem is not None:
            raise DecodeError("constraint", problem)
        return value

    return read


def _sensitive(inner: Read) -> Read:
    def read(r: Reader) -> Any:
        try:
            return inner(r)
        except DecodeError as error:
            raise error.redacted() from None

    return read


def _extension(shape: ExtensionShape, inner: Read) -> Read:
    extension = shape.extension
    decode = (extension.decode or shape.mapped) if shape.mapped is not None else None

    def read(r: Reader) -> Any:
        value = inner(r) if r.kind() != "an extension" else _inside(r, extension.code, inner)
        if decode is None:
            return value
        try:
            return decode(value)
        except Exception as problem:  # noqa: BLE001
            raise DecodeError("value", _not_converted(shape, value, problem)) from None

    return read


def _not_converted(shape: ExtensionShape, value: object, problem: Exception) -> str:
    name = shape.mapped.__name__ if shape.mapped is not None else "a value"
    shown = quoted(value) if isinstance(value, str) else type(value).__name__
    reason = str(problem) or type(problem).__name__
    return f"expected {name}, got {shown}: {reason}"


def _inside(r: Reader, code: int, inner: Read) -> Any:
    """The value that an extension of a code holds; of another code it may be a value of the target itself."""
    before = r.place()
    found, data = r.extension()
    if found != code:
        r.go_to(before)
        return inner(r)
    inside = Reader(data)
    inside.share(r)
    value = inner(inside)
    inside.finish()
    r.cost = inside.cost
    return value

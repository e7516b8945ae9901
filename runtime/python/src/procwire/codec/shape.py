"""What a type is on the wire, found from its annotations: what the reader and the writer are built of."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NewType, get_args, get_origin

import msgspec

from procwire.codec.annotated import Extension, ExtensionMarker, Notes, notes_of
from procwire.codec.rules import Rule
from procwire.codec.types import (
    ExternalMarker,
    ExternalStruct,
    ExternalTuple,
    Marker,
    Number,
    Params,
    RecursiveMarker,
    even,
    is_odd,
)


@dataclass(eq=False)
class Shape:
    """A type on the wire. Two are the same only where they are one object, since a type may contain itself."""

    def parts(self) -> list[Shape]:
        """The types that stand in this one."""
        return []

    @property
    def takes_nil(self) -> bool:
        """Whether nil is a value."""
        return False


@dataclass(eq=False)
class Scalar(Shape):
    """A built-in type without parts: `kind` is its name in a schema, `()` for unit."""

    kind: str

    @property
    def takes_nil(self) -> bool:
        return self.kind in {"()", "any"}


@dataclass(eq=False)
class Named(Shape):
    """A type by its name, which it names itself."""

    inner: Shape = field(default_factory=Shape)

    def parts(self) -> list[Shape]:
        return [self.inner]

    @property
    def takes_nil(self) -> bool:
        return self.inner.takes_nil


@dataclass(eq=False)
class Checked(Shape):
    """A type whose values must satisfy more."""

    inner: Shape
    rules: tuple[Rule, ...]
    beyond: bool
    """msgspec cannot check all of them."""

    def parts(self) -> list[Shape]:
        return [self.inner]


@dataclass(eq=False)
class Sensitive(Shape):
    """A type whose values are never shown."""

    inner: Shape

    def parts(self) -> list[Shape]:
        return [self.inner]

    @property
    def takes_nil(self) -> bool:
        return self.inner.takes_nil


@dataclass(eq=False)
class ExtensionShape(Shape):
    """A type that is written as another one, or as an extension of it."""

    inner: Shape
    extension: Extension
    mapped: type | None
    """The class of its values, where it has one of its own."""

    def parts(self) -> list[Shape]:
        return [self.inner]


@dataclass(eq=False)
class ListShape(Shape):
    """`list<T>`"""

    element: Shape

    def parts(self) -> list[Shape]:
        return [self.element]


@dataclass(eq=False)
class TupleShape(Shape):
    """`(A, B)`"""

    elements: list[Shape]

    def parts(self) -> list[Shape]:
        return self.elements


@dataclass(eq=False)
class MapShape(Shape):
    """`map<K, V>`"""

    key: Shape
    value: Shape

    def parts(self) -> list[Shape]:
        return [self.key, self.value]


@dataclass(eq=False)
class Nullable(Shape):
    """`T?`"""

    inner: Shape

    def parts(self) -> list[Shape]:
        return [self.inner]

    @property
    def takes_nil(self) -> bool:
        return True


@dataclass(eq=False)
class Field:
    """A field of a record: its names here and on the wire, and what stands for it where it is absent."""

    name: str
    wire: str
    shape: Shape
    default: Callable[[], Any] | None
    """Makes the value of an absent field; `None` where it is required."""
    is_omitted: bool
    """Not written where it is `None`."""


@dataclass(eq=False)
class RecordShape(Shape):
    """A record, or the map of a variant."""

    cls: type[msgspec.Struct]
    is_strict: bool
    tag: str | None
    is_parameters: bool
    is_odd: bool
    """A name of a field is one that msgspec does not take."""
    fields: list[Field] = field(default_factory=list[Field])

    def parts(self) -> list[Shape]:
        return [field.shape for field in self.fields]

    @property
    def takes_nil(self) -> bool:
        return self.is_parameters and all(field.default is not None for field in self.fields)


@dataclass(eq=False)
class NamesShape(Shape):
    """An enum whose variants are names."""

    names: tuple[str, ...]
    is_open: bool


@dataclass(eq=False)
class NumbersShape(Shape):
    """An enum whose variants are numbers."""

    cls: type[Number]
    is_open: bool


@dataclass(eq=False)
class TaggedShape(Shape):
    """An enum whose variants are maps with a tag."""

    tag_field: str
    variants: dict[str, RecordShape]
    is_open: bool

    def parts(self) -> list[Shape]:
        return list(self.variants.values())


@dataclass(eq=False)
class ExternalShape(Shape):
    """An enum whose variants are names, or maps of one entry: for each name, the data (`None` without) and the class."""

    variants: dict[str, tuple[Shape | None, RecordShape]]
    is_open: bool

    def parts(self) -> list[Shape]:
        return [record for _, record in self.variants.values()]


_SCALARS: dict[Any, str] = {bool: "bool", str: "string", float: "f64", type(None): "()", None: "()", Any: "any"}


class Shapes:
    """Makes the shapes of types, each declared type once."""

    def __init__(self) -> None:
        self._records: dict[type, RecordShape] = {}
        self._recursive: dict[RecursiveMarker, Named] = {}

    def of(self, hint: Any) -> Shape:
        """The shape of a type."""
        return self._of(hint, None)

    def _of(self, hint: Any, said: str | None) -> Shape:
        """The shape of a type of which an annotation `said` more."""
        while isinstance(hint, NewType):
            hint = hint.__supertype__
        kind = _SCALARS.get(hint) if hint.__hash__ is not None else None
        if kind is not None:
            return Scalar(kind)
        origin, args = get_origin(hint), get_args(hint)
        if origin is typing.Annotated:
            says = notes_of(args[1:], "procwire")
            return _noted(self._of(args[0], says[0] if says else said), notes_of(args[1:], "notes"))
        if hint is int:
            return Scalar(said or "i64")
        if isinstance(hint, ExternalMarker):
            return self._external(hint)
        if isinstance(hint, RecursiveMarker):
            return self._resolved(hint)
        if isinstance(hint, ExtensionMarker):
            return ExtensionShape(self.of(hint.target), hint.extension, hint.mapped)
        if isinstance(hint, Marker):
            scalar = Scalar(hint.kind)
            return Checked(scalar, hint.rules, beyond=False) if hint.rules else scalar
        if origin is list:
            return ListShape(self.of(args[0]))
        if origin is tuple:
            return TupleShape([self.of(arg) for arg in args])
        if origin is dict:
            return MapShape(self.of(args[0]), self.of(args[1]))
        if origin is Literal:
            return NamesShape(args, said == "open")
        if origin in {types.UnionType, typing.Union}:
            return self._union(args, said)
        if isinstance(hint, type) and issubclass(hint, Number):
            return NumbersShape(hint, said == "open")
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            record = self.record(hint)
            return record if record.tag is None else self._tagged((hint,), said)
        raise TypeError(f"{hint!r} has no form on the wire")

    def _resolved(self, marker: RecursiveMarker) -> Shape:
        known = self._recursive.get(marker)
        if known is None:
            known = self._recursive[marker] = Named()
            known.inner = self.of(marker.resolve())
        return known

    def _union(self, args: tuple[Any, ...], said: str | None) -> Shape:
        others = tuple(arg for arg in args if arg is not type(None))
        if len(others) == len(args):
            return self._tagged(args, said)
        if len(others) == 1:
            return Nullable(self.of(others[0]))
        # A union inside a union is one union to Python, so that the variants stand beside nil here.
        return Nullable(self._tagged(others, said))

    def _tagged(self, args: tuple[Any, ...], said: str | None) -> TaggedShape:
        variants = [self.record(arg) for arg in args if not arg.__struct_config__.tag.endswith("\0")]
        tag_field: str = args[0].__struct_config__.tag_field
        return TaggedShape(tag_field, {str(record.tag): record for record in variants}, said == "open")

    def _external(self, marker: ExternalMarker) -> ExternalShape:
        variants: dict[str, tuple[Shape | None, RecordShape]] = {}
        for cls in marker.variants:
            record = self.record(cls)
            data: Shape | None = None
            if issubclass(cls, ExternalStruct):
                data = record
            elif issubclass(cls, ExternalTuple):
                data = record.fields[0].shape
            variants[str(record.tag)] = (data, record)
        return ExternalShape(variants, marker.is_open)

    def record(self, cls: type[msgspec.Struct]) -> RecordShape:
        """The shape of a class."""
        known = self._records.get(cls)
        if known is not None:
            return known
        config = cls.__struct_config__
        tag = None if config.tag is None else str(config.tag)
        names: tuple[str, ...] = cls.__struct_encode_fields__
        made = RecordShape(cls, config.forbid_unknown_fields, tag, issubclass(cls, Params), any(map(is_odd, names)))
        # Known before its fields are, since they may name it.
        self._records[cls] = made
        for info in msgspec.structs.fields(cls):
            default: Callable[[], Any] | None = None
            if info.default is not msgspec.NODEFAULT:
                default = _constant(info.default)
            elif info.default_factory is not msgspec.NODEFAULT:
                default = info.default_factory
            is_omitted = config.omit_defaults and info.default is None
            made.fields.append(Field(info.name, even(info.encode_name), self.of(info.type), default, is_omitted))
        return made


def _noted(shape: Shape, notes: list[Notes]) -> Shape:
    """A type with what its annotation says beyond it, from the inside outwards."""
    for note in notes:
        if note.rules:
            shape = Checked(shape, note.rules, note.beyond)
        if note.extension is not None:
            shape = ExtensionShape(shape, note.extension, None)
        if note.sensitive:
            shape = Sensitive(shape)
    return shape


def _constant(value: Any) -> Callable[[], Any]:
    return lambda: value


def reachable(*shapes: Shape) -> list[Shape]:
    """Types and all that stands in them, each once."""
    seen: dict[int, Shape] = {}
    work = list(shapes)
    while work:
        found = work.pop()
        if id(found) not in seen:
            seen[id(found)] = found
            work.extend(found.parts())
    return list(seen.values())


__all__ = [
    "Checked",
    "ExtensionShape",
    "ExternalShape",
    "Field",
    "ListShape",
    "MapShape",
    "Named",
    "NamesShape",
    "Nullable",
    "NumbersShape",
    "RecordShape",
    "Scalar",
    "Sensitive",
    "Shape",
    "Shapes",
    "TaggedShape",
    "TupleShape",
    "reachable",
]

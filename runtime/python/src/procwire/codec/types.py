"""What generated annotations are made of: to a type checker plain Python types, to msgspec markers.

A marker is a class that msgspec does not know. It hands such a field's value to `dec_hook` as it found it, so that
every form of the type is read without leaving msgspec: the hook is `operator.call`, which makes it `marker(value)`.
What a marker refuses is read again by the tolerant reader, whose errors are the ones that people see.
"""

from __future__ import annotations

import datetime
import enum
import functools
import operator
import re
import sys
import types
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias, TypedDict, TypeVar, Union, get_args

import msgspec
from msgspec import Meta

from procwire.codec import timestamp
from procwire.codec.rules import REDACTED, Rule, round_f32
from procwire.codec.timestamp import Timestamp
from procwire.codec.unknown import Unknown

T = TypeVar("T")

IntName: TypeAlias = Literal["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"]

INT_RANGES: Final[dict[str, tuple[int, int]]] = {
    "u8": (0, 2**8 - 1),
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, 2**64 - 1),
    "i8": (-(2**7), 2**7 - 1),
    "i16": (-(2**15), 2**15 - 1),
    "i32": (-(2**31), 2**31 - 1),
    "i64": (-(2**63), 2**63 - 1),
}


class Marker(type):
    """The class of markers: calling one reads a value, or raises what sends the payload to the tolerant reader."""

    kind: str
    read: Callable[[Any], Any]
    rules: tuple[Rule, ...] = ()
    """Constraints that it checks too."""

    def __call__(cls, value: object) -> Any:
        return cls.read(value)


BUILT_IN: Final = (bytes, datetime.datetime)
"""What `msgspec.convert` is given as it is in a payload."""
HOOK: Callable[[type[Any], Any], Any] = operator.call  # pyright: ignore[reportAssignmentType]
"""msgspec's `dec_hook`: a marker is called with the value. Written in C, so that one frame is made and not two."""


class Refused(ValueError):
    """A marker's way to say that this is nothing for the fast path."""


def _marker(name: str, kind: str, python: type, read: Callable[[type, Any], Any]) -> Any:
    """A marker whose values are of a Python type. msgspec checks that, and C asks C.

    `read` is the class's own `__call__`, since each frame more would cost as much as all the rest.
    """
    check = type.__dict__["__instancecheck__"].__get__(python)
    meta = type(f"{name}Marker", (Marker,), {"__instancecheck__": check, "__call__": read})
    return type.__call__(meta, name, (), {"kind": kind})


class ExtensionBytes(bytes):
    """The data of an extension of code 1, until it is known whether bytes are wanted there."""

    __slots__ = ()


def _read_bytes(_: type, value: object) -> bytes:
    if type(value) is bytes:
        return value
    if type(value) is ExtensionBytes:
        return bytes(value)
    raise Refused


def _read_datetime(_: type, value: object) -> datetime.datetime:
    if type(value) is datetime.datetime:
        return value
    raise Refused


def _read_timedelta(_: type, value: object) -> datetime.timedelta:
    if type(value) is int and 0 <= value < 1 << 53:
        return datetime.timedelta(0, 0, value)
    raise Refused


def _read_uuid(_: type, value: object) -> uuid.UUID:
    if type(value) is bytes and len(value) == 16:
        # What `uuid.UUID(bytes=value)` does, without asking six times what it was given.
        made = object.__new__(uuid.UUID)
        object.__setattr__(made, "int", int.from_bytes(value, "big"))
        object.__setattr__(made, "is_safe", uuid.SafeUUID.unknown)
        return made
    raise Refused


_UUID_TEXT: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def uuid_of_text(text: str) -> uuid.UUID | None:
    """The UUID that 36 letters name."""
    return uuid.UUID(text) if _UUID_TEXT.fullmatch(text) is not None else None


def _read_uuid_text(_: type, value: object) -> uuid.UUID:
    if type(value) is str:
        found = uuid_of_text(value)
        if found is not None:
            return found
        raise Refused
    return _read_uuid(_, value)


def _read_datetime_text(_: type, value: object) -> datetime.datetime:
    if type(value) is str:
        return timestamp.of_text(value).to_datetime()
    return _read_datetime(_, value)


def _read_precise(_: type, value: object) -> Timestamp:
    # The guard has seen to it that msgspec had nothing to round.
    if type(value) is datetime.datetime:
        return Timestamp.of(value)
    if type(value) is Timestamp:
        return value
    if type(value) is str:
        return timestamp.of_text(value)
    raise Refused


def _read_f32(_: type, value: object) -> float:
    if type(value) is float:
        return round_f32(value)
    raise Refused


class _Open:
    def __class_getitem__(cls, type_: Any) -> Any:
        return Annotated[_distinguished(type_), Meta(extra={"procwire": "open"})]


class _Strict:
    def __class_getitem__(cls, type_: Any) -> Any:
        return Annotated[_distinguished(type_), Meta(extra={"procwire": "strict"})]


def _distinguished(type_: Any) -> object:
    """A struct alone is taken without its tag by msgspec; one of two is not."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        struct_type: type[msgspec.Struct] = type_
        config = struct_type.__struct_config__
        nobody = msgspec.defstruct("_Nobody", [], tag_field=config.tag_field, tag=f"{config.tag}\x00")
        return Union[struct_type, nobody]  # noqa: UP007
    return type_  # pyright: ignore[reportUnknownVariableType]


class ExternalMarker(Marker):
    """The class of the markers of external enums."""

    variants: tuple[type[ExternalVariant], ...]
    is_open: bool

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.variants)


def _entries(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    return list(value.items())


def _external(type_: Any, *, is_open: bool) -> Any:
    variants: tuple[type[ExternalVariant], ...] = get_args(type_) or (type_,)
    by_name = {variant.__struct_config__.tag: variant for variant in variants}

    def read(value: Any) -> object:
        if type(value) is str:
            variant, data = by_name.get(value), None
        elif isinstance(value, dict) and len(entries := _entries(value)) == 1:  # pyright: ignore[reportUnknownArgumentType]
            [(name, data)] = entries
            variant = by_name.get(name)
        else:
            raise Refused
        if variant is None:
            raise Refused
        return _converted(variant, data)

    namespace = {"kind": "external", "read": staticmethod(read), "variants": variants, "is_open": is_open}
    return ExternalMarker("External", (), namespace)


class RecursiveMarker(Marker):
    """The class of the markers of types that name themselves and are no class: msgspec has no way to say such a type."""

    hint: str
    module: dict[str, Any]

    def __instancecheck__(cls, value: object) -> bool:
        return True

    def resolve(cls) -> Any:
        """The type, once all that it names is there."""
        return eval(cls.hint, cls.module)


class _Recursive:
    def __class_getitem__(cls, hint: str) -> Any:
        module = sys._getframe(1).f_globals  # pyright: ignore[reportPrivateUsage]
        return RecursiveMarker("Recursive", (), {"kind": "recursive", "read": _refuse, "hint": hint, "module": module})


def _refuse(value: object) -> Any:
    raise Refused


class _In:
    def __class_getitem__(cls, type_: Any) -> Any:
        return type_


class _External:
    def __class_getitem__(cls, type_: Any) -> Any:
        return _external(type_, is_open=True)


class _StrictExternal:
    def __class_getitem__(cls, type_: Any) -> Any:
        return _external(type_, is_open=False)


if TYPE_CHECKING:
    U8: TypeAlias = int
    U16: TypeAlias = int
    U32: TypeAlias = int
    U64: TypeAlias = int
    I8: TypeAlias = int
    I16: TypeAlias = int
    I32: TypeAlias = int
    I64: TypeAlias = int
    Bytes: TypeAlias = bytes
    Datetime: TypeAlias = datetime.datetime
    Timedelta: TypeAlias = datetime.timedelta
    DatetimeText: TypeAlias = datetime.datetime
    Precise: TypeAlias = Timestamp
    PreciseText: TypeAlias = Timestamp
    UUID: TypeAlias = uuid.UUID
    UUIDText: TypeAlias = uuid.UUID
    F32: TypeAlias = float
    Open: TypeAlias = T | Unknown
    External: TypeAlias = T | Unknown
    Strict: TypeAlias = Annotated[T, "strict"]
    StrictExternal: TypeAlias = Annotated[T, "strict"]
    Recursive: TypeAlias = Annotated[T, "recursive"]
    # What callers may give is wider than what is read: it is said in their signatures.
    In: TypeAlias = Any | T
    from typing_extensions import deprecated as deprecated  # noqa: PLC0414
else:
    U8 = Annotated[int, Meta(ge=0, le=2**8 - 1, extra={"procwire": "u8"})]
    U16 = Annotated[int, Meta(ge=0, le=2**16 - 1, extra={"procwire": "u16"})]
    U32 = Annotated[int, Meta(ge=0, le=2**32 - 1, extra={"procwire": "u32"})]
    # MsgPack ends where these do, and msgspec takes no bound past 63 bits.
    U64 = Annotated[int, Meta(ge=0, extra={"procwire": "u64"})]
    I8 = Annotated[int, Meta(ge=-(2**7), le=2**7 - 1, extra={"procwire": "i8"})]
    I16 = Annotated[int, Meta(ge=-(2**15), le=2**15 - 1, extra={"procwire": "i16"})]
    I32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1, extra={"procwire": "i32"})]
    I64 = Annotated[int, Meta(le=2**63 - 1, extra={"procwire": "i64"})]
    Bytes = _marker("Bytes", "bytes", bytes, _read_bytes)
    Datetime = _marker("Datetime", "timestamp", datetime.datetime, _read_datetime)
    Timedelta = _marker("Timedelta", "duration", datetime.timedelta, _read_timedelta)
    UUID = _marker("UUID", "uuid", uuid.UUID, _read_uuid)
    DatetimeText = _marker("DatetimeText", "timestamp-text", datetime.datetime, _read_datetime_text)
    Precise = _marker("Precise", "precise", Timestamp, _read_precise)
    PreciseText = _marker("PreciseText", "precise-text", Timestamp, _read_precise)
    UUIDText = _marker("UUIDText", "uuid-text", uuid.UUID, _read_uuid_text)
    F32 = _marker("F32", "f32", float, _read_f32)
    Open = _Open
    Strict = _Strict
    External = _External
    StrictExternal = _StrictExternal
    Recursive = _Recursive
    In = _In

    def deprecated(reason):
        """Marks a function for type checkers and for people; calling it is as ever."""

        def mark(function):
            function.__deprecated__ = reason
            return function

        return mark


class Number(enum.IntEnum):
    """The base of enums whose variants are numbers on the wire."""

    _repr: IntName

    def __init_subclass__(cls, *, repr: IntName = "i64") -> None:
        super().__init_subclass__()
        cls._repr = repr


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of generated records: msgspec structs that cannot be changed, only replaced."""

    def __repr__(self) -> str:
        hidden = _hidden(type(self))
        return _shown(self, hidden) if hidden else super().__repr__()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        hidden, redacted = _hidden(type(self)), _Redacted()
        return [(name, redacted if name in hidden else getattr(self, name)) for name in self.__struct_fields__]


def _shown(record: Record, hidden: frozenset[str]) -> str:
    """A record without what is never shown."""
    parts = [
        f"{name}={REDACTED if name in hidden else repr(getattr(record, name))}" for name in record.__struct_fields__
    ]
    return f"{type(record).__name__}({', '.join(parts)})"


class _Redacted:
    """What a printer of records shows for a value that is never shown."""

    def __repr__(self) -> str:
        return REDACTED


@functools.cache
def _hidden(cls: type[Record]) -> frozenset[str]:
    """The names of the fields whose values are never shown."""
    # It looks at annotations, which name what is declared here.
    from procwire.codec.secrets import hidden_fields

    return hidden_fields(cls)


class Params(Record, frozen=True, kw_only=True):
    """The base of the parameters of a method: a record that nil stands for where all of them may be left out."""


class Variant(Record, frozen=True, kw_only=True, tag_field="type"):
    """The base of the variants of an enum whose values are maps with a tag."""


class ExternalVariant(Record, frozen=True, kw_only=True, tag_field=""):
    """The base of the variants of an external enum, whose values are maps of one entry."""

    # No name on the wire is empty, so that this tag meets no field. It is never written: see `prepare`.


class ExternalUnit(ExternalVariant, frozen=True):
    """A variant that is its name alone."""


class ExternalTuple(ExternalVariant, frozen=True):
    """A variant whose data is its one field, `value`."""


class ExternalStruct(ExternalVariant, frozen=True, kw_only=True):
    """A variant whose data is a map of its fields."""


def _converted(variant: type[ExternalVariant], data: Any) -> object:
    """The variant with this data, as msgspec reads it where the type is not known."""
    if issubclass(variant, ExternalUnit):
        if data is None:
            return variant()
        raise Refused
    entries: dict[Any, Any] = {"": variant.__struct_config__.tag}
    if issubclass(variant, ExternalTuple):
        entries["value"] = data
    elif isinstance(data, dict):
        entries.update(data)  # pyright: ignore[reportUnknownArgumentType]
    else:
        raise Refused
    return msgspec.convert(entries, variant, builtin_types=BUILT_IN, dec_hook=HOOK)


def always(value: T) -> Callable[[], T]:
    """Makes a default that is always written, where the field has a name of its own on the wire too."""
    # msgspec leaves out a default that was given as it is, but not what a function returns.
    if isinstance(value, list | dict):
        copy: Callable[[], Any] = value.copy  # pyright: ignore[reportUnknownMemberType]
        return copy
    return lambda: value


def default(value: T) -> T:
    """The default of a field that is always written: absent means this value, and so does nil."""
    made: T = msgspec.field(default_factory=always(value))
    return made


field = msgspec.field

_ODD: Final = "\ue000"


def odd(name: str) -> str:
    """A name on the wire that msgspec does not take, since it would have to be escaped in JSON; see `even`."""
    return _ODD + name.encode().hex()


def even(name: str) -> str:
    """The name on the wire that a field has."""
    return bytes.fromhex(name[1:]).decode() if is_odd(name) else name


def is_odd(name: str) -> bool:
    """Whether a field's name is one that msgspec does not take, so that it can neither read nor write the record."""
    return name.startswith(_ODD)


EMPTY: Final[Mapping[Any, Any]] = types.MappingProxyType({})
"""A map as a default: nobody can change it."""


class NoOn(TypedDict):
    """The functions for the events of a service that has none."""

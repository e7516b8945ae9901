"""A schema as it looks on the wire."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

ScalarName = Literal[
    "bool",
    "string",
    "f32",
    "f64",
    "bytes",
    "timestamp",
    "timestamp_precise",
    "duration",
    "uuid",
    "any",
    "unit",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts. `unknown` is one that nobody can describe, and agrees with everything."""

    name: ScalarName


@dataclass(frozen=True, slots=True)
class Int:
    """An integer from the first to the second."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class List:
    """`list<T>`"""

    inner: Type


@dataclass(frozen=True, slots=True)
class Tuple:
    """`(A, B)`"""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """`map<K, V>`"""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Nullable:
    """`T?`"""

    inner: Type


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of `Interface.types`."""

    index: int


@dataclass(frozen=True, slots=True)
class Duration:
    """A bound of a duration."""

    microseconds: int


Bound: TypeAlias = int | float | Duration
"""A bound of a number or a duration."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What values satisfy beside their type."""

    length: tuple[int, int | None] | None = None
    """The least and the greatest length."""
    least: Bound | None = None
    most: Bound | None = None
    exclusive: bool = False
    """Whether the greatest value itself is excluded."""
    has_range: bool = False
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Constrained:
    """A type whose values satisfy more."""

    inner: Type
    constraints: Constraints


Type: TypeAlias = Scalar | Int | List | Tuple | Map | Nullable | Named | Constrained
"""A type at one place."""

ANY = Scalar("any")
UNIT = Scalar("unit")
STRING = Scalar("string")
UNKNOWN = Scalar("unknown")
SCALARS = {name: Scalar(name) for name in get_args(ScalarName)}
"""The types without parts by their names."""

INTS = {
    f"{sign}{bits}": Int(0, 2**bits - 1) if sign == "u" else Int(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for sign in "ui"
    for bits in (8, 16, 32, 64)
}
"""The integers by their names."""


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of a map."""

    name: str
    """Its key."""
    type: Type
    """Of `f?: T` it is T."""
    may_be_left_out: bool = False
    default: str | Literal[True] | None = None
    """What a reader takes where it is absent, as a schema writes it; `True` where only that there is one is known."""

    @property
    def is_needed(self) -> bool:
        """Whether a reader refuses a map without this entry."""
        return not self.may_be_left_out and self.default is None and not isinstance(self.type, Nullable)


@dataclass(frozen=True, slots=True)
class Fields:
    """A map with these entries; none where there is nothing to say."""

    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """Values without names; of a request one, which is the payload."""

    types: tuple[Type, ...]


Payload: TypeAlias = Fields | Values
"""What a variant, a request or an event carries."""


@dataclass(frozen=True, slots=True)
class Retry:
    """An error is worth another try, after so many microseconds where they are known."""

    after: int | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of an enum."""

    name: str
    number: int | None = None
    data: Payload = Fields()
    reserved: tuple[str, ...] = ()
    retry: Retry | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """A value of the enum is a string."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A value of the enum is an integer of this range."""

    range: Int


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value of the enum is a map in which this key names the variant."""

    tag: str


@dataclass(frozen=True, slots=True)
class External:
    """A value of the enum is a string, or a map whose one key names the variant."""


Form: TypeAlias = Names | Numbers | Tagged | External
"""How a value of an enum looks."""


@dataclass(frozen=True, slots=True)
class Record:
    """A map with these entries."""

    fields: tuple[Field, ...]
    strict: bool = False
    """Other entries are refused."""
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enum:
    """One of several variants."""

    form: Form
    variants: tuple[Variant, ...]
    strict: bool = False
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transparent:
    """On the wire as another type."""

    target: Type


@dataclass(frozen=True, slots=True)
class Ext:
    """Read as another type, and as an extension of it."""

    code: int
    target: Type
    write: bool = False
    """The extension is what is written."""


Kind: TypeAlias = Record | Enum | Transparent | Ext
"""What a declared type is."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared type, with its name for messages."""

    name: str
    kind: Kind


Response = Literal["result", "stream", "ack", "none"]


@dataclass(frozen=True, slots=True)
class Method:
    """A method, or a callback, whose name is its whole path and whose service is the namespace."""

    service: str
    name: str
    response: Response
    request: Payload = Fields()
    answer: Type = UNIT
    throws: tuple[int, ...] = ()
    """Its declared errors, entries of `Interface.types`."""
    timeout: int | None = None
    """In microseconds."""
    idempotent: bool = False
    since: bool = False
    """A peer without it is fine."""
    raw: bool = False
    """The payloads are bytes without MsgPack around them."""
    reserved: tuple[str, ...] = ()
    required: bool = False
    """Of a callback: a module of the schema does not start without it."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event."""

    service: str
    name: str
    payload: Payload = Fields()
    since: bool = False
    raw: bool = False
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """What two programs say to each other."""

    types: tuple[Declared, ...] = ()
    methods: tuple[Method, ...] = ()
    events: tuple[Event, ...] = ()
    callbacks: tuple[Method, ...] = ()
    """What the parent answers for the child."""
    reserved: tuple[str, ...] = ()
    """Names of methods and events that may not be used again."""
    package: str | None = None

    def of_services(self, names: Collection[str]) -> Interface:
        """The same with the methods and events of these services alone."""
        return replace(
            self,
            methods=tuple(method for method in self.methods if method.service in names),
            events=tuple(event for event in self.events if event.service in names),
        )

"""The canonical text of a member: equal for all that read and write the same, whatever their order and names of types."""

from __future__ import annotations

from collections.abc import Iterable

from ..fingerprint import order, quoted
from .interface import (
    INTS,
    Bound,
    Constrained,
    Constraints,
    Declared,
    Enum,
    Event,
    Ext,
    External,
    Field,
    Fields,
    Form,
    Int,
    Interface,
    List,
    Map,
    Method,
    Named,
    Names,
    Nullable,
    Numbers,
    Payload,
    Record,
    Scalar,
    Tagged,
    Transparent,
    Tuple,
    Type,
)
from .text import bound

_LENGTH = 1 << 20
"""The longest text."""
_DEPTH = 100
"""How deep types may nest, newtypes looked through."""
_NAMES = {int: name for name, int in INTS.items()}


class _NoText(Exception):
    """The member reaches a type that is unknown, or has no text of a sane size."""


def canonical(interface: Interface, member: Method | Event) -> str | None:
    """The canonical text of a member; `None` where it reaches a type that is unknown, or has no text of a sane size."""
    text = _Text(interface)
    try:
        if isinstance(member, Event):
            return text.finished(f'["event",{_flag(member.raw)},{text.payload(member.payload)}')
        head = f'["call",{quoted(member.response)},{_flag(member.raw)}'
        parts = [head, text.payload(member.request), text.type(member.answer), text.throws(member.throws)]
        return text.finished(",".join(parts))
    except _NoText:
        return None


def each_member(interface: Interface) -> list[tuple[str, Method | Event]]:
    """Every member, with what it is: `method`, `event` or `callback`."""
    return [
        *(("method", method) for method in interface.methods),
        *(("event", event) for event in interface.events),
        *(("callback", callback) for callback in interface.callbacks),
    ]


class _Text:
    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        # The records and enums that were named, in this order, and their numbers.
        self._visited: list[int] = []
        self._numbers: dict[int, int] = {}
        # The newtypes around this place, with the depth at which each began.
        self._around: dict[int, int] = {}
        self._depth = 0
        # At most what the text will have.
        self._length = 0

    def finished(self, head: str) -> str:
        """A text with the bodies of all that is named in it, those included that are named in them."""
        # It grows meanwhile.
        bodies = [self._body(self._interface.types[id]) for id in self._visited]
        text = f"{head},[{','.join(bodies)}]]"
        if len(text) > _LENGTH:
            raise _NoText
        return text

    def throws(self, ids: Iterable[int]) -> str:
        named = sorted(((self._interface.types[id].name, id) for id in ids), key=lambda thrown: order(thrown[0]))
        return f"[{','.join(f'[{quoted(name)},{self._reference(id)}]' for name, id in named)}]"

    def _reference(self, id: int) -> str:
        if id not in self._numbers:
            self._numbers[id] = len(self._visited)
            self._visited.append(id)
        return str(self._numbers[id])

    def _body(self, declared: Declared) -> str:
        match declared.kind:
            case Record(fields, strict):
                return f'["record",{_flag(strict)}{self._fields(fields)}]'
            case Enum(form, variants, strict):
                parts = [
                    f",[{quoted(variant.name)},{'null' if variant.number is None else variant.number},"
                    f"{self.payload(variant.data)}]"
                    for variant in sorted(variants, key=lambda variant: order(variant.name))
                ]
                return f'["enum",{_flag(strict)},{_form(form)}{"".join(parts)}]'
            case _:
                # Only records and enums are named by number.
                raise _NoText

    def payload(self, payload: Payload) -> str:
        if isinstance(payload, Fields):
            return f'["fields"{self._fields(payload.fields)}]'
        return f'["values"{"".join(f",{self.type(type)}" for type in payload.types)}]'

    def _fields(self, fields: Iterable[Field]) -> str:
        return "".join(
            f",[{quoted(field.name)},{self.type(field.type)},{_flag(field.may_be_left_out)},"
            f"{_flag(field.default is not None)}]"
            for field in sorted(fields, key=lambda field: order(field.name))
        )

    def type(self, type: Type) -> str:
        if self._depth > _DEPTH or self._length > _LENGTH:
            raise _NoText
        match type:
            case Scalar(name):
                if name == "unknown":
                    raise _NoText
                text = quoted(name)
            case Int():
                text = quoted(_NAMES[type])
            case List(inner):
                text = self._inside("list", inner)
            case Nullable(inner):
                text = self._inside("nullable", inner)
            case Map(key, value):
                text = self._inside("map", key, value)
            case Tuple(elements):
                text = self._inside("tuple", *elements)
            case Constrained(inner, constraints):
                text = f'["of",{self._deeper(inner)},{_constraints(constraints)}]'
            case Named(index):
                return self._named(index)
        # What is inside was counted there.
        self._length += len(text) if isinstance(type, (Scalar, Int)) else 2
        return text

    def _inside(self, kind: str, *types: Type) -> str:
        return f"[{quoted(kind)}{''.join(f',{self._deeper(type)}' for type in types)}]"

    def _deeper(self, type: Type) -> str:
        self._depth += 1
        text = self.type(type)
        self._depth -= 1
        return text

    def _named(self, id: int) -> str:
        """A newtype is what it stands for; one that is inside itself says how far up it began."""
        kind = self._interface.types[id].kind
        if not isinstance(kind, (Transparent, Ext)):
            return self._reference(id)
        if id in self._around:
            return f'["up",{self._depth - self._around[id]}]'
        self._around[id] = self._depth
        if isinstance(kind, Transparent):
            text = self.type(kind.target)
        else:
            text = f'["ext",{kind.code},{_flag(kind.write)},{self._deeper(kind.target)}]'
        del self._around[id]
        return text


def _form(form: Form) -> str:
    match form:
        case Names():
            return '"name"'
        case External():
            return '"external"'
        case Numbers(range):
            return quoted(_NAMES[range])
        case Tagged(tag):
            return f'["tag",{quoted(tag)}]'


def _constraints(given: Constraints) -> str:
    length = "null"
    if given.length is not None:
        least, most = given.length
        length = f"[{least},{'null' if most is None else most}]"
    limits = "null"
    if given.has_range:
        limits = f"[{_bound(given.least)},{_bound(given.most)},{_flag(given.exclusive)}]"
    return f"{length},{limits},{'null' if given.pattern is None else quoted(given.pattern)}"


def _bound(value: Bound | None) -> str:
    return "null" if value is None else quoted(bound(value))


def _flag(value: bool) -> str:
    return "true" if value else "false"

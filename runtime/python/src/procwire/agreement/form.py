"""The interchange form: a schema as programs tell it each other, read from a value of JSON or MsgPack.

It comes from other processes, so the reader bounds what it takes, and says where it found what it does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard, cast

from .interface import (
    INTS,
    SCALARS,
    UNIT,
    Bound,
    Constrained,
    Constraints,
    Declared,
    Duration,
    Enum,
    Event,
    Ext,
    External,
    Field,
    Fields,
    Form,
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
    Response,
    Retry,
    Tagged,
    Transparent,
    Tuple,
    Type,
    Values,
    Variant,
)

TYPES = 65_536
"""The most types of a form."""
MEMBERS = 65_536
"""The most methods, events and callbacks of a form."""
PARTS = 1_000_000
"""The most fields, variants and types of all places of a form."""
TEXT = 65_536
"""The longest text, in bytes."""
NESTING = 64
"""How deep the type of one place may nest."""
CHAIN = 64
"""How many types may follow each other that are only another name for the next."""

_DIGITS = re.compile(r"[0-9]{1,20}")
_INT = re.compile(r"-?[0-9]{1,20}")
_DURATION = re.compile(r"([0-9]{1,20})(h|m|s|ms|us)")
_FLOAT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?")
_UNITS = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
_RESPONSES = ("result", "stream", "ack", "none")
_MOST_EXT = 127


class FormError(ValueError):
    """Why a value is not a form."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"the schema: {path}: {message}" if path else f"the schema: {message}")
        self.path = path
        """Where: `types[3].record[0].type`; empty for the whole."""
        self.message = message
        """What would be right."""


@dataclass(slots=True)
class _At:
    """A value and where it is."""

    value: object
    path: str = ""

    def refuse(self, message: str) -> NoReturn:
        raise FormError(self.path, message)

    def map(self) -> Mapping[object, object]:
        return self.value if _is_map(self.value) else self.refuse("expected a map")

    def get(self, key: str) -> _At | None:
        entries = self.map()
        if key not in entries:
            return None
        return _At(entries[key], f"{self.path}.{key}" if self.path else key)

    def need(self, key: str) -> _At:
        found = self.get(key)
        return self.refuse(f"`{key}` is missing") if found is None else found

    def list(self) -> Sequence[_At]:
        values = self.value if _is_list(self.value) else self.refuse("expected a list")
        return [_At(value, f"{self.path}[{at}]") for at, value in enumerate(values)]

    def items(self, key: str) -> Sequence[_At]:
        """The list of a key; none where it is left out."""
        found = self.get(key)
        return () if found is None else found.list()

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.refuse("expected a text")
        if len(self.value.encode("utf-8", "surrogatepass")) > TEXT:
            self.refuse(f"expected at most {TEXT} bytes")
        return self.value

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items(key))

    def whole(self) -> int:
        """A whole number between those of an i64 and a u64, or its digits."""
        value = self.value
        if isinstance(value, str) and _INT.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**64:
            self.refuse("expected a whole number of 64 bits")
        return value

    def natural(self) -> int:
        value = self.whole()
        if value < 0:
            self.refuse("expected a whole number that is not negative")
        return value

    def flag(self, key: str) -> bool:
        """Whether a key is true; false where it is left out."""
        found = self.get(key)
        if found is None:
            return False
        if not isinstance(found.value, bool):
            found.refuse("expected true or false")
        return found.value


def _is_map(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, (list, tuple))


def read(value: object) -> Interface:
    """What a form says. Raises `FormError`."""
    form = _At(value)
    form.map()
    version = form.need("ipc")
    if version.whole() != 1:
        version.refuse("expected 1")
    types = form.items("types")
    if len(types) > TYPES:
        form.need("types").refuse(f"expected at most {TYPES} types")
    reader = _Reader(len(types))
    package = form.get("package")
    interface = Interface(
        package=None if package is None else package.text(),
        types=tuple(reader.declared(declared) for declared in types),
        methods=tuple(reader.method(method) for method in form.items("methods")),
        events=tuple(reader.event(event) for event in form.items("events")),
        callbacks=tuple(reader.method(method, is_callback=True) for method in form.items("callbacks")),
        reserved=form.texts("reserved"),
    )
    _check_chains(interface)
    _check_throws(interface)
    return interface


class _Reader:
    def __init__(self, types: int) -> None:
        self._types = types
        self._members = 0
        self._parts = 0

    def _part(self, at: _At) -> None:
        self._parts += 1
        if self._parts > PARTS:
            at.refuse(f"expected at most {PARTS} fields, variants and types")

    def _member(self, at: _At) -> None:
        self._members += 1
        if self._members > MEMBERS:
            at.refuse(f"expected at most {MEMBERS} methods, events and callbacks")
        at.map()

    def declared(self, at: _At) -> Declared:
        name = at.need("name").text()
        strict, reserved = at.flag("strict"), at.texts("reserved")
        if (record := at.get("record")) is not None:
            return Declared(name, Record(self._fields(record), strict, reserved))
        if (variants := at.get("enum")) is not None:
            form = _form(at.need("form"))
            has_numbers = isinstance(form, Numbers)
            made = tuple(self._variant(variant, has_numbers=has_numbers) for variant in variants.list())
            return Declared(name, Enum(form, made, strict, reserved))
        if (target := at.get("is")) is not None:
            type = self._type(target, 0)
            code = at.get("ext")
            if code is None:
                return Declared(name, Transparent(type))
            number = code.whole()
            if not 0 <= number <= _MOST_EXT:
                code.refuse("expected a code from 0 to 127")
            return Declared(name, Ext(number, type, at.flag("write")))
        return at.refuse("expected `record`, `enum` or `is`")

    def _fields(self, at: _At) -> tuple[Field, ...]:
        return tuple(self._field(field) for field in at.list())

    def _field(self, at: _At) -> Field:
        self._part(at)
        at.map()
        default = _default(at.get("default"))
        return Field(at.need("name").text(), self._type(at.need("type"), 0), at.flag("optional"), default)

    def _variant(self, at: _At, *, has_numbers: bool) -> Variant:
        self._part(at)
        at.map()
        name = at.need("name").text()
        number = at.get("number")
        if number is None and has_numbers:
            at.refuse("`number` is missing")
        known = None if number is None else number.whole()
        retry = _retry(at.get("retry"))
        return Variant(name, known, self._payload(at), at.texts("reserved"), retry)

    def _payload(self, at: _At | None) -> Payload:
        """What stands under `fields` or `values`; no fields where neither does."""
        if at is None:
            return Fields()
        if (fields := at.get("fields")) is not None:
            return Fields(self._fields(fields))
        values = at.get("values")
        return Fields() if values is None else Values(self._all(values, 0))

    def method(self, at: _At, *, is_callback: bool = False) -> Method:
        self._member(at)
        response = at.need("response")
        throws = at.items("throws")
        service, name = at.need("service").text(), at.need("name").text()
        if response.text() not in _RESPONSES:
            response.refuse("expected result, stream, ack or none")
        request, answer = self._payload(at.get("request")), at.get("answer")
        answered = UNIT if answer is None else self._type(answer, 0)
        thrown = tuple(self._index(id) for id in throws)
        reserved, timeout = at.texts("reserved"), at.get("timeout")
        return Method(
            service,
            name,
            cast(Response, response.value),
            request,
            answered,
            thrown,
            timeout=None if timeout is None else timeout.natural(),
            idempotent=at.flag("idempotent"),
            since=at.flag("since"),
            raw=at.flag("raw"),
            reserved=reserved,
            required=is_callback and at.flag("required"),
        )

    def event(self, at: _At) -> Event:
        self._member(at)
        service, name = at.need("service").text(), at.need("name").text()
        payload, reserved = self._payload(at.get("payload")), at.texts("reserved")
        return Event(service, name, payload, since=at.flag("since"), raw=at.flag("raw"), reserved=reserved)

    def _index(self, at: _At) -> int:
        index = at.whole()
        if not 0 <= index < self._types:
            at.refuse(f"there is no type {index}")
        return index

    def _all(self, at: _At, depth: int) -> tuple[Type, ...]:
        return tuple(self._type(type, depth) for type in at.list())

    def _type(self, at: _At, depth: int) -> Type:
        self._part(at)
        if depth > NESTING:
            at.refuse(f"expected a type that nests at most {NESTING} deep")
        value = at.value
        if isinstance(value, str):
            plain = SCALARS.get(value) or INTS.get(value)
            if plain is None and not _DIGITS.fullmatch(value):
                at.refuse("expected the name of a type")
            return Named(self._index(at)) if plain is None else plain
        if isinstance(value, int) and not isinstance(value, bool):
            return Named(self._index(at))
        return self._composite(at, depth + 1) if _is_map(value) else at.refuse("expected a type")

    def _composite(self, at: _At, depth: int) -> Type:
        if (inner := at.get("list")) is not None:
            return List(self._type(inner, depth))
        if (elements := at.get("tuple")) is not None:
            return Tuple(self._all(elements, depth))
        if (inner := at.get("nullable")) is not None:
            return Nullable(self._type(inner, depth))
        if (both := at.get("map")) is not None:
            match self._all(both, depth):
                case key, value:
                    return Map(key, value)
                case _:
                    both.refuse("expected two types")
        if (inner := at.get("of")) is not None:
            return Constrained(self._type(inner, depth), _constraints(at))
        return at.refuse("expected list, tuple, map, nullable or of")


def _form(at: _At) -> Form:
    if _is_map(at.value) and (tag := at.get("tag")) is not None:
        return Tagged(tag.text())
    match at.value:
        case "name":
            return Names()
        case "external":
            return External()
        case str() as name if name in INTS:
            return Numbers(INTS[name])
        case object():
            at.refuse("expected name, external, an integer type or a tag")


def _default(at: _At | None) -> Any:
    if at is None or at.value is False:
        return None
    if at.value is True:
        return True
    if not isinstance(at.value, str):
        at.refuse("expected a text or true")
    return at.text()


def _retry(at: _At | None) -> Retry | None:
    if at is None or at.value is False:
        return None
    return Retry() if at.value is True else Retry(at.natural())


def _constraints(at: _At) -> Constraints:
    length: tuple[int, int | None] | None = None
    if (lengths := at.get("len")) is not None:
        match lengths.list():
            case least, most:
                greatest = None if most.value is None else most.natural()
                length = (least.natural(), greatest)
            case _:
                lengths.refuse("expected two numbers, or null as the second")
    lower: Bound | None = None
    upper: Bound | None = None
    below = False
    if (bounds := at.get("range")) is not None:
        match bounds.list():
            case least, most:
                lower, upper, below = _bound(least), _bound(most), at.flag("below")
            case _:
                bounds.refuse("expected two bounds")
    pattern = at.get("pattern")
    return Constraints(length, lower, upper, below, bounds is not None, None if pattern is None else pattern.text())


def _bound(at: _At) -> Bound | None:
    """A bound as a schema writes it, or null."""
    if at.value is None:
        return None
    text = at.text()
    if _INT.fullmatch(text):
        return int(text)
    if found := _DURATION.fullmatch(text):
        microseconds = int(found[1]) * _UNITS[found[2]]
        if microseconds < 2**64 and int(found[1]) < 2**64:
            return Duration(microseconds)
    elif _FLOAT.fullmatch(text) and not text.lstrip("-").isdigit():
        value = float(text)
        if math.isfinite(value):
            return value
    return at.refuse("expected a whole number, a float or a duration")


def _check_chains(interface: Interface) -> None:
    """Refuses types that are only another name for themselves, at any length."""
    targets = [_target(declared) for declared in interface.types]
    for at, target in enumerate(targets):
        length = 0
        while target is not None:
            length += 1
            if length > CHAIN:
                message = f"expected at most {CHAIN} types that stand for each other"
                raise FormError(f"types[{at}].is", message)
            target = targets[target]


def _target(declared: Declared) -> int | None:
    """The type that another one is only a name for."""
    if not isinstance(declared.kind, (Transparent, Ext)):
        return None
    type = declared.kind.target
    while isinstance(type, Constrained):
        type = type.inner
    return type.index if isinstance(type, Named) else None


def _check_throws(interface: Interface) -> None:
    for kind, members in (("methods", interface.methods), ("callbacks", interface.callbacks)):
        for at, member in enumerate(members):
            for index, id in enumerate(member.throws):
                if not isinstance(interface.types[id].kind, Enum):
                    raise FormError(f"{kind}[{at}].throws[{index}]", "expected an enum")

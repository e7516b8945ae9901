"""Checks values before they are sent, where somebody asks for it: what a reader would refuse for a constraint."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from procwire.codec.error import EncodeError
from procwire.codec.prepare import shown_key, target_of
from procwire.codec.rules import Rule, problem_of
from procwire.codec.shape import (
    Checked,
    ExtensionShape,
    ExternalShape,
    ListShape,
    MapShape,
    Named,
    Nullable,
    RecordShape,
    Sensitive,
    Shape,
    TaggedShape,
    TupleShape,
    reachable,
)

Check: TypeAlias = Callable[[Any], None]


class Checkers:
    """Makes the functions that check values of types. What is of another type is the writer's to tell."""

    def __init__(self) -> None:
        self._made: dict[int, Check] = {}
        # What is known may not be whole yet, which only the thread that makes it may see.
        self._lock = threading.RLock()
        # What is known by its address must not leave it to another.
        self._kept: list[Shape] = []

    def of(self, shape: Shape) -> Check | None:
        """What checks the values of a type; `None` where it has no constraint."""
        if not any(isinstance(part, Checked) for part in reachable(shape)):
            return None
        with self._lock:
            return self._made.get(id(shape)) or self._make(shape)

    def _make(self, shape: Shape) -> Check:
        match shape:
            case Checked(inner=inner, rules=rules):
                return _checked(self.of(inner), rules)
            case Named():
                return self._named(shape)
            case Nullable(inner=inner):
                return _nullable(self._some(inner))
            case Sensitive(inner=inner):
                return _sensitive(self._some(inner))
            case ExtensionShape():
                return _extension(shape, self._some(shape.inner))
            case ListShape(element=element):
                return _list(self._some(element))
            case TupleShape(elements=elements):
                return _tuple([self.of(element) for element in elements])
            case MapShape(key=key, value=value):
                return _map(self.of(key), self.of(value))
            case RecordShape():
                return self._record(shape)
            case TaggedShape():
                return self._variants(shape, {record.cls: record for record in shape.variants.values()})
            case ExternalShape():
                return self._variants(shape, {record.cls: record for _, record in shape.variants.values()})
            case _:
                raise TypeError(f"nothing checks {shape}")

    def _some(self, shape: Shape) -> Check:
        return self.of(shape) or _nothing

    def _named(self, shape: Named) -> Check:
        made: list[Check] = []
        self._kept.append(shape)
        self._made[id(shape)] = lambda value: made[0](value)
        made.append(self._some(shape.inner))
        return self._made[id(shape)]

    def _record(self, shape: RecordShape) -> Check:
        fields: list[tuple[str, str, bool, Check]] = []
        cls = shape.cls

        def check(value: Any) -> None:
            if not isinstance(value, cls):
                return
            for name, wire, is_omitted, check_field in fields:
                found = getattr(value, name)
                if found is None and is_omitted:
                    continue
                _within(check_field, found, f".{wire}")

        # Known before its fields are, since they may name it.
        self._kept.append(shape)
        self._made[id(shape)] = check
        for field in shape.fields:
            found = self.of(field.shape)
            if found is not None:
                fields.append((field.name, field.wire, field.is_omitted, found))
        return check

    def _variants(self, shape: Shape, records: dict[type[Any], RecordShape]) -> Check:
        made: dict[type, Check] = {}

        def check(value: Any) -> None:
            found = made.get(value.__class__)
            if found is not None:
                found(value)

        self._kept.append(shape)
        self._made[id(shape)] = check
        for cls, record in records.items():
            found = self.of(record)
            if found is not None:
                made[cls] = found
        return check


def _nothing(_: object) -> None:
    return None


def _within(check: Check, value: Any, segment: str) -> None:
    try:
        check(value)
    except EncodeError as error:
        raise error.within(segment) from None


def _checked(inner: Check | None, rules: tuple[Rule, ...]) -> Check:
    def check(value: Any) -> None:
        if inner is not None:
            inner(value)
        try:
            problem = problem_of(rules, value)
        except TypeError:
            return
        if problem is not None:
            raise EncodeError(problem)

    return check


def _nullable(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def _sensitive(inner: Check) -> Check:
    def check(value: Any) -> None:
        try:
            inner(value)
        except EncodeError as error:
            raise error.redacted() from None

    return check


def _extension(shape: ExtensionShape, inner: Check) -> Check:
    return lambda value: inner(target_of(shape, value))


def _list(element: Check) -> Check:
    def check(value: Any) -> None:
        if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
            for index, item in enumerate(value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
                _within(element, item, f"[{index}]")

    return check


def _tuple(elements: list[Check | None]) -> Check:
    def check(value: Any) -> None:
        if isinstance(value, tuple | list):
            for index, (element, item) in enumerate(zip(elements, value, strict=False)):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
                if element is not None:
                    _within(element, item, f"[{index}]")

    return check


def _map(key: Check | None, inner: Check | None) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, Mapping):
            return
        entries: Mapping[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
        for name, item in entries.items():
            if key is not None:
                key(name)
            if inner is not None:
                _within(inner, item, f"[{shown_key(name)}]")

    return check

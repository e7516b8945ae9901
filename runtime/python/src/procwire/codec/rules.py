"""Constraints: what a value must satisfy beyond its type, and the sentence where it does not.

msgspec checks what it can while it reads; the sentences are told by the tolerant reader, and by who checks a value
before it is sent.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import struct
from collections.abc import Sized
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, TypeAlias

Bound: TypeAlias = int | float | timedelta

REDACTED: Final = "<redacted>"
"""What stands for a value that is never shown."""
_SHOWN: Final = 40
_MICROSECOND: Final = timedelta(microseconds=1)
_UNITS: Final = (("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000))


_FLOAT32: Final = struct.Struct(">f")


def round_f32(value: float) -> float:
    """The nearest float of 32 bits; an `OverflowError` where a finite number has none."""
    rounded: float = _FLOAT32.unpack(_FLOAT32.pack(value))[0]
    return rounded


class Rule(Protocol):
    """One constraint."""

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value of the type, in a sentence; `None` where nothing is."""


@dataclass(frozen=True, slots=True)
class Len:
    """`@len`: characters of a text, bytes, or entries of a list or map."""

    min: int = 0
    max: int | None = None

    def problem(self, value: Sized) -> str | None:
        found = len(value)
        if found >= self.min and (self.max is None or found <= self.max):
            return None
        unit = "characters" if isinstance(value, str) else "bytes" if isinstance(value, bytes) else "entries"
        return f"expected {self._allowed(unit)}, got {found}"

    def _allowed(self, unit: str) -> str:
        if self.max is None:
            return f"{self.min} or more {unit}"
        if self.min == self.max:
            return f"{self.min} {unit}"
        return f"{self.min} to {self.max} {unit}" if self.min else f"at most {self.max} {unit}"


@dataclass(frozen=True, slots=True)
class Range:
    """`@range` of a number or a duration, both ends included unless the upper is `exclusive`. NaN is in no range."""

    min: Bound | None = None
    max: Bound | None = None
    exclusive: bool = False

    def holds(self, value: Any) -> bool:
        """Whether a value is inside."""
        if self.min is not None and not value >= self.min:
            return False
        return self.max is None or bool(value < self.max if self.exclusive else value <= self.max)

    def problem(self, value: Any) -> str | None:
        return None if self.holds(value) else f"expected {self._allowed()}, got {self._shown(value)}"

    def _allowed(self) -> str:
        if self.max is None:
            return f"{self._shown(self.min)} or more"
        most = f"below {self._shown(self.max)}" if self.exclusive else self._shown(self.max)
        if self.min is not None:
            return f"{self._shown(self.min)} to {most}"
        return most if self.exclusive else f"at most {most}"

    def _shown(self, value: Any) -> str:
        return _shown(value)


class Range32(Range):
    """A range of floats of 32 bits: values are compared, and shown, as what they are there."""

    def holds(self, value: Any) -> bool:
        try:
            return Range.holds(self, round_f32(value))
        except OverflowError:
            return False

    def _shown(self, value: Any) -> str:
        # 9 digits tell all of them apart.
        shorter = (float(f"{value:.{digits}g}") for digits in range(1, 10))
        with contextlib.suppress(OverflowError):
            return _shown(next((number for number in shorter if round_f32(number) == value), value))
        return _shown(value)


@dataclass(frozen=True, slots=True)
class Pattern:
    """`@pattern`: a text in which the expression is found."""

    written: str
    """As the schema has it."""
    compiled: str = ""
    """As `re` takes it, where that is not the same."""
    _search: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_search", re.compile(self.for_re).search)

    @property
    def for_re(self) -> str:
        """The expression as `re` takes it."""
        return self.compiled or self.written

    def problem(self, value: str) -> str | None:
        if self._search(value) is not None:
            return None
        return f"expected text that matches {self.written}, got {json.dumps(value[:_SHOWN], ensure_ascii=False)}"


def problem_of(rules: tuple[Rule, ...], value: Any) -> str | None:
    """What the first constraint that a value breaks says."""
    for rule in rules:
        problem = rule.problem(value)
        if problem is not None:
            return problem
    return None


def _shown(value: Any) -> str:
    if isinstance(value, timedelta):
        return _duration(value // _MICROSECOND)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _duration(micros: int) -> str:
    """In the largest unit of which it is a whole number."""
    if micros == 0:
        return "0s"
    for unit, length in _UNITS:
        if micros % length == 0:
            return f"{micros // length}{unit}"
    return f"{micros}us"

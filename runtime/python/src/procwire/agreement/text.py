"""Types and values as a schema writes them, for messages."""

from __future__ import annotations

import unicodedata

from .interface import (
    Bound,
    Constrained,
    Constraints,
    Duration,
    Int,
    Interface,
    List,
    Map,
    Named,
    Nullable,
    Scalar,
    Tuple,
    Type,
)

_UNITS = ((3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms"))
_SPELLED = {"timestamp_precise": "timestamp @precise", "unit": "()"}
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def duration(microseconds: int) -> str:
    """A whole number of the largest unit that holds it."""
    if microseconds == 0:
        return "0s"
    for unit, name in _UNITS:
        if microseconds % unit == 0:
            return f"{microseconds // unit}{name}"
    return f"{microseconds}us"


def bound(value: Bound) -> str:
    """A bound of a constraint."""
    if isinstance(value, Duration):
        return duration(value.microseconds)
    if isinstance(value, float):
        # All languages say the same: 1e16 and 1e-7, where Python writes 1e+16 and 1e-07.
        digits, mark, exponent = repr(value).partition("e")
        return f"{digits}e{int(exponent)}" if mark else digits
    return str(value)


def quoted(text: str) -> str:
    """A text in quotes and escaped."""
    return f'"{"".join(_ESCAPED.get(character) or _plain(character) for character in text)}"'


def _plain(character: str) -> str:
    return f"\\u{{{ord(character):x}}}" if unicodedata.category(character) == "Cc" else character


def constraints(given: Constraints) -> str:
    """As a schema writes them, each with a blank before it."""
    text = ""
    if given.length is not None:
        least, most = given.length
        if most is None:
            text += f" @len({least}..)"
        elif most == least:
            text += f" @len({least})"
        else:
            text += f" @len({least or ''}..={most})"
    if given.has_range:
        least_text = "" if given.least is None else bound(given.least)
        most_text = "" if given.most is None else f"{'' if given.exclusive else '='}{bound(given.most)}"
        text += f" @range({least_text}..{most_text})"
    if given.pattern is not None:
        text += f" @pattern({quoted(given.pattern)})"
    return text


def name(interface: Interface, type: Type) -> str:
    """A type."""
    match type:
        case Scalar():
            return _SPELLED.get(type.name, type.name)
        case Int():
            bits = (type.most + 1).bit_length() - 1
            return f"u{bits}" if type.least == 0 else f"i{bits + 1}"
        case Constrained():
            return name(interface, type.inner) + constraints(type.constraints)
        case List():
            return f"list<{name(interface, type.inner)}>"
        case Tuple():
            inner = ", ".join(name(interface, element) for element in type.elements)
            return f"({inner}{',' if len(type.elements) == 1 else ''})"
        case Map():
            return f"map<{name(interface, type.key)}, {name(interface, type.value)}>"
        case Nullable():
            return f"{name(interface, type.inner)}?"
        case Named():
            return interface.types[type.index].name

"""Fingerprints: what two programs compare before they look any closer."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

_DIGITS = 16
_ESCAPED = (ord('"'), ord("\\"))


def fingerprint(text: str) -> str:
    """The fingerprint that belongs to a canonical text."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_DIGITS]


def canonical_whole(members: Iterable[tuple[str, str, str | None]]) -> str:
    """The canonical text of a schema in all: what each member is, its name on the wire and its fingerprint."""
    entries = (
        f"[{quoted(kind)},{quoted(name)},{'null' if fp is None else quoted(fp)}]"
        for kind, name, fp in sorted(members, key=lambda member: (member[0], order(member[1])))
    )
    return f"[{','.join(entries)}]"


def order(text: str) -> bytes:
    """What texts are sorted by: their UTF-8, which all languages know."""
    return text.encode("utf-8", "surrogatepass")


def quoted(text: str) -> str:
    r"""Printable ASCII stands as it is, `"` and `\` have a backslash before them, all else is `\uXXXX` of its UTF-16."""
    units = struct.iter_unpack("<H", text.encode("utf-16-le", "surrogatepass"))
    return f'"{"".join(_unit(unit) for (unit,) in units)}"'


def _unit(unit: int) -> str:
    if unit in _ESCAPED:
        return f"\\{chr(unit)}"
    return chr(unit) if 0x20 <= unit < 0x7F else f"\\u{unit:04x}"

"""What an open enum keeps of a variant that it does not know."""

from __future__ import annotations

import msgspec


class Unknown:
    """A variant that this version of an enum does not know, as it came; it is written as what it was."""

    __slots__ = ("raw", "tag")
    __match_args__ = ("tag",)

    tag: str
    """The variant's name on the wire, or its number in decimal."""
    raw: bytes
    """All of the value, as MsgPack."""

    def __init__(self, tag: str, raw: bytes | None = None) -> None:
        """A variant by its name; without `raw` it is only a name, to be sent to who knows it."""
        self.tag = tag
        self.raw = msgspec.msgpack.encode(tag) if raw is None else raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"Unknown({self.tag!r})"

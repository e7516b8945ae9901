"""What a place really holds: newtypes, aliases, extensions and constraints looked through."""

from __future__ import annotations

from dataclasses import dataclass, field

from .interface import Bound, Constrained, Constraints, Duration, Enum, Ext, Interface, Named, Record, Transparent, Type
from .text import bound, quoted
from .verdict import FINE, Effect, Outcomes, breaks


@dataclass(slots=True)
class Bounds:
    """All constraints of one place."""

    length: tuple[int, int | None] = (0, None)
    least: Bound | None = None
    most: tuple[Bound, bool] | None = None
    """The greatest value, and whether it is excluded."""
    patterns: set[str] = field(default_factory=set[str])

    def add(self, more: Constraints) -> None:
        """One more that values have to keep."""
        if more.length is not None:
            least, most = self.length
            limits = [limit for limit in (most, more.length[1]) if limit is not None]
            self.length = (max(least, more.length[0]), min(limits, default=None))
        if more.least is not None and (self.least is None or _order(self.least, more.least) == -1):
            self.least = more.least
        if more.most is not None and (self.most is None or _order(more.most, self.most[0]) == -1):
            self.most = (more.most, more.exclusive)
        if more.pattern is not None:
            self.patterns.add(more.pattern)

    def compare(self, new: Bounds) -> tuple[str, Outcomes] | None:
        """What changed, and what becomes of it."""
        if self._identity() == new._identity():
            return None
        return f"{self.text()} became {new.text()}", (_refusal(self._is_within(new)), _refusal(new._is_within(self)))

    def _identity(self) -> object:
        # 1 and 1.0 are equal in Python, and not the same bound.
        most = None if self.most is None else (type(self.most[0]), *self.most)
        return self.length, type(self.least), self.least, most, self.patterns

    def _is_within(self, other: Bounds) -> bool:
        """Whether each value that keeps these constraints keeps the others."""
        own_most, most = self.length[1], other.length[1]
        if self.length[0] < other.length[0] or (most is not None and (own_most is None or own_most > most)):
            return False
        if other.least is not None and (self.least is None or _order(self.least, other.least) not in (0, 1)):
            return False
        return self._ends_within(other) and other.patterns <= self.patterns

    def _ends_within(self, other: Bounds) -> bool:
        if other.most is None:
            return True
        if self.most is None:
            return False
        (own, own_excluded), (most, excluded) = self.most, other.most
        order = _order(own, most)
        return order == -1 or (order == 0 and (own_excluded or not excluded))

    def text(self) -> str:
        """As a schema writes them."""
        parts: list[str] = []
        least, most = self.length
        if most is not None:
            parts.append(f"@len({least}..={most})")
        elif least:
            parts.append(f"@len({least}..)")
        if self.least is not None or self.most is not None:
            start = "" if self.least is None else bound(self.least)
            end = "" if self.most is None else f"{'' if self.most[1] else '='}{bound(self.most[0])}"
            parts.append(f"@range({start}..{end})")
        parts += [f"@pattern({quoted(pattern)})" for pattern in sorted(self.patterns)]
        return " ".join(parts) or "no constraint"


def _refusal(fits: bool) -> Effect:
    return FINE if fits else breaks("a value that breaks a constraint is refused")


def _order(left: Bound, right: Bound) -> int | None:
    """Bounds of one kind, in order: -1, 0 or 1."""
    if isinstance(left, Duration) or isinstance(right, Duration):
        if not (isinstance(left, Duration) and isinstance(right, Duration)):
            return None
        left, right = left.microseconds, right.microseconds
    elif isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    return (left > right) - (left < right)


@dataclass(slots=True)
class Held:
    """A type with what was on the way to it."""

    type: Type
    constraints: Bounds = field(default_factory=Bounds)
    read: list[int] = field(default_factory=list[int])
    """The codes of extensions that are read here."""
    written: int | None = None
    """The code of the extension that is written here."""

    @classmethod
    def of(cls, interface: Interface, type: Type) -> Held:
        """What a type really is."""
        held = cls(type)
        while True:
            match held.type:
                case Constrained(inner, more):
                    held.constraints.add(more)
                    held.type = inner
                case Named(index):
                    match interface.types[index].kind:
                        case Transparent(target):
                            held.type = target
                        case Ext(code, target, write):
                            held.read.append(code)
                            if held.written is None and write:
                                held.written = code
                            held.type = target
                        case Record() | Enum():
                            return held
                case _:
                    return held

    def extension(self, new: Held) -> tuple[str, Outcomes] | None:
        """What becomes of an extension that is written on one side."""
        if self.written == new.written:
            return None
        message = f"was written {_form(self)}, and is written {_form(new)} now"
        return message, (_taken(self, new), _taken(new, self))


def _form(held: Held) -> str:
    return "as it is" if held.written is None else f"as the extension {held.written}"


def _taken(writer: Held, reader: Held) -> Effect:
    if writer.written is None or writer.written in reader.read:
        return FINE
    return breaks("an extension that it does not know is refused")

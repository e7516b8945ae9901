"""Who writes what is compared, what becomes of it, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from .interface import Int
from .verdict import FINE, Outcomes, breaks


class Writer(Enum):
    """Who writes what is compared. Callbacks turn the two round."""

    PARENT = auto()
    """A request."""
    WORKER = auto()
    """An answer, an error, an event."""

    @property
    def other(self) -> Writer:
        """The one who answers."""
        return Writer.WORKER if self is Writer.PARENT else Writer.PARENT


def removed(name: str, reserved: Sequence[str]) -> str:
    """What is to be said of something that is gone."""
    return "was removed" if name in reserved else "was removed; its name has to become `reserved`"


def ranges(old: Int, new: Int) -> Outcomes | None:
    """Of two ranges of integers; `None` where they are the same."""
    if old == new:
        return None
    refused = breaks("a number out of its range is refused")
    return (FINE if _fits(old, new) else refused, FINE if _fits(new, old) else refused)


def _fits(inner: Int, outer: Int) -> bool:
    return outer.least <= inner.least and inner.most <= outer.most

"""What a comparison says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

EffectKind = Literal["fine", "behaviour", "wire", "handshake"]
"""Nothing that anybody notices; everything is read, but means something else; some payloads are refused; the parent
refuses to start the worker."""

Rule = Literal[
    "field-added",
    "field-removed",
    "field-renamed",
    "presence-changed",
    "nullability-changed",
    "default-changed",
    "type-changed",
    "strictness-changed",
    "form-changed",
    "variant-added",
    "variant-removed",
    "variant-changed",
    "number-changed",
    "method-added",
    "method-removed",
    "event-added",
    "event-removed",
    "response-changed",
    "codec-changed",
    "parameters-changed",
    "answer-changed",
    "throws-changed",
    "constraint-changed",
    "retry-changed",
    "timeout-changed",
    "idempotent-changed",
    "callback-added",
    "callback-removed",
    "requirement-changed",
]
"""The kinds of change."""

_GRAVITY: Sequence[EffectKind] = ("fine", "behaviour", "wire", "handshake")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to a pair of programs, and why."""

    kind: EffectKind = "fine"
    why: str = ""

    @property
    def is_break(self) -> bool:
        """Whether something fails."""
        return self.kind in ("wire", "handshake")

    def is_graver(self, other: Effect) -> bool:
        """Of several effects the gravest counts."""
        return (_GRAVITY.index(self.kind), self.why) > (_GRAVITY.index(other.kind), other.why)


FINE = Effect()


def breaks(why: str) -> Effect:
    """A reader refuses some values."""
    return Effect("wire", why)


def behaviour(what: str) -> Effect:
    """A reader takes something else."""
    return Effect("behaviour", what)


def handshake(why: str) -> Effect:
    """The parent refuses to start the worker."""
    return Effect("handshake", why)


Outcomes = tuple[Effect, Effect]
"""Of a change: old writer and new reader, new writer and old reader."""


@dataclass(slots=True)
class Change:
    """One change."""

    rule: Rule
    place: str
    """Where: `Order.note`, `OrderType.Limit.price`, `Trading.place(order)`."""
    message: str
    """What was changed, in a sentence."""
    old_parent_new_worker: Effect = FINE
    new_parent_old_worker: Effect = FINE

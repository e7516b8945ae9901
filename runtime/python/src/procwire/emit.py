"""Sending events to the parent: the base of generated classes."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeVar

from .asking import USUAL, Usual
from .connection.emitter import Emitted, Emitter, Said
from .metadata import Trace, checked
from .service import Event

Payload = TypeVar("Payload")

__all__ = ["Emit", "Emitted"]


class Emit:
    """Base of generated classes that have a method for each event of a service."""

    __slots__ = ("_emitter", "_said")

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter
        self._said: Said | None = None

    def with_options(
        self, *, metadata: Mapping[str, str | bytes] | Usual = USUAL, trace: Trace | None | Usual = USUAL
    ) -> Self:
        """The same with something said of its events: `cx.events.with_options(metadata={"tenant": "acme"}).filled(...)`.

        `metadata` and `trace` go along, to a parent of ours; a function there that hears the event gets them as `cx`.
        """
        other = type(self)(self._emitter)
        said = self._said or Said()
        other._said = Said(
            said.values if isinstance(metadata, Usual) else checked(metadata),
            said.trace if isinstance(trace, Usual) else trace,
        )
        return other

    def _emit(self, event: Event[Payload], payload: Payload) -> Emitted:
        return self._emitter.emit(event, payload, self._said)

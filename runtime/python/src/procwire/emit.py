"""Sending events to the parent: the base of generated classes."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TypeVar

from .connection.emitter import Emitted, Emitter
from .service import Event

Payload = TypeVar("Payload")

__all__ = ["Emit", "Emitted"]


class Emit:
    """Base of generated classes that have a method for each event of a service."""

    __slots__ = ("_emitter",)

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter

    def _emit(self, event: Event[Payload], payload: Payload) -> Emitted:
        return self._emitter.emit(event, payload)

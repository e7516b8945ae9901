"""Whether a child was generated from a schema that fits; it is asked for its own only where fingerprints differ."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..codec import NOTHING, DecodeError
from ..codec.codec import RAW, Codec
from ..connection import RemoteMethod
from ..control import Init
from ..schema import Schema
from ..service import Callbacks, Method, Service
from .spawn_error import SpawnError

_LONGEST = 64 * 1024 * 1024
"""Bytes of a form that are looked at."""

_SCHEMA: Method[None, bytes] = Method("schema", "$schema", "result", "none", NOTHING, RAW)


@dataclass
class Difference:
    """Members of one schema whose fingerprints the two sides say, and which differ."""

    schema: Schema
    name: str
    """The service, or the namespace."""
    methods: list[str] = field(default_factory=list[str])
    events: list[str] = field(default_factory=list[str])
    callbacks: list[str] = field(default_factory=list[str])

    @property
    def names(self) -> list[str]:
        """The members, for messages."""
        return [*(f"{self.name}.{name}" for name in (*self.methods, *self.events)), *self.callbacks]


def differences(init: Init, services: Sequence[Service], callbacks: Sequence[Callbacks]) -> list[Difference]:
    """What is to be looked at more closely; nothing where all fingerprints agree."""
    found: list[Difference] = []
    for service in services:
        if service.schema is None:
            continue
        difference = Difference(service.schema, service.name)
        for method in service.methods:
            announced = init.methods.get(method.wire)
            if announced is not None and _differ(method.fp, announced.fp):
                difference.methods.append(method.wire)
        for event in service.events:
            told = init.events.get(event.wire)
            if told is not None and _differ(event.fp, told.fp):
                difference.events.append(event.wire)
        found.append(difference)
    for namespace in callbacks:
        if namespace.schema is None:
            continue
        difference = Difference(namespace.schema, namespace.name)
        for method in namespace.methods:
            asked = init.callbacks.get(method.wire)
            if asked is not None and _differ(method.fp, asked.fp):
                difference.callbacks.append(method.wire)
        found.append(difference)
    return [difference for difference in found if difference.names]


def _differ(ours: str | None, theirs: str | None) -> bool:
    return ours is not None and theirs is not None and ours != theirs


class Question:
    """Asks a child for its schema, and judges what it says."""

    def __init__(self, init: Init, differences: list[Difference], worker: str, timeout: float, until: float) -> None:
        """`timeout` is what a start may take, and `until` when that is over, on the monotonic clock."""
        self._differences = differences
        self._worker = worker
        self._announced = init.methods.get(_SCHEMA.wire)
        self._timeout = timeout
        self._until = until

    @property
    def left(self) -> float:
        """Seconds that the answer may take."""
        return max(self._until - time.monotonic(), 0.0)

    @property
    def remote(self) -> RemoteMethod:
        """What is to be called; its answer are the bytes of the form. Raises `SpawnError` where there is nothing."""
        announced = self._announced
        if announced is None or announced.response != "result" or announced.raw:
            raise self.unsaid("it has no `$schema`")
        remote = RemoteMethod(_SCHEMA.wire, _SCHEMA, announced.id, self.left)
        remote.answer = _Bytes()
        return remote

    def unsaid(self, why: str) -> SpawnError:
        """The child does not say what it was generated from."""
        return self._mismatch(f"{self._where}, and it does not say how: {why}")

    def late(self) -> SpawnError:
        """The child did not say it in time."""
        return self.unsaid(f"its `$schema` is not answered within {self._timeout:g} s")

    def judge(self, answer: bytes) -> SpawnError | None:
        """What keeps the two from working together. It may take a moment."""
        # Most programs never need these.
        from ..agreement import FormError, Members, TooEntangled, clashes, read

        if len(answer) > _LONGEST:
            return self.unsaid(f"its `$schema` has {len(answer)} bytes, above the limit of {_LONGEST}")
        try:
            theirs = read(Codec[Any](Any).decode(answer))
        except (DecodeError, FormError) as problem:
            return self.unsaid(f"its `$schema` cannot be used: {problem}")
        lines: list[str] = []
        try:
            for difference in self._differences:
                members = Members(difference.methods, difference.events, difference.callbacks)
                ours = difference.schema.interface.of_services([difference.name])
                lines += clashes(ours, theirs, members)
        except TooEntangled as problem:
            return self._mismatch(f"{self._where}: {problem}")
        if not lines:
            return None
        listed = "".join(f"\n    {line}" for line in dict.fromkeys(lines))
        return self._mismatch(f"its schema does not agree with this program's:{listed}")

    @property
    def _where(self) -> str:
        names = ", ".join(name for difference in self._differences for name in difference.names)
        return f"its schema differs from this program's in {names}"

    def _mismatch(self, reason: str) -> SpawnError:
        return SpawnError("mismatch", self._worker, reason)


class _Bytes:
    """Takes an answer as it is, since it is decoded elsewhere."""

    encode = staticmethod(NOTHING.encode)
    decode = staticmethod(bytes)

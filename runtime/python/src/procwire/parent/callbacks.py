"""Callbacks: what a parent answers for its children."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn, TypeAlias

from ..connection import Table
from ..connection.served import error_flags
from ..control import Init
from ..error import Code, ProcwireError
from ..handler import DECLARED
from ..service import Callbacks, Method
from ..worker.binding import served


class CallbackHandlers:
    """Base of generated classes: an object whose methods answer what a worker asks of its parent.

    Its methods are written as a worker's are. One that is not written is not offered.
    """

    _callbacks: Callbacks

    def __init__(self) -> None:
        """Subclasses may have any constructor, and need not call this one."""


CallbacksOption: TypeAlias = CallbackHandlers | Sequence[CallbackHandlers]


def namespaces_of(handlers: CallbacksOption | None) -> list[Callbacks]:
    """The callbacks that are written, namespace by namespace."""
    found: dict[int, tuple[Callbacks, list[Method[Any, Any]]]] = {}
    for one, method in written(handlers):
        found.setdefault(id(one._callbacks), (one._callbacks, []))[1].append(method)
    return [replace(namespace, methods=tuple(methods)) for namespace, methods in found.values()]


def written(handlers: CallbacksOption | None) -> list[tuple[CallbackHandlers, Method[Any, Any]]]:
    """Every callback that is written, with its object."""
    objects = [handlers] if isinstance(handlers, CallbackHandlers) else list(handlers or ())
    return [
        (one, method)
        for one in objects
        for method in one._callbacks.methods
        if not getattr(getattr(one, method.name, None), DECLARED, getattr(one, method.name, None) is None)
    ]


class Handlers:
    """The callbacks that one child may call now; handlers come and go while it runs."""

    def __init__(self, init: Init, *, check: bool) -> None:
        self._announced = init.callbacks
        self._paths = {entry.id: path for path, entry in init.callbacks.items()}
        self._check = check
        self._offered: set[str] = set()
        self.table = Table()
        """What the connection to the child serves."""
        self.table.missing = self._missing

    @property
    def paths(self) -> list[str]:
        """The paths that have a handler now, those that the child never calls included."""
        return sorted(self._offered)

    def add(self, handlers: CallbacksOption) -> None:
        """Answers with these from now on, instead of what answered their paths before.

        Raises `ProcwireError` where the worker expects another kind of answer.
        """
        clashes = self.clashes(handlers)
        if clashes:
            raise ProcwireError(Code.INVALID_ARGUMENT, "; ".join(clashes))
        for one, method in written(handlers):
            self._offered.add(method.wire)
            announced = self._announced.get(method.wire)
            if announced is not None:
                self.table.methods[announced.id] = served(
                    one,
                    one._callbacks.name,
                    method,
                    announced.id,
                    name=method.wire,
                    emit=_no_events,
                    calls=_no_callbacks,
                    to_parent=False,
                    check=self._check,
                )

    def remove(self, path: str) -> bool:
        """Answers a path no more; calls that run go on. Says whether it had a handler."""
        announced = self._announced.get(path)
        if announced is not None:
            self.table.methods.pop(announced.id, None)
        found = path in self._offered
        self._offered.discard(path)
        return found

    def clashes(self, handlers: CallbacksOption | None) -> list[str]:
        """Every handler that answers in another way than the child expects."""
        found: list[str] = []
        for _, method in written(handlers):
            announced = self._announced.get(method.wire)
            if announced is None:
                continue
            if announced.response != method.response:
                found.append(
                    f"callback `{method.wire}` is of kind {method.response} here, the worker expects {announced.response}"
                )
            elif announced.raw != method.raw:
                theirs, ours = ("raw bytes", "MsgPack") if announced.raw else ("MsgPack", "raw bytes")
                found.append(f"callback `{method.wire}` carries {theirs}, this program expects {ours}")
        return found

    def lacking(self, handlers: CallbacksOption | None) -> list[str]:
        """Every path that the child cannot do without and that nothing answers."""
        offered = {method.wire for _, method in written(handlers)}
        return [
            f"callback `{path}` has no handler here, the worker requires it"
            for path, entry in self._announced.items()
            if entry.required and path not in offered
        ]

    def _missing(self, id: int) -> tuple[int, str] | None:
        path = self._paths.get(id)
        if path is None:
            return None
        return error_flags(self._announced[path].response), f"the callback `{path}` has no handler"


def _no_events(_: object) -> NoReturn:
    raise ProcwireError(Code.UNSUPPORTED, "a callback runs in the parent, which sends no events")


def _no_callbacks(_: object) -> NoReturn:
    raise ProcwireError(Code.UNSUPPORTED, "a callback runs in the parent, which has nobody to call back")

"""Whether a child serves what this program calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..connection import RemoteMethod
from ..control import Init
from ..error import Code, ProcwireError
from ..service import Event, Method, Service

_ANSWERS = {
    "result": "answers with a result",
    "stream": "answers with a stream",
    "ack": "answers with an ack",
    "none": "does not answer",
}


class Resolved:
    """The numbers under which a child serves one service."""

    __slots__ = ("events", "methods")

    def __init__(self) -> None:
        self.methods: dict[Method[Any, Any], RemoteMethod] = {}
        self.events: dict[Event[Any], int] = {}


def resolve(
    init: Init, service: Service, call_timeout: float | None, *, allow_missing: bool = False, check: bool = False
) -> tuple[Resolved, list[str]]:
    """Finds each method and event of the service, and names everything that does not fit, at once."""
    resolved = Resolved()
    mismatches: list[str] = []
    for method in service.methods:
        name = f"{service.name}.{method.wire}"
        found = init.methods.get(method.wire)
        if found is None and (allow_missing or method.since is not None):
            continue
        if found is None:
            mismatches.append(_missing("method", name, method.wire, init.methods))
            continue
        if found.response != method.response:
            mismatches.append(
                f"method `{name}` {_ANSWERS[found.response]}, this program expects that it {_ANSWERS[method.response]}"
            )
        if found.raw and not method.raw:
            mismatches.append(f"method `{name}` carries raw bytes, this program expects MsgPack")
        # A child means by 0 that there is no limit.
        announced = None if found.timeout == 0 else found.timeout
        usual = call_timeout if method.response in ("result", "ack") and found.timeout is None else announced
        if method.timeout is not None:
            # What this program was generated from is what its author read.
            usual = method.timeout
        name = f"{service.name}.{method.name}"
        resolved.methods[method] = RemoteMethod(name, method, found.id, usual, check=check)
    for event in service.events:
        announced_event = init.events.get(event.wire)
        if announced_event is None and (allow_missing or event.since is not None):
            continue
        if announced_event is None:
            mismatches.append(_missing("event", f"{service.name}.{event.wire}", event.wire, init.events))
        else:
            resolved.events[event] = announced_event.id
    return resolved, mismatches


def lacking(service: str, name: str, since: str | None) -> ProcwireError:
    """The failure of what a child does not have, and need not have."""
    version = "" if since is None else f"; it is there since {since}"
    return ProcwireError(Code.UNSUPPORTED, f"{service}.{name}: the worker does not have it{version}")


def has(service: Service, resolved: Resolved, name: str) -> bool:
    """Whether a child has the method or event of this name, in Python or on the wire. Raises `ValueError` for others."""
    known = False
    for method in service.methods:
        if name in (method.name, method.wire):
            known = True
            if method in resolved.methods:
                return True
    for event in service.events:
        if name in (event.name, event.wire):
            known = True
            if event in resolved.events:
                return True
    if not known:
        raise ValueError(f"{service.name} has no method and no event `{name}`")
    return False


def _missing(what: str, name: str, wire: str, known: Iterable[str]) -> str:
    near = _nearest(wire, known)
    return f"{what} `{name}` is not there, but `{near}` is" if near else f"{what} `{name}` is not there"


def _nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a person most likely meant."""
    wanted = _bare(name)
    near = sorted(other for other in known if _bare(other) == wanted or _is_close(_bare(other), wanted))
    return near[0] if near else None


def _bare(name: str) -> str:
    return "".join(character for character in name if character.isascii() and character.isalnum()).lower()


def _is_close(one: str, other: str) -> bool:
    """One letter changed, added or left out."""
    short, long = sorted((one, other), key=len)
    if len(short) < 3 or len(long) - len(short) > 1:
        return False
    same = next((index for index, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = same + 1 if len(short) == len(long) else same
    return short[rest:] == long[same + 1 :]

"""Methods and events: what both sides have, and what they exchange."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .compare import Comparer, is_unknown, takes_nil
from .interface import UNIT, Event, Fields, Interface, Method, Payload, Type, Values
from .outcomes import Writer, removed
from .text import duration
from .verdict import FINE, Change, Effect, Rule, behaviour, breaks, handshake

Member = TypeVar("Member", Method, Event)

_ANSWERS = {"result": "a result", "stream": "a stream", "ack": "an ack", "none": "nothing"}
_LOOKS_DIFFERENT = breaks("the payload looks different on the wire")


def compare(old: Interface, new: Interface) -> list[Change]:
    """Compares two versions of an interface.

    The changes stand in the order of the old one's methods and events, those that are new behind them. Raises
    `TooEntangled`.
    """
    comparer = Comparer(old, new)
    for method in old.methods:
        after = _partner(method, old.methods, new.methods)
        if after is None:
            _gone(comparer, "method-removed", method, "method")
        else:
            _methods(comparer, method, after, Writer.PARENT)
    for event in old.events:
        now = _partner(event, old.events, new.events)
        if now is None:
            _gone(comparer, "event-removed", event, "event")
        else:
            _events(comparer, event, now)
    for method in new.methods:
        if _partner(method, new.methods, old.methods) is None:
            _added(comparer, "method-added", method, "method")
    for event in new.events:
        if _partner(event, new.events, old.events) is None:
            _added(comparer, "event-added", event, "event")
    for before in old.callbacks:
        _callbacks(comparer, before, _of_name(new.callbacks, before.name))
    for after in new.callbacks:
        if _of_name(old.callbacks, after.name) is None:
            _callbacks(comparer, None, after)
    return comparer.changes


@dataclass(frozen=True, slots=True)
class Members:
    """Names of members on the wire."""

    methods: Collection[str] = ()
    events: Collection[str] = ()
    callbacks: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.methods or self.events or self.callbacks)


def compare_members(old: Interface, new: Interface, members: Members) -> list[Change]:
    """Compares only these members, as far as both have them, by their names on the wire alone.

    Whether a callback is required is left out. Raises `TooEntangled`.
    """
    comparer = Comparer(old, new)
    for before, after in _pairs(old.methods, new.methods, members.methods):
        _methods(comparer, before, after, Writer.PARENT)
    for was, now in _pairs(old.events, new.events, members.events):
        _events(comparer, was, now)
    for before, after in _pairs(old.callbacks, new.callbacks, members.callbacks):
        _methods(comparer, before, after, Writer.WORKER)
    return comparer.changes


def clashes(parent: Interface, worker: Interface, members: Members) -> list[str]:
    """What keeps these two from working together in these members: a line for each change. Raises `TooEntangled`."""
    found = compare_members(parent, worker, members)
    effects = ((change, change.old_parent_new_worker) for change in found)
    return [f"{change.place}: {change.message}: {effect.why}" for change, effect in effects if effect.is_break]


def _pairs(old: Sequence[Member], new: Sequence[Member], names: Collection[str]) -> list[tuple[Member, Member]]:
    # Of two of one name the first counts.
    after = {member.name: member for member in reversed(new)}
    return [(member, after[member.name]) for member in old if member.name in names and member.name in after]


def _of_name(callbacks: Sequence[Method], name: str) -> Method | None:
    return next((callback for callback in callbacks if callback.name == name), None)


def _partner(member: Member, own: Sequence[Member], others: Sequence[Member]) -> Member | None:
    """The member that takes the place of one in the other version.

    Several services may have one of the same name; where a service was renamed, its members are those of a service that
    was not there before.
    """
    theirs = {other.service for other in others}
    ours = {other.service for other in own}
    is_gone = member.service not in theirs
    for other in others:
        if other.name == member.name and (other.service == member.service or (is_gone and other.service not in ours)):
            return other
    return None


def _gone(comparer: Comparer, rule: Rule, member: Method | Event, what: str) -> None:
    message = removed(member.name, comparer.new.reserved)
    comparer.effect(rule, f"{member.service}.{member.name}", message, _missing(member, what), FINE)


def _added(comparer: Comparer, rule: Rule, member: Method | Event, what: str) -> None:
    comparer.effect(rule, f"{member.service}.{member.name}", "was added", FINE, _missing(member, what))


def _missing(member: Method | Event, what: str) -> Effect:
    """What a parent does that finds no such member."""
    if member.since:
        return behaviour(f"the parent starts, and the {what} is `unsupported`")
    return handshake(f"the parent refuses a worker without this {what}")


def _callbacks(comparer: Comparer, before: Method | None, after: Method | None) -> None:
    """A callback in both versions or in one of them. Here the child calls, and it is the parent that refuses."""
    refused = handshake("the parent does not start a worker whose callback it does not answer")
    absent = behaviour("the call is answered `not_found`")
    if after is None:
        if before is not None:
            needs = refused if before.required else absent
            comparer.effect("callback-removed", before.name, "was removed", FINE, needs)
    elif before is None:
        comparer.effect("callback-added", after.name, "was added", refused if after.required else absent, FINE)
    else:
        if before.required != after.required:
            message = "is required now" if after.required else "is no longer required"
            # Whether a parent has a handler for what it need not answer is not in its schema.
            old_parent, new_parent = (refused, FINE) if after.required else (FINE, refused)
            comparer.effect("requirement-changed", after.name, message, old_parent, new_parent)
        _methods(comparer, before, after, Writer.WORKER)


def _methods(comparer: Comparer, before: Method, after: Method, caller: Writer) -> None:
    place = f"{after.service}.{after.name}" if caller is Writer.PARENT else after.name
    if before.response != after.response:
        message = f"answered {_ANSWERS[before.response]}, and {_ANSWERS[after.response]} now"
        refused = handshake("the parent refuses a method of another response kind")
        comparer.effect("response-changed", place, message, refused, refused)
        return
    if before.raw != after.raw:
        message = "is raw now" if after.raw else "is no longer raw"
        # A worker says which of its methods are raw; what it does not say may be a published one's.
        refused = handshake("the parent refuses a method of another codec")
        old_parent, new_parent = (refused, _LOOKS_DIFFERENT) if after.raw else (_LOOKS_DIFFERENT, refused)
        comparer.effect("codec-changed", place, message, old_parent, new_parent)
        return
    _payloads(comparer, before.request, after.request, after.reserved, place, caller)
    _answers(comparer, before.answer, after.answer, place, caller.other)
    comparer.finish()
    _throws(comparer, before, after, place, caller.other)
    if before.timeout != after.timeout:
        message = f"the timeout {_timeout(before)} became {_timeout(after)}"
        other = behaviour("the caller gives up at another time")
        comparer.effect("timeout-changed", place, message, other, other)
    if before.idempotent != after.idempotent:
        message = "is idempotent now" if after.idempotent else "is no longer idempotent"
        again = behaviour("it may be sent again to a side that does not expect it")
        old_parent, new_parent = (again, FINE) if before.idempotent else (FINE, again)
        comparer.effect("idempotent-changed", place, message, old_parent, new_parent)


def _timeout(method: Method) -> str:
    return "none" if method.timeout is None else duration(method.timeout)


def _throws(comparer: Comparer, before: Method, after: Method, place: str, writer: Writer) -> None:
    """Compares what a method declares to throw; `writer` is who throws."""
    failed = behaviour("its errors arrive as `failed`")
    for old in before.throws:
        name = comparer.old.types[old].name
        new = _thrown(comparer.new, after.throws, name)
        if new is None:
            comparer.note("throws-changed", place, f"no longer throws `{name}`", writer, (failed, FINE))
        else:
            comparer.errors(old, new, place, writer)
    for new in after.throws:
        name = comparer.new.types[new].name
        if _thrown(comparer.old, before.throws, name) is None:
            comparer.note("throws-changed", place, f"throws `{name}` now", writer, (FINE, failed))


def _thrown(interface: Interface, ids: Sequence[int], name: str) -> int | None:
    return next((id for id in ids if interface.types[id].name == name), None)


def _events(comparer: Comparer, before: Event, after: Event) -> None:
    place = f"{after.service}.{after.name}"
    if before.raw != after.raw:
        message = "is raw now" if after.raw else "is no longer raw"
        comparer.effect("codec-changed", place, message, _LOOKS_DIFFERENT, _LOOKS_DIFFERENT)
    else:
        _payloads(comparer, before.payload, after.payload, after.reserved, place, Writer.WORKER)
        comparer.finish()


def _payloads(
    comparer: Comparer,
    old: Payload,
    new: Payload,
    reserved: Sequence[str],
    place: str,
    writer: Writer,
) -> None:
    """Compares requests, or what events carry."""
    match old, new:
        case Fields(were), Fields(are):
            comparer.fields(were, are, reserved, place, (False, False), writer)
        case Values(were), Values(are) if len(were) == len(are):
            for was, now in zip(were, are, strict=True):
                comparer.types(was, now, place, writer)
        # A request that only Rust's serde describes may be a map as well.
        case Values(types), _ if all(is_unknown(comparer.old, type) for type in types):
            pass
        case _, Values(types) if all(is_unknown(comparer.new, type) for type in types):
            pass
        case _:
            message = "its parameters have names now, or no longer"
            other = breaks("the payload looks different on the wire")
            comparer.note("parameters-changed", place, message, writer, (other, other))


def _answers(comparer: Comparer, old: Type, new: Type, place: str, writer: Writer) -> None:
    refused = breaks("nil is refused")
    if (old == UNIT and new == UNIT) or is_unknown(comparer.old, old) or is_unknown(comparer.new, new):
        return
    if old == UNIT:
        outcomes = (FINE if takes_nil(comparer.new, new) else refused, FINE)
        comparer.note("answer-changed", place, "answers a value now", writer, outcomes)
    elif new == UNIT:
        outcomes = (FINE, FINE if takes_nil(comparer.old, old) else refused)
        comparer.note("answer-changed", place, "no longer answers a value", writer, outcomes)
    else:
        comparer.types(old, new, f"{place} answer", writer)

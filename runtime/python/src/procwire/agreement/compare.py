"""Types: what a reader of one version makes of a writer of the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from . import variants
from .held import Held
from .interface import (
    ANY,
    STRING,
    UNIT,
    UNKNOWN,
    Enum,
    Field,
    Int,
    Interface,
    List,
    Map,
    Named,
    Names,
    Nullable,
    Record,
    Scalar,
    Tuple,
    Type,
)
from .outcomes import Writer, ranges, removed
from .text import name
from .verdict import FINE, Change, Effect, Outcomes, Rule, behaviour, breaks

_BUDGET = 100_000
"""How many pairs of types are compared: a few tuples of tuples from another process stand for more than that."""
_DEPTH = 256
"""How deep they are nested without a declared type between."""
_OTHER = breaks("a value of another type is refused")
_NIL = breaks("nil is refused")


class TooEntangled(ValueError):
    """Two schemas lead to more pairs of types than anybody can compare."""

    def __init__(self) -> None:
        super().__init__("the schemas are too entangled to compare")


class Comparer:
    """Compares types, and keeps what it found."""

    def __init__(self, old: Interface, new: Interface) -> None:
        self.old = old
        self.new = new
        self.changes: list[Change] = []
        # Where a change stands: the same type may travel in several positions.
        self._found: dict[tuple[Rule, str, str], Change] = {}
        # Pairs of declared types that were compared, by who writes them.
        self._seen: set[tuple[int, int, Writer]] = set()
        # Pairs of types that are being compared: a newtype may hold itself.
        self._active: set[tuple[int, int, Writer]] = set()
        self._queue: deque[tuple[int, int, str, Writer]] = deque()
        self._left = _BUDGET

    def note(self, rule: Rule, place: str, message: str, writer: Writer, outcomes: Outcomes) -> None:
        """Notes a change at a place in a type that `writer` writes."""
        old_to_new, new_to_old = outcomes
        # The old parent writes for the new worker, and reads what the new worker wrote.
        if writer is Writer.PARENT:
            self.effect(rule, place, message, old_to_new, new_to_old)
        else:
            self.effect(rule, place, message, new_to_old, old_to_new)

    def effect(self, rule: Rule, place: str, message: str, old_parent: Effect, new_parent: Effect) -> None:
        """Notes a change with what it does to an old parent and to a new one."""
        key = (rule, place, message)
        change = self._found.get(key)
        if change is None:
            change = self._found[key] = Change(rule, place, message)
            self.changes.append(change)
        if old_parent.is_graver(change.old_parent_new_worker):
            change.old_parent_new_worker = old_parent
        if new_parent.is_graver(change.new_parent_old_worker):
            change.new_parent_old_worker = new_parent

    def types(self, old: Type, new: Type, place: str, writer: Writer) -> None:
        """Compares two types at a place. Raises `TooEntangled`."""
        before, after = Held.of(self.old, old), Held.of(self.new, new)
        if UNKNOWN in (before.type, after.type):
            return
        if not self._left or len(self._active) == _DEPTH:
            raise TooEntangled
        self._left -= 1
        key = (id(before.type), id(after.type), writer)
        if key in self._active:
            return
        if changed := before.constraints.compare(after.constraints):
            self.note("constraint-changed", place, changed[0], writer, changed[1])
        if changed := before.extension(after):
            self.note("type-changed", place, changed[0], writer, changed[1])
        self._active.add(key)
        match before.type, after.type:
            case Nullable(was), Nullable(now):
                self.types(was, now, place, writer)
            case Nullable(was), now if now not in (ANY, UNIT):
                self.note("nullability-changed", place, "nil is no longer taken", writer, (_NIL, FINE))
                self.types(was, now, place, writer)
            case was, Nullable(now) if was not in (ANY, UNIT):
                self.note("nullability-changed", place, "nil is taken now", writer, (FINE, _NIL))
                self.types(was, now, place, writer)
            case List(was), List(now):
                self.types(was, now, f"{place}[]", writer)
            case Map() as was, Map() as now:
                self.types(was.key, now.key, f"{place}{{key}}", writer)
                self.types(was.value, now.value, f"{place}{{}}", writer)
            case Tuple(were), Tuple(are) if len(were) == len(are):
                for at, (was, now) in enumerate(zip(were, are, strict=True)):
                    self.types(was, now, f"{place}.{at}", writer)
            case Named(was), Named(now):
                self.named(was, now, place, writer)
            case was, now:
                outcomes = scalars(self.old, was, self.new, now)
                if outcomes is not None:
                    message = f"{name(self.old, was)} became {name(self.new, now)}"
                    self.note("type-changed", place, message, writer, outcomes)
        self._active.discard(key)

    def named(self, old: int, new: int, place: str, writer: Writer) -> None:
        """Notes that two declared types are to be compared; they are deeper nested than a stack."""
        key = (old, new, writer)
        if key not in self._seen:
            self._seen.add(key)
            self._queue.append((old, new, place, writer))

    def finish(self) -> None:
        """Compares the declared types that were noted, and those that they lead to."""
        while self._queue:
            self._declared(*self._queue.popleft())

    def _declared(self, old: int, new: int, place: str, writer: Writer) -> None:
        before, after = self.old.types[old], self.new.types[new]
        match before.kind, after.kind:
            case Record() as was, Record() as now:
                strict = (was.strict, now.strict)
                self._strictness("field", after.name, strict, writer)
                self.fields(was.fields, now.fields, now.reserved, after.name, strict, writer)
            case Enum() as was, Enum() as now:
                if variants.forms(self, was.form, now.form, after.name, writer):
                    self._strictness("variant", after.name, (was.strict, now.strict), writer)
                    variants.variants(self, was, now, after.name, writer)
            case _:
                message = f"`{before.name}` became `{after.name}`, which looks different on the wire"
                self.note("type-changed", place, message, writer, (_OTHER, _OTHER))

    def _strictness(self, what: str, place: str, strict: tuple[bool, bool], writer: Writer) -> None:
        # A writer writes only what it knows, so what it adds or drops tells of refusals; here it is what an open type
        # sends on without knowing it.
        was, now = strict
        if was != now:
            refused = behaviour("a variant that was received unknown, and is sent on, is refused")
            outcome = refused if now and what == "variant" else FINE
            message = "is strict now" if now else "is no longer strict"
            self.note("strictness-changed", place, message, writer, (outcome, FINE))

    def fields(
        self,
        old: Sequence[Field],
        new: Sequence[Field],
        reserved: Sequence[str],
        place: str,
        strict: tuple[bool, bool],
        writer: Writer,
    ) -> None:
        """Compares the entries of a map; `strict` says whether the old and the new reader refuse others."""
        befores, afters = _by_name(old), _by_name(new)
        gone = [field for field in old if field.name not in afters]
        added = [field for field in new if field.name not in befores]
        is_renamed = (
            len(gone) == len(added) == 1
            and not gone[0].is_needed
            and not added[0].is_needed
            and name(self.old, gone[0].type) == name(self.new, added[0].type)
        )
        for before in old:
            path = f"{place}.{before.name}"
            after = afters.get(before.name)
            if after is not None:
                self._presence(before, after, path, writer)
            elif is_renamed:
                message = f'was renamed to `{added[0].name}`; `@wire("{before.name}")` keeps the name'
                lost = behaviour("what was written under the other name is passed over")
                outcomes = (_unknown(lost, strict[1]), _unknown(lost, strict[0]))
                self.note("field-renamed", path, message, writer, outcomes)
            else:
                lost = behaviour("what the other side writes is passed over")
                outcomes = (_unknown(lost, strict[1]), _absent(before))
                self.note("field-removed", path, removed(before.name, reserved), writer, outcomes)
        for after in () if is_renamed else added:
            message = f"was added, and {'must be there' if after.is_needed else 'may be absent'}"
            outcomes = (_absent(after), _unknown(FINE, strict[0]))
            self.note("field-added", f"{place}.{after.name}", message, writer, outcomes)

    def _presence(self, before: Field, after: Field, path: str, writer: Writer) -> None:
        if before.may_be_left_out != after.may_be_left_out or (before.default is None) != (after.default is None):
            message = f"{_presence(before, 'was')}, and {_presence(after, 'is')} now"
            outcomes = (_left_out(before, after), _left_out(after, before))
            self.note("presence-changed", path, message, writer, outcomes)
        elif before.default != after.default and isinstance(before.default, str) and isinstance(after.default, str):
            other = behaviour("where it is absent the reader takes its own default")
            message = f"the default {before.default} became {after.default}"
            self.note("default-changed", path, message, writer, (other, other))
        old, new = Held.of(self.old, before.type).type, Held.of(self.new, after.type).type
        # A field that takes absence takes nil, too.
        if isinstance(old, Nullable) and not after.is_needed and not isinstance(new, Nullable):
            self.types(old.inner, new, path, writer)
        elif isinstance(new, Nullable) and not before.is_needed and not isinstance(old, Nullable):
            self.types(old, new.inner, path, writer)
        else:
            self.types(before.type, after.type, path, writer)

    def errors(self, old: int, new: int, place: str, writer: Writer) -> None:
        """Compares two declared errors. One that does not decode arrives as `failed`, so nothing here breaks the wire."""
        own = Comparer(self.old, self.new)
        own._left = self._left
        own.named(old, new, place, writer)
        own.finish()
        self._left = own._left
        for change in own.changes:
            old_parent, new_parent = _soft(change.old_parent_new_worker), _soft(change.new_parent_old_worker)
            self.effect(change.rule, change.place, change.message, old_parent, new_parent)


def takes_nil(interface: Interface, type: Type) -> bool:
    """Whether nil is a value of the type."""
    held = Held.of(interface, type).type
    return isinstance(held, Nullable) or held in (UNIT, ANY, UNKNOWN)


def is_unknown(interface: Interface, type: Type) -> bool:
    """Whether only its program knows the type."""
    return Held.of(interface, type).type == UNKNOWN


def _soft(effect: Effect) -> Effect:
    return behaviour(f"{effect.why}, and it arrives as `failed`") if effect.kind == "wire" else effect


def _by_name(fields: Sequence[Field]) -> dict[str, Field]:
    # Of two of one name the first counts.
    return {field.name: field for field in reversed(fields)}


def _unknown(otherwise: Effect, is_strict: bool) -> Effect:
    return breaks("a field that it does not know is refused") if is_strict else otherwise


def _absent(field: Field) -> Effect:
    return breaks("it is missing") if field.is_needed else FINE


def _left_out(writer: Field, reader: Field) -> Effect:
    if writer.may_be_left_out and reader.is_needed:
        return breaks("it is missing where it is left out")
    return FINE


def _presence(field: Field, verb: str) -> str:
    if field.may_be_left_out:
        return f"{verb} optional"
    if field.default is None:
        return f"{verb} required"
    return (
        f"{verb} {field.default} where absent" if isinstance(field.default, str) else f"{verb} its default where absent"
    )


def scalars(old_interface: Interface, old: Type, new_interface: Interface, new: Type) -> Outcomes | None:
    """Types that are not alike; `None` where both read and write the same."""
    if old == new and not isinstance(old, Named):
        return None
    match old, new:
        # Whoever reads any value takes these as well.
        case _, Scalar("any"):
            return behaviour("it is read as any value"), _OTHER
        case Scalar("any"), _:
            return _OTHER, behaviour("it is read as any value")
        case Int(), Int():
            return ranges(old, new)
        case Int(), Scalar("f32" | "f64"):
            return FINE, breaks("fractions are refused")
        case Scalar("f32" | "f64"), Int():
            return breaks("fractions are refused"), FINE
        case Scalar("f64"), Scalar("f32"):
            return breaks("a number that is too large for f32 is refused"), FINE
        case Scalar("f32"), Scalar("f64"):
            return FINE, breaks("a number that is too large for f32 is refused")
        # A reader of unit takes whatever comes.
        case Scalar("unit"), _:
            return FINE if takes_nil(new_interface, new) else _NIL, FINE
        case _, Scalar("unit"):
            return FINE, FINE if takes_nil(old_interface, old) else _NIL
        case Named(), _ if new == STRING and (names := _names(old_interface, old)):
            return FINE, names
        case _, Named() if old == STRING and (names := _names(new_interface, new)):
            return names, FINE
        case Scalar("timestamp_precise"), Scalar("timestamp"):
            return behaviour("what is finer than the language's own type is cut off"), FINE
        case Scalar("timestamp"), Scalar("timestamp_precise"):
            return FINE, behaviour("what is finer than the language's own type is cut off")
        case Tuple(), Tuple():
            other = breaks("a tuple of another length is refused")
            return other, other
        case _:
            return _OTHER, _OTHER


def _names(interface: Interface, type: Named) -> Effect | None:
    """What becomes of a string that is read as a declared type; `None` where that is no enum of strings."""
    kind = interface.types[type.index].kind
    if not isinstance(kind, Enum) or not isinstance(kind.form, Names):
        return None
    if kind.strict:
        return breaks("a variant that it does not know is refused")
    return behaviour("it arrives as an unknown variant")

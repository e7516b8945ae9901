"""Enums and errors: which variants both sides know, and what each carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .interface import Enum, External, Fields, Form, Names, Numbers, Tagged, Values, Variant
from .outcomes import Writer, ranges, removed
from .text import duration
from .verdict import FINE, Effect, behaviour, breaks

if TYPE_CHECKING:
    from .compare import Comparer

_DIFFERENT = breaks("it looks different on the wire")


def forms(comparer: Comparer, old: Form, new: Form, place: str, writer: Writer) -> bool:
    """Whether values of two enums look alike; says where they do not."""
    if isinstance(old, Numbers) and isinstance(new, Numbers):
        outcomes = ranges(old.range, new.range)
        if outcomes is not None:
            comparer.note("form-changed", place, "its numbers have another range", writer, outcomes)
        return True
    if old == new:
        return True
    comparer.note("form-changed", place, f"{_form(old)} became {_form(new)}", writer, (_DIFFERENT, _DIFFERENT))
    return False


def variants(comparer: Comparer, was: Enum, now: Enum, place: str, writer: Writer) -> None:
    """Compares the variants of two enums of one form."""
    old, new = was.variants, now.variants
    by_number = isinstance(now.form, Numbers)
    names = {variant.name for variant in new}
    for before in old:
        path = f"{place}.{before.name}"
        after = _partner(new, before, by_number)
        if after is None:
            if not (by_number and before.name in names):
                message = removed(before.name, now.reserved)
                comparer.note("variant-removed", path, message, writer, (_unknown(now.strict), FINE))
            continue
        if by_number and after.name != before.name and before.name in names:
            continue
        if before.retry != after.retry:
            message = f"{_retry(before, 'was')}, and {_retry(after, 'is')} now"
            tries = behaviour("it is tried again otherwise")
            comparer.note("retry-changed", path, message, writer, (tries, tries))
        _data(comparer, before, after, path, (was, now), writer)
    for after in new:
        path = f"{place}.{after.name}"
        was_there = next((variant for variant in old if variant.name == after.name), None)
        if was_there is None:
            if _partner(old, after, by_number) is None:
                comparer.note("variant-added", path, "was added", writer, (FINE, _unknown(was.strict)))
        elif (
            by_number and was_there.number is not None and after.number is not None and was_there.number != after.number
        ):
            message = f"had the number {was_there.number}, and has {after.number} now"
            outcomes = (_moved(new, was_there.number, now.strict), _moved(old, after.number, was.strict))
            comparer.note("number-changed", path, message, writer, outcomes)


def _partner(variants: Sequence[Variant], wanted: Variant, by_number: bool) -> Variant | None:
    for variant in variants:
        if variant.number == wanted.number if by_number else variant.name == wanted.name:
            return variant
    return None


def _unknown(is_strict: bool) -> Effect:
    if is_strict:
        return breaks("a variant that it does not know is refused")
    return behaviour("it arrives as an unknown variant")


def _moved(variants: Sequence[Variant], number: int, is_strict: bool) -> Effect:
    """What becomes of a number that another variant may have now."""
    if any(variant.number == number for variant in variants):
        return breaks("it arrives as another variant")
    return _unknown(is_strict)


def _data(comparer: Comparer, old: Variant, new: Variant, path: str, kinds: tuple[Enum, Enum], writer: Writer) -> None:
    was, now = kinds
    match old.data, new.data:
        case Fields(were), Fields(are):
            # Without fields, the external form is a string, and a map is none.
            if isinstance(now.form, External) and bool(were) != bool(are):
                message = "carries data now, or no longer"
                comparer.note("variant-changed", path, message, writer, (_DIFFERENT, _DIFFERENT))
            else:
                comparer.fields(were, are, new.reserved, path, (was.strict, now.strict), writer)
        case Values(were), Values(are) if len(were) == len(are):
            for at, (one, other) in enumerate(zip(were, are, strict=True)):
                comparer.types(one, other, f"{path}.{at}", writer)
        case _:
            comparer.note("variant-changed", path, "carries something else", writer, (_DIFFERENT, _DIFFERENT))


def _form(form: Form) -> str:
    match form:
        case Names():
            return "a string"
        case Numbers():
            return "an integer"
        case Tagged(tag):
            return f"a map with the key `{tag}`"
        case External():
            return "serde's default shape"


def _retry(variant: Variant, verb: str) -> str:
    if variant.retry is None:
        return f"{verb} not worth another try"
    if variant.retry.after is None:
        return f"{verb} worth another try"
    return f"{verb} worth another try after {duration(variant.retry.after)}"

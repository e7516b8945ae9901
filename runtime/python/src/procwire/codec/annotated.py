"""What generated annotations say beyond a type: constraints, extensions of the user, and what is never shown.

To a type checker `Annotated` is that of `typing`. To the runtime it makes of a type and its notes what msgspec reads:
what msgspec can check is told it in a `Meta`, and what it cannot is checked by a marker.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta

from procwire.codec.rules import Len, Pattern, Range, Range32, Rule, round_f32
from procwire.codec.types import BUILT_IN, HOOK, Marker, Refused

T = TypeVar("T")

_ITSELF: Final = object()
"""The target of a type that is no other in Python."""
_INT64: Final = 2**63
_UINT64_MAX: Final = 2**64 - 1
_SCALARS: Final = (str, int, float, bool)
_MARKED: Final = frozenset({"bytes", "duration", "uuid", "f32"})


@dataclass(frozen=True, eq=False)
class Extension:
    """`ext`: a type that is written as its target, or as an extension of it; both are read.

    Where the type is mapped to a class it has a target: `encode` gives that of a value, and `decode` takes it; without
    them a text is made by `str` and read by the class itself.
    """

    code: int
    target: Any = _ITSELF
    encode: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    decode: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    write: bool = field(default=False, kw_only=True)
    """Whether the extension is written."""


@dataclass(frozen=True, eq=False)
class Notes:
    """What `msgspec.Meta.extra` holds of a type, under the key `notes`."""

    rules: tuple[Rule, ...] = ()
    beyond: bool = False
    """Whether msgspec cannot check all of them."""
    extension: Extension | None = None
    sensitive: bool = False


class _Annotated:
    def __class_getitem__(cls, arguments: tuple[Any, ...]) -> Any:
        type_, *notes = arguments
        for note in notes:
            if isinstance(note, Extension):
                return _extension(type_, note)
        return _constrained(type_, tuple(notes))


class _Sensitive:
    def __class_getitem__(cls, type_: Any) -> Any:
        return typing.Annotated[type_, Meta(extra={"notes": Notes(sensitive=True)})]


class _Base:
    """What `NewType` takes of a type with notes, which pyright takes for no class."""

    def __class_getitem__(cls, type_: Any) -> Any:
        return type_


if TYPE_CHECKING:
    from typing import Annotated as Annotated  # noqa: PLC0414

    Sensitive: TypeAlias = typing.Annotated[T, "sensitive"]
    Base: TypeAlias = typing.Annotated[T, "base"]
else:
    Annotated = _Annotated
    Sensitive = _Sensitive
    Base = _Base


def notes_of(metas: tuple[Any, ...], key: str) -> list[Any]:
    """What the `Meta`s of an annotation say under a key."""
    return [meta.extra[key] for meta in metas if isinstance(meta, Meta) and meta.extra and key in meta.extra]


def _constrained(type_: Any, rules: tuple[Rule, ...]) -> Any:
    if isinstance(type_, Marker):
        return _checking(type_, rules)
    inner, extra, limits = type_, dict[str, Any](), dict[str, Any]()
    if get_origin(type_) is typing.Annotated:
        inner, meta = get_args(type_)
        extra.update(meta.extra)
        limits.update({name: getattr(meta, name) for name in ("ge", "le") if getattr(meta, name) is not None})
    beyond = False
    for rule in rules:
        for name, bound in _limits(rule).items():
            if isinstance(bound, int) and bound >= _INT64:
                # msgspec has no bounds past 63 bits, and needs none where MsgPack ends.
                beyond = beyond or (name, bound) != ("le", _UINT64_MAX)
            else:
                limits[name] = bound
    extra["notes"] = Notes(rules, beyond=beyond)
    return typing.Annotated[inner, Meta(**limits, extra=extra)]


def _limits(rule: Rule) -> dict[str, Any]:
    """A constraint in msgspec's words. All that it has are ours too: texts by code points, and NaN in no range."""
    limits: dict[str, Any]
    match rule:
        case Len(min=least, max=most):
            limits = {"min_length": least or None, "max_length": most}
        case Range(min=least, max=most, exclusive=exclusive):
            limits = {"ge": least, "lt" if exclusive else "le": most}
        case Pattern():
            limits = {"pattern": rule.for_re}
        case _:
            raise TypeError(f"{rule!r} is no constraint")
    return {name: limit for name, limit in limits.items() if limit is not None}


def _checking(marker: Marker, rules: tuple[Rule, ...]) -> Marker:
    """A marker that checks too: msgspec knows no constraints on what it does not know."""
    if marker.kind == "f32":
        rules = tuple(_narrow(rule) for rule in rules)
    read = type(marker).__call__
    # What is no text has one constraint at most: a length or a range.
    [holds] = [_holds(rule) for rule in rules]

    def read_checked(_: Marker, value: object) -> Any:
        found = read(marker, value)
        if holds(found):
            return found
        raise Refused

    check = type(marker).__dict__["__instancecheck__"]
    meta = type(f"Checked{marker.__name__}Marker", (Marker,), {"__instancecheck__": check, "__call__": read_checked})
    made: Marker = type.__call__(meta, f"Checked{marker.__name__}", (), {"kind": marker.kind, "rules": rules})
    return made


def _holds(rule: Rule) -> Callable[[Any], bool]:
    """Whether a value keeps a constraint, in as few steps as that takes."""
    if isinstance(rule, Range):
        return rule.holds
    if isinstance(rule, Len):
        allowed = range(rule.min, sys.maxsize if rule.max is None else rule.max + 1)
        return lambda value: len(value) in allowed
    return lambda value: rule.problem(value) is None


def _narrow(rule: Rule) -> Rule:
    """The bounds as floats of 32 bits, which is what they are compared with."""
    if not isinstance(rule, Range):
        return rule
    least, most = (
        bound if bound is None or isinstance(bound, timedelta) else round_f32(bound) for bound in (rule.min, rule.max)
    )
    return Range32(least, most, rule.exclusive)


class ExtensionMarker(Marker):
    """The class of the markers of extension types that msgspec cannot read as their targets."""

    extension: Extension
    target: Any
    mapped: type | None

    def __instancecheck__(cls, value: object) -> bool:
        return cls.mapped is None or isinstance(value, cls.mapped)


def _extension(type_: Any, extension: Extension) -> Any:
    is_mapped = extension.target is not _ITSELF
    target = extension.target if is_mapped else type_
    if not is_mapped and not extension.write:
        # The target is what comes; the extension is left to the tolerant reader.
        return typing.Annotated[type_, Meta(extra={"notes": Notes(extension=extension)})]
    decode = (extension.decode or type_) if is_mapped else None
    fast = msgspec.msgpack.Decoder(target, dec_hook=HOOK).decode if _is_scalar(target) else None
    is_text = target is str

    def read(value: Any) -> Any:
        if type(value) is msgspec.msgpack.Ext:
            if value.code != extension.code or fast is None:
                raise Refused
            value = fast(value.data)
        elif not is_text:
            value = msgspec.convert(value, target, builtin_types=BUILT_IN, dec_hook=HOOK)
        elif type(value) is not str:
            raise Refused
        return value if decode is None else decode(value)

    namespace = {
        "kind": "ext",
        "read": staticmethod(read),
        "extension": extension,
        "target": target,
        "mapped": type_ if is_mapped else None,
    }
    return ExtensionMarker("Extension", (), namespace)


def _is_scalar(type_: Any) -> bool:
    """Whether a payload of the type cannot be deep, so that an extension's data needs no look beforehand."""
    while True:
        if get_origin(type_) is typing.Annotated:
            type_ = get_args(type_)[0]
        elif isinstance(type_, typing.NewType):
            type_ = type_.__supertype__
        else:
            return type_ in _SCALARS or (isinstance(type_, Marker) and type_.kind in _MARKED)

"""Constraints before sending, for who asks."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from .codec import Codec, EncodeError
from .error import Code, DeclaredError, ProcwireError


def check(value: object, type: Any = None) -> None:
    """Checks a value against the constraints of its schema, as its reader will.

    Raises `ProcwireError` with the code `invalid_argument` and the path of what breaks one. A record, a variant and a
    declared error know their type; of all else `type` says it, such as a newtype of the schema.
    """
    if isinstance(value, DeclaredError):
        error = cast(Any, value)
        name, codec, value = error.__class__.__name__, error.codec(), error.data
    else:
        if type is None and not isinstance(value, msgspec.Struct):
            raise TypeError(f"a {value.__class__.__name__} does not know its type in a schema; give it as `type`")
        named = value.__class__ if type is None else type
        name, codec = getattr(named, "__name__", str(named)), Codec[Any](named)
    try:
        codec.check(value)
    except EncodeError as problem:
        raise ProcwireError(Code.INVALID_ARGUMENT, f"{name}: {problem}") from None

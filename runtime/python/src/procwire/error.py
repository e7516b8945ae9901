"""What a call may end in instead of a value, and the payload of an error frame."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeAlias, TypeVar, get_args

import msgspec

from .codec import Codec, DecodeError, EncodeError, Unknown
from .constants import DECLARED


class Code(StrEnum):
    """What kind of failure it is. Members equal their text on the wire."""

    FAILED = "failed"
    """A handler failed with an error that its method does not declare."""
    INTERNAL = "internal"
    """A handler broke, its answer cannot be encoded, or the answer was of the wrong kind."""
    CANCELLED = "cancelled"
    """The call was aborted."""
    DEADLINE_EXCEEDED = "deadline_exceeded"
    """The call took longer than it may."""
    NOT_FOUND = "not_found"
    """The peer has no such method."""
    INVALID_ARGUMENT = "invalid_argument"
    """The request does not decode, or cannot be encoded."""
    UNAVAILABLE = "unavailable"
    """The peer is gone or going."""
    RESOURCE_EXHAUSTED = "resource_exhausted"
    """A limit was reached."""
    UNSUPPORTED = "unsupported"
    """The peer cannot do this."""


class ProcwireError(Exception):
    """A failure of a call: a code, a sentence, and sometimes a value.

    A handler may raise it: its caller gets the same code, message and data. A failure with the code
    `deadline_exceeded` is a `DeadlineExceeded`, which is a `TimeoutError` too.
    """

    code: str
    """A member of `Code`, or `declared`."""
    message: str
    """What was wrong, in a sentence."""
    data: Any
    """What came with it; for an error of an unknown form the whole of it, and `None` where there is nothing."""

    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(code, message, data)
        self.code = code
        self.message = message
        self.data = data

    @property
    def traceback(self) -> str | None:
        """Where the handler failed, for people, where this side asked to be told and the peer knows."""
        found = self.data.get("traceback") if isinstance(self.data, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return found if isinstance(found, str) else None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def is_retryable(self) -> bool:
        """Whether the same call is worth another try: the schema says so of this failure."""
        return False

    def _encoded_data(self) -> bytes | None:
        return None if self.data is None else _ANY.encode(self.data)


class DeadlineExceeded(ProcwireError, TimeoutError):
    """The call took longer than it may. The peer was told to stop."""

    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(code, message, data)


Data = TypeVar("Data")


class DeclaredError(ProcwireError, Generic[Data]):
    """An error that a method declares; handlers raise the generated classes that derive from it.

    The class is what `except` names, and `data` is what `match` tells apart.
    """

    data: Data
    """One of the error's variants."""
    _name: str
    _codec: Codec[Any] | None = None
    _retry: Mapping[str, float | None] = MappingProxyType({})

    def __init_subclass__(
        cls, *, name: str | None = None, retry: Mapping[str, float | None] | None = None, **kwargs: Any
    ) -> None:
        """`name` is the error's name in the schema where the class has another.

        `retry` has the variants that are worth another try, with the seconds to wait before it where the schema says.
        """
        super().__init_subclass__(**kwargs)
        cls._name = name or cls.__name__
        cls._retry = MappingProxyType(dict(retry or {}))

    def __init__(self, data: Data, message: str | None = None) -> None:
        super().__init__(DECLARED, message or f"{self._name}.{_variant(data)}", data)
        self.args = (data,)

    def __str__(self) -> str:
        return f"{self.message}: {self.data!r}"

    def is_retryable(self) -> bool:
        return _variant(self.data) in self._retry

    @property
    def _kind(self) -> str:
        """What tells it from other declared errors, such as `TradeError.Halted`."""
        return f"{self._name}.{_variant(self.data)}"

    @property
    def _retry_after(self) -> float | None:
        """How many seconds to wait before the next try, where the schema says."""
        return self._retry.get(_variant(self.data))

    def _encoded_data(self) -> bytes | None:
        return self.codec().encode(self.data)

    @classmethod
    def codec(cls) -> Codec[Any]:
        """The codec of the error's data."""
        if cls._codec is None:
            for base in getattr(cls, "__orig_bases__", ()):
                arguments = get_args(base)
                if arguments and not isinstance(arguments[0], TypeVar):
                    cls._codec = Codec(arguments[0])
                    break
            else:
                raise TypeError(f"{cls.__name__} does not say its data; it derives from DeclaredError[...]")
        return cls._codec


Throws: TypeAlias = type[DeclaredError[Any]] | tuple[type[DeclaredError[Any]], ...] | None
"""The errors that a method declares."""


def _variant(data: object) -> str:
    config = getattr(data, "__struct_config__", None)
    tag = getattr(data, "tag", None) if config is None else config.tag
    return tag if isinstance(tag, str) else type(data).__name__


def failure(code: str, message: str, data: Any = None) -> ProcwireError:
    """An error of the class that belongs to the code."""
    kind = DeadlineExceeded if code == Code.DEADLINE_EXCEEDED else ProcwireError
    return kind(code, message, data)


def again(error: ProcwireError) -> ProcwireError:
    """A copy for one more caller: an exception that is raised twice would mix up two tracebacks."""
    return failure(error.code, error.message, error.data)


_ANY: Codec[Any] = Codec(Any)
_encode = msgspec.msgpack.Encoder().encode


def encode_error(error: ProcwireError) -> bytes:
    """The payload of an error frame. Raises `EncodeError` where the error's data cannot be encoded."""
    parts: dict[str, object] = {"code": str(error.code), "message": error.message}
    data = error._encoded_data()  # pyright: ignore[reportPrivateUsage]
    if data is not None:
        parts["data"] = msgspec.Raw(data)
    try:
        return _encode(parts)
    except UnicodeEncodeError as problem:
        raise EncodeError(f"the message of an error is no text: {problem}") from None


class _Parts(msgspec.Struct):
    code: str
    message: str
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_decode_parts = msgspec.msgpack.Decoder(_Parts).decode
_CODES = frozenset(code.value for code in Code)


def decode_error(payload: bytes, throws: Throws) -> ProcwireError:
    """Reads the payload of an error frame, whatever it is."""
    try:
        parts = _decode_parts(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _free_form(payload)
    data = b"" if parts.data is msgspec.UNSET else bytes(parts.data)
    if parts.code == DECLARED and throws is not None and data:
        return _declared(data, parts.message, throws) or _free_form(payload)
    if parts.code not in _CODES:
        return _free_form(payload)
    try:
        value = _ANY.decode(data) if data else None
    except DecodeError:
        value = None
    return failure(parts.code, parts.message, value)


def _declared(
    data: bytes, message: str, throws: type[DeclaredError[Any]] | tuple[type[DeclaredError[Any]], ...]
) -> DeclaredError[Any] | None:
    """The error whose variant the data is: none has the name of another's, and an unknown one is the first open one's."""
    unknown: DeclaredError[Any] | None = None
    for kind in throws if isinstance(throws, tuple) else (throws,):
        try:
            value = kind.codec().decode(data)
        except DecodeError as problem:
            if problem.reason != "unknown-variant":
                return None
            continue
        if not isinstance(value, Unknown):
            return kind(value, message)
        unknown = unknown or kind(value, message)
    return unknown


def _free_form(payload: bytes) -> ProcwireError:
    """An error of a form that is not ours, such as a text: `failed`, with all of it in `data`."""
    try:
        value: Any = _ANY.decode(payload)
    except DecodeError as problem:
        return ProcwireError(Code.FAILED, f"the peer failed with an error that does not decode: {problem}")
    message = value
    if isinstance(value, dict):
        message = value.get("message")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(message, str):
        message = "the peer failed with a value that has no message"
    return ProcwireError(Code.FAILED, message, value)

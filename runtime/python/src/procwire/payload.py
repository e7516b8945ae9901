"""How the payloads of a method or an event are written and read, raw ones included."""

from __future__ import annotations

from typing import Any, Final, Protocol

from .codec import UNIT, Codec, EncodeError
from .service import Event, Method


class Coder(Protocol):
    """What a payload is written and read with; a `Codec` is one.

    Its functions are asked for at each use, since a codec makes them at its first.
    """

    # Read-only, so that callables of any kind fit.
    @property
    def encode(self) -> Any:
        """Writes a value; raises `EncodeError`."""

    @property
    def decode(self) -> Any:
        """Reads a payload, of which it keeps nothing; raises `DecodeError`."""


class _Raw:
    """Bytes as they are."""

    @staticmethod
    def encode(value: object) -> bytes:
        if isinstance(value, bytes):
            return value
        if isinstance(value, bytearray):
            return bytes(value)
        if isinstance(value, memoryview):
            return value.tobytes()
        raise EncodeError(f"expected bytes, got {type(value).__name__}")

    decode = staticmethod(bytes)


class _Empty:
    """Nothing, where payloads are raw."""

    @staticmethod
    def encode(_: object) -> bytes:
        return b""

    @staticmethod
    def decode(_: bytes | memoryview) -> None:
        return None


class _Ack:
    """A codec that takes an empty payload too: published children write it where they mean nil."""

    def __init__(self, codec: Codec[Any]) -> None:
        self._codec = codec

    def encode(self, value: object) -> bytes:
        return self._codec.encode(value)

    def decode(self, payload: bytes | memoryview) -> Any:
        return self._codec.decode(payload or b"\xc0")


_RAW: Final = _Raw()
_EMPTY: Final = _Empty()


def request_coder(method: Method[Any, Any], *, check: bool = False) -> Coder:
    """For the request of a method; `check` makes it refuse to write what breaks a constraint."""
    if method.raw:
        return _EMPTY if method.parameters == "none" else _RAW
    return method.request.checked() if check else method.request


def answer_coder(method: Method[Any, Any], *, check: bool = False) -> Coder:
    """For the result, the ack or one item of a method."""
    if method.raw:
        return _EMPTY if method.answer is UNIT else _RAW
    answer = method.answer.checked() if check else method.answer
    return _Ack(answer) if method.response == "ack" else answer


def event_coder(event: Event[Any], *, check: bool = False) -> Coder:
    """For the payload of an event."""
    if event.raw:
        return _EMPTY if event.parameters == "none" else _RAW
    return event.payload.checked() if check else event.payload

"""Codec: one type, to bytes and back.

Reading tries msgspec first, which is fast and knows none of our sentences. What it refuses is read again, tolerantly:
either there is a form that only we take, or the error is ours to tell.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import msgspec

from procwire.codec.check import Checkers
from procwire.codec.error import DecodeError, EncodeError
from procwire.codec.guard import Guard, guard_of, guard_of_written
from procwire.codec.limits import DEPTH
from procwire.codec.prepare import Prepare, Preparers, hook
from procwire.codec.reader import Reader, extension_value
from procwire.codec.scalars import Read
from procwire.codec.shape import Scalar, Shape, Shapes, reachable
from procwire.codec.tolerant import Readers
from procwire.codec.types import HOOK, ExtensionBytes

T = TypeVar("T")

_SHAPES: Final = Shapes()
# A shape that is known may not be whole yet, which only the thread that makes it may see.
_LOCK: Final = threading.Lock()
_READERS: Final = Readers()
_PREPARERS: Final = Preparers()
_CHECKERS: Final = Checkers()


class Codec(Generic[T]):
    """How the values of a type travel. It is made at its first use, when all that the type names is there."""

    __slots__ = ("_type", "decode", "encode", "encode_into")

    decode: Callable[[bytes | bytearray | memoryview], T]
    """Reads a payload; raises `DecodeError` and nothing else. The value keeps no part of the payload alive."""
    encode: Callable[[T], bytes]
    """Writes a value; raises `EncodeError` and nothing else."""
    encode_into: Callable[[T, bytearray, int], None]
    """Writes a value into a buffer from an offset on; the buffer ends where the value does."""

    def __init__(self, type_: object) -> None:
        """The codec of a type as an annotation names it."""
        self._type = type_
        self.decode = lambda payload: self._made().decode(payload)
        self.encode = lambda value: self._made().encode(value)
        self.encode_into = lambda value, buffer, offset: self._made().encode_into(value, buffer, offset)

    def checked(self) -> Codec[T]:
        """The codec that refuses to write what breaks a constraint; itself, where the type has none."""
        check = _CHECKERS.of(shape_of(self._type))
        if check is None:
            return self
        made: Codec[T] = Codec(self._type)
        self._made()
        write, write_into = self.encode, self.encode_into

        def encode(value: T) -> bytes:
            check(value)
            return write(value)

        def encode_into(value: T, buffer: bytearray, offset: int) -> None:
            check(value)
            write_into(value, buffer, offset)

        made.decode, made.encode, made.encode_into = self.decode, encode, encode_into
        return made

    def check(self, value: T) -> None:
        """Raises `EncodeError` where a value breaks a constraint of its type."""
        check = _CHECKERS.of(shape_of(self._type))
        if check is not None:
            check(value)

    def _made(self) -> Codec[T]:
        shape = shape_of(self._type)
        self.decode = _decode(self._type, shape)
        self.encode, self.encode_into = _encode(shape)
        return self

    def __repr__(self) -> str:
        return f"Codec({self._type!r})"


def shape_of(type_: object) -> Shape:
    """What a type is on the wire."""
    with _LOCK:
        return _SHAPES.of(type_)


def _decode(type_: Any, shape: Shape) -> Callable[[bytes | bytearray | memoryview], Any]:
    has_any = any(isinstance(part, Scalar) and part.kind == "any" for part in reachable(shape))
    decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(
        type_, dec_hook=HOOK, ext_hook=extension_value if has_any else _typed_extension
    )
    fast = decoder.decode
    read = _READERS.of(shape)
    guard = guard_of(shape)
    if guard is not None:
        return _guarded(fast, read, guard)

    def decode(payload: bytes | bytearray | memoryview) -> Any:
        try:
            return fast(payload)
        except Exception:  # noqa: BLE001
            return _tolerant(read, bytes(payload))

    return decode


def _typed_extension(code: int, data: memoryview) -> Any:
    """An extension where no type is `any`, so that a UUID can refuse what bytes take."""
    return ExtensionBytes(data) if code == 1 else extension_value(code, data)


def _guarded(fast: Callable[[bytes], Any], read: Read, guard: Guard) -> Callable[[bytes | bytearray | memoryview], Any]:
    def decode(payload: bytes | bytearray | memoryview) -> Any:
        data = payload if type(payload) is bytes else bytes(payload)
        try:
            if guard(data):
                return fast(data)
        except Exception:  # noqa: BLE001
            return _tolerant(read, data)
        return _tolerant(read, data)

    return decode


def _tolerant(read: Read, payload: bytes) -> Any:
    reader = Reader(payload)
    try:
        value = read(reader)
        reader.finish()
    except RecursionError:
        error = DecodeError("depth", f"more than {DEPTH} containers lie inside each other")
    except MemoryError:
        error = DecodeError("budget", "the value takes more memory than there is")
    except DecodeError as refusal:
        error = refusal
    else:
        return value
    # What msgspec had to say, and the frames that were left, are of no use to anybody.
    raise error.with_traceback(None) from None


def _encode(shape: Shape) -> tuple[Callable[[Any], bytes], Callable[[Any, bytearray, int], None]]:
    encoder = msgspec.msgpack.Encoder(enc_hook=hook, uuid_format="bytes")
    write, write_into = encoder.encode, encoder.encode_into
    prepare: Prepare = _PREPARERS.of(shape) or _as_it_is
    guard = guard_of_written(shape)

    def encode(value: Any) -> bytes:
        try:
            payload = write(prepare(value))
        except Exception as error:  # noqa: BLE001
            raise _refused(error) from None
        if guard is not None and not guard(payload):
            _check(payload)
        return payload

    def encode_into(value: Any, buffer: bytearray, offset: int) -> None:
        try:
            write_into(prepare(value), buffer, offset)
        except Exception as error:  # noqa: BLE001
            raise _refused(error) from None
        if guard is not None:
            payload = bytes(memoryview(buffer)[offset:])
            if not guard(payload):
                _check(payload)

    if prepare is _as_it_is and guard is None:
        return _plain(write, write_into)
    return encode, encode_into


def _plain(
    write: Callable[[Any], bytes], write_into: Callable[[Any, bytearray, int], None]
) -> tuple[Callable[[Any], bytes], Callable[[Any, bytearray, int], None]]:
    def encode(value: Any) -> bytes:
        try:
            return write(value)
        except Exception as error:  # noqa: BLE001
            raise _refused(error) from None

    def encode_into(value: Any, buffer: bytearray, offset: int) -> None:
        try:
            write_into(value, buffer, offset)
        except Exception as error:  # noqa: BLE001
            raise _refused(error) from None

    return encode, encode_into


def _as_it_is(value: Any) -> Any:
    return value


def _check(payload: bytes) -> None:
    """Refuses what no reader would take: too deep, too costly, or a key that no map may have."""
    reader = Reader(payload)
    try:
        reader.skip()
        reader.finish()
    except DecodeError as error:
        raise EncodeError(error.message) from None


def _refused(error: Exception) -> EncodeError:
    if isinstance(error, EncodeError):
        return error
    if isinstance(error, RecursionError):
        return EncodeError(f"more than {DEPTH} containers lie inside each other")
    return EncodeError(str(error) or type(error).__name__)


class _Unit(Codec[None]):
    """Writes the same always, and reads everything."""

    __slots__ = ()

    def __init__(self, written: bytes) -> None:
        super().__init__(None)
        skip = Readers().of(shape_of(None))
        self.decode = lambda payload: None if payload == written else _tolerant(skip, bytes(payload))
        self.encode = lambda _: written

        def encode_into(_: None, buffer: bytearray, offset: int) -> None:
            buffer[offset:] = written

        self.encode_into = encode_into


UNIT: Final[Codec[None]] = _Unit(b"\xc0")
"""A result without a value: writes nil, and reads everything."""
NOTHING: Final[Codec[None]] = _Unit(b"\x80")
"""No parameters: writes an empty map, and reads everything."""
RAW: Final[Codec[bytes]] = Codec(bytes)
"""Payloads that are bytes as they are; nobody asks it."""

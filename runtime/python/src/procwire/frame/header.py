"""The header of a frame, and what can be wrong with one."""

from __future__ import annotations

import struct
from typing import NamedTuple

from ..constants import HEADER_LENGTH, ID_INVALID, RESERVED_FLAGS

_HEADER = struct.Struct(">HBII")
pack_header = _HEADER.pack
"""The bytes of a header: id, flags, request id, length of the payload."""
unpack_header = _HEADER.unpack_from


class WireError(Exception):
    """What a peer may not send; it closes the connection."""

    kind: str
    """`invalid-id`, `reserved-flags`, `payload-too-large`, `reserved-id`, `request-id-in-use`, `hello`,
    `metadata`, `callback` or `credit`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Header(NamedTuple):
    """The header of a frame."""

    id: int
    """The method or event."""
    flags: int
    """What the frame is."""
    request: int
    """The request that it starts or answers; 0 where there is none."""
    length: int
    """Bytes of payload."""

    def encode(self) -> bytes:
        """The bytes on the wire."""
        return pack_header(*self)

    @classmethod
    def decode(cls, data: bytes | bytearray | memoryview) -> Header:
        """Reads the first 11 bytes and checks all but the length, whose limit is the decoder's to know."""
        if len(data) < HEADER_LENGTH:
            raise ValueError(f"a header has {HEADER_LENGTH} bytes, these are {len(data)}")
        header = cls(*unpack_header(data))
        refuse(header.id, header.flags, header.length, header.length)
        return header


def refuse(id: int, flags: int, length: int, limit: int, allowed: int = ~RESERVED_FLAGS & 0xFF) -> None:
    """Raises what is wrong with a header; returns where nothing is."""
    if id == ID_INVALID:
        raise WireError("invalid-id", "a frame has the id 0, which is not valid")
    if flags & ~allowed:
        raise WireError(
            "reserved-flags", f"a frame has the flags {flags:#04x}, whose bits {~allowed & 0xFF:#04x} must be 0"
        )
    if length > limit:
        raise WireError(
            "payload-too-large", f"a frame announces a payload of {length} bytes, above the limit of {limit}"
        )

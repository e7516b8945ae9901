"""Frames: a header of 11 bytes and a payload. Nothing here reads or writes a descriptor."""

from .decoder import Decoder, Frame
from .header import Header, WireError, pack_header

__all__ = ["Decoder", "Frame", "Header", "WireError", "pack_header"]

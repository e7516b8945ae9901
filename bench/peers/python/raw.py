"""The shapes of the raw socket's messages: a header of 11 bytes that nobody looks into, and the body."""

from __future__ import annotations

import socket

from load import KILO, LARGE

HEADER = 11
SMALL = HEADER + 46
"""A small record in MsgPack, with its header."""
CHUNK = 64 * 1024
"""The bytes that one read takes, and that a stream's items are gathered to."""


def mode_of(workload: str) -> str:
    """The worker's mode for a workload."""
    if workload in {"large", "large-raw", "peak"}:
        return "large"
    return "stream" if workload == "stream" else "echo"


def batch_of(workload: str, in_flight: int | None) -> tuple[int, int]:
    """The messages that one round trip carries, and the bytes of each."""
    if in_flight is not None:
        return in_flight, HEADER + len(KILO)
    if workload == "cpu":
        return 64, SMALL
    return 1, HEADER + LARGE if mode_of(workload) == "large" else SMALL


def receive(connection: socket.socket, into: memoryview) -> bool:
    """Fills the whole of it; false where the connection ends before."""
    filled = 0
    while filled < len(into):
        length = connection.recv_into(into[filled:])
        if length == 0:
            return False
        filled += length
    return True

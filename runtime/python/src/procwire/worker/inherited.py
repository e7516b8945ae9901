"""The end of a socket pair that the parent left to this process."""

from __future__ import annotations

import os
import re
import socket
import stat
import struct

_FORM = re.compile(r"([0-9]{1,9}):([0-9]{1,9})", re.ASCII)
_FIRST = 3
"""Below this are the standard streams."""
_CREDENTIALS = struct.Struct("3i")


def inherited(said: str | None) -> socket.socket | None:
    """The socket that `PROCWIRE_FD` names; `None` where there is none, or it is not from this process's own parent.

    A program between the two, which started this one, hands on the variable without the descriptor, or with another
    one's.
    """
    match = _FORM.fullmatch(said or "")
    if match is None:
        return None
    number, parent = int(match[1]), int(match[2])
    if number < _FIRST:
        return None
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return None
        found = socket.socket(fileno=os.dup(number))
    except OSError:
        return None
    if found.family != socket.AF_UNIX or not (os.getppid() == parent or _peer(found) == parent):
        found.close()
        return None
    found.close()
    os.set_inheritable(number, False)
    return socket.socket(fileno=number)


def _peer(found: socket.socket) -> int | None:
    """Who made the pair, where the system tells it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    try:
        data = found.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    except OSError:
        return None
    pid: int = _CREDENTIALS.unpack(data)[0]
    return pid

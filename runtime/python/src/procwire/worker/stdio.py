"""The control plane's descriptors, moved out of reach of everything else in the process.

A library that prints, or a program that is started by a handler, must not write into the control plane or read from it.
So descriptor 1 becomes a second stderr, descriptor 0 is empty, and the real ones are private and close on exec.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import threading

_FIRST_PRIVATE = 3
"""Below this are the descriptors that programs know by number."""


class ControlPlane:
    """What the parent sends, and what it hears."""

    def __init__(self, input: int, output: int) -> None:
        self.input = input
        """The descriptor that control lines are read from."""
        self._output = output
        self._lock = threading.Lock()

    @classmethod
    def take(cls) -> ControlPlane:
        """Takes stdin and stdout away from the rest of the process."""
        # What was printed before the start is noise to the parent; left in the buffer, it would follow into stderr.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()
        output = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, _FIRST_PRIVATE)
        os.dup2(2, 1)
        input = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, _FIRST_PRIVATE)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        os.dup2(nothing, 0)
        os.close(nothing)
        return cls(input, output)

    def write(self, line: bytes) -> None:
        """Writes one control line, whole. Raises `OSError` where the parent is gone."""
        with self._lock:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._output, rest) :]

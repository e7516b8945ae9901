"""The last lines that a child wrote on stderr, for the errors that its end causes."""

from __future__ import annotations

from collections import deque

_LINES = 20
_LINE_BYTES = 1000
"""A longer line keeps its beginning."""


class Tail:
    """Keeps the last lines of a stream."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._open = bytearray()

    def push(self, data: bytes) -> None:
        """Takes what came next."""
        first, *rest = data.split(b"\n")
        self._extend(first)
        for line in rest:
            self._close()
            self._extend(line)

    def lines(self) -> list[str]:
        """The lines, the last one included even where it has no end yet."""
        last = _clean(self._open)
        return [*self._lines, last] if last else list(self._lines)

    def _extend(self, data: bytes) -> None:
        self._open += data[: max(_LINE_BYTES - len(self._open), 0)]

    def _close(self) -> None:
        line = _clean(self._open)
        self._open.clear()
        if line:
            self._lines.append(line)


def _clean(line: bytes | bytearray) -> str:
    """Lines go into messages, where a control character would steer a terminal."""
    text = line.decode(errors="replace").rstrip()
    return "".join("\ufffd" if _is_control(character) else character for character in text)


def _is_control(character: str) -> bool:
    return character != "\t" and (character < " " or "\x7f" <= character <= "\x9f")

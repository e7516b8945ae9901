"""Why a connection ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class CloseReason:
    """Why a connection ended; prints as a sentence."""

    kind: Literal["ended", "truncated", "broken", "protocol", "local"]
    """The peer closed it, closed it inside a frame, the system could not go on, the peer sent what the protocol does
    not allow, or this side closed it."""
    message: str

    def __str__(self) -> str:
        return self.message


ENDED = CloseReason("ended", "the peer closed the connection")
TRUNCATED = CloseReason("truncated", "the peer closed the connection inside a frame")

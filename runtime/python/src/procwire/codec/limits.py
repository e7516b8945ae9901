"""The limits that hold for every payload, read or written; the table in `runtime/vectors/constants.json` has them."""

from __future__ import annotations

from typing import Final

DEPTH: Final = 100
"""Containers that may lie inside each other."""
CONTAINER_COST: Final = 64
"""What a container is taken to cost, in bytes of memory."""
SCALAR_COST: Final = 16
"""What any other value is taken to cost, besides its text."""
BUDGET_BASE: Final = 16 << 20
"""What every payload may cost, however short."""
BUDGET_FACTOR: Final = 8
"""What a payload may cost more for each of its bytes."""
DURATION_MAX: Final = (1 << 53) - 1
"""The longest duration, in microseconds: what a JavaScript number holds exactly."""
TIMESTAMP_MIN: Final = -62_135_596_800
"""0001-01-01T00:00:00Z, in seconds since 1970."""
TIMESTAMP_MAX: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, in seconds since 1970."""
FORBIDDEN_KEY: Final = "__proto__"
"""The key that no map may have: to JavaScript it is the object's prototype."""

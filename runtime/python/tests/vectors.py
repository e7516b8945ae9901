"""The tables that all runtimes share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def load(name: str) -> Any:
    """One table, as JSON has it."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def unfold(hexadecimal: str) -> bytes:
    """Bytes from hex digits, where `00*3` is that byte three times."""
    data = b""
    while hexadecimal:
        byte, hexadecimal = bytes.fromhex(hexadecimal[:2]), hexadecimal[2:]
        if hexadecimal.startswith("*"):
            digits = hexadecimal[1:]
            count = "".join(digits[: next((i for i, c in enumerate(digits) if not c.isdigit()), len(digits))])
            hexadecimal = digits[len(count) :]
            byte *= int(count)
        data += byte
    return data

"""What goes wrong while reading and while writing: a reason in a word, a sentence, and the path of the field."""

from __future__ import annotations

from typing import Literal, TypeAlias

from procwire.codec.rules import REDACTED

Reason: TypeAlias = Literal[
    "type",
    "range",
    "value",
    "length",
    "missing-field",
    "duplicate",
    "unknown-field",
    "unknown-variant",
    "constraint",
    "key",
    "utf8",
    "depth",
    "budget",
    "truncated",
    "trailing",
    "malformed",
]
"""Why a value was refused, in the words of the vectors."""


def _redacted(message: str, before: str) -> str:
    """A sentence whose end shows a value."""
    head, shown, _ = message.partition(before)
    return f"{head}{before}{REDACTED}" if shown else message


class DecodeError(Exception):
    """A payload that is not a value of the type; it prints as `legs[2].depth: expected u32, got string`."""

    def __init__(self, reason: Reason, message: str) -> None:
        """An error at this place; whoever read the value around it adds to its path."""
        super().__init__(reason, message)
        self.reason: Reason = reason
        self.message = message
        # Innermost first, since it grows while the error travels outwards.
        self._segments: list[str] = []

    @property
    def path(self) -> str:
        """Where it was wrong, such as `legs[2].depth`; empty for the payload itself."""
        return "".join(reversed(self._segments)).removeprefix(".")

    def redacted(self) -> DecodeError:
        """The same error without the value that it shows, and without the places inside of that."""
        message = _redacted(self.message, ", got ")
        match self.reason:
            case "range":
                message = f"{REDACTED} is out of range for {self.message.rpartition(' ')[2]}"
            case "unknown-variant":
                message = f"unknown variant {REDACTED}; {self.message.rpartition('; ')[2]}"
            case "unknown-field":
                message = f"unknown field {REDACTED}"
            case _:
                pass
        return DecodeError(self.reason, message)

    def in_field(self, name: str) -> DecodeError:
        """The same error, seen from the record that has the field."""
        self._segments.append(f".{name}")
        return self

    def in_element(self, index: int) -> DecodeError:
        """The same error, seen from the list or tuple that has the element."""
        self._segments.append(f"[{index}]")
        return self

    def in_entry(self, key: str) -> DecodeError:
        """The same error, seen from the map that has the entry; `key` as it is shown, a text in quotes."""
        self._segments.append(f"[{key}]")
        return self

    def __str__(self) -> str:
        path = self.path
        return f"{path}: {self.message}" if path else self.message


class EncodeError(Exception):
    """A value that has no form on the wire."""

    def __init__(self, message: str) -> None:
        """An error at this place; whoever holds the value adds to its path."""
        super().__init__(message)
        self.message = message
        self._segments: list[str] = []

    @property
    def path(self) -> str:
        """Where the value stands, such as `legs[2].depth`; empty for the value itself."""
        return "".join(reversed(self._segments)).removeprefix(".")

    def redacted(self) -> EncodeError:
        """The same error without the value that it shows, and without the places inside of that."""
        return EncodeError(_redacted(_redacted(self.message, ", got "), ", not "))

    def within(self, segment: str) -> EncodeError:
        """The same error, seen from what holds the value: `.field`, `[0]`, `["key"]`."""
        self._segments.append(segment)
        return self

    def __str__(self) -> str:
        path = self.path
        return f"{path}: {self.message}" if path else self.message

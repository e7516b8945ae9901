"""Every type with its canonical bytes, the forms that it takes, and what it refuses: `runtime/vectors/values`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from notation import SHAPES, is_precise, nearest, type_of, written
from vectors import VECTORS, load

from procwire.codec import Codec, DecodeError, Unknown

EXCEPTIONS: list[dict[str, str]] = json.loads((Path(__file__).parent / "exceptions.json").read_text())["taken"]
"""What the language refuses and Python takes, each with its reason."""
TYPES: list[dict[str, Any]] = [
    entry for path in sorted((VECTORS / "values").glob("*.json")) for entry in load(f"values/{path.name}")["types"]
]
CASES = [(entry["type"], case) for entry in TYPES for case in entry["cases"]]
REFUSED = [(entry["type"], refusal) for entry in TYPES for refusal in entry["refused"]]


def is_taken(type_: str, bytes_: str) -> bool:
    return any(entry["type"] == type_ and entry["bytes"] == bytes_ for entry in EXCEPTIONS)


def pieces(text: str) -> bytes:
    """Bytes from pieces of hex, of which `HEX*N` is one N times."""
    parts = [piece.partition("*") for piece in text.split()]
    return b"".join(bytes.fromhex(digits) * int(count or 1) for digits, _, count in parts)


@pytest.mark.parametrize(("type_", "case"), CASES, ids=lambda value: str(value)[:60])
def test_every_form_is_the_value(type_: str, case: dict[str, Any]) -> None:
    codec: Codec[Any] = Codec(type_of(type_))
    shape = SHAPES.of(type_of(type_))
    expected = case["value"] if is_precise(shape) else nearest(case["value"])
    if type_ == "any" and isinstance(expected, dict) and "$f32" in expected:
        # Python has floats of 64 bits only.
        expected = {"$f64": "3ff8000000000000"}
    for form in [case["canonical"], *case.get("also", [])]:
        payload = bytes.fromhex(form)
        value = codec.decode(payload)
        assert written(value, shape) == expected, form
        assert isinstance(value, Unknown) == case.get("unknown", False), form
        around = bytearray(b"\xff" + payload + b"\xff")
        assert written(codec.decode(memoryview(around)[1:-1]), shape) == expected, form
        again = codec.encode(value)
        assert written(codec.decode(again), shape) == expected, form
        buffer = bytearray(b"before")
        codec.encode_into(value, buffer, 6)
        assert buffer == b"before" + again, form


@pytest.mark.parametrize(("type_", "case"), CASES, ids=lambda value: str(value)[:60])
def test_the_canonical_form_is_written_or_one_that_is_listed(type_: str, case: dict[str, Any]) -> None:
    codec: Codec[Any] = Codec(type_of(type_))
    again = codec.encode(codec.decode(bytes.fromhex(case["canonical"]))).hex()
    if case.get("unknown") or again == case["canonical"] or again in case.get("also", []):
        return
    # Floats are of 64 bits, and times of whole microseconds.
    match case["value"]:
        case {"$f32": _}:
            assert again.startswith("cb")
        case {"$time": [_, int(nanos)]}:
            assert nanos % 1000 != 0
        case _:
            pytest.fail(f"{again} is written")


@pytest.mark.parametrize(("type_", "refusal"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_is_no_value_is_refused_with_a_reason_and_a_path(type_: str, refusal: dict[str, str]) -> None:
    codec: Codec[Any] = Codec(type_of(type_))
    payload = bytes.fromhex(refusal["bytes"])
    if is_taken(type_, refusal["bytes"]):
        codec.decode(payload)
        return
    with pytest.raises(DecodeError) as raised:
        codec.decode(payload)
    assert raised.value.reason == refusal["reason"], str(raised.value)
    if "path" in refusal:
        assert raised.value.path == refusal["path"]
    if "message" in refusal:
        assert raised.value.message == refusal["message"]


@pytest.mark.parametrize("case", load("malformed.json")["cases"], ids=lambda case: case["name"])
def test_payloads_at_the_limits(case: dict[str, str]) -> None:
    codec: Codec[Any] = Codec(type_of(case["type"]))
    payload = pieces(case["bytes"])
    if "reason" not in case or is_taken(case["type"], case["bytes"]):
        codec.decode(payload)
        return
    with pytest.raises(DecodeError) as raised:
        codec.decode(payload)
    assert raised.value.reason == case["reason"], str(raised.value)


def test_every_exception_is_one_of_the_vectors() -> None:
    refused = {(type_, refusal["bytes"], refusal["reason"]) for type_, refusal in REFUSED}
    refused |= {(case["type"], case["bytes"], case.get("reason")) for case in load("malformed.json")["cases"]}
    assert {(entry["type"], entry["bytes"], entry["reason"]) for entry in EXCEPTIONS} <= refused

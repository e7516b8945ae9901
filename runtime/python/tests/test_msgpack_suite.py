"""The public MessagePack vectors: 85 values in 233 encodings, read and written as `any`."""

from __future__ import annotations

from typing import Any

import pytest
from notation import plain
from vectors import load

from procwire.codec import Codec
from procwire.codec import stub as _p

ANY: Codec[Any] = Codec(Any)
CASES: list[dict[str, Any]] = load("msgpack-suite/vectors.json")["cases"]


def expected(case: dict[str, Any]) -> Any:
    match case["kind"]:
        case "int":
            return plain(int(case["value"]))
        case "float":
            return {"$f64": case["value"]}
        case "bin":
            return {"$bytes": case["value"]}
        case "timestamp":
            return {"$time": [case["seconds"], case["nanos"]]}
        case "ext" if case["type"] == 1:
            return {"$bytes": case["value"]}
        case "ext":
            return {"$ext": [case["type"], case["value"]]}
        case _:
            return case["value"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_encoding_is_the_value(case: dict[str, Any]) -> None:
    for encoding in case["encodings"]:
        payload = bytes.fromhex(encoding["wire"])
        if encoding["must_accept"]:
            assert plain(ANY.decode(payload)) == expected(case), encoding
        else:
            value = int(case["value"])
            integer: Codec[int] = Codec(_p.I64 if value < 0 else _p.U64)
            assert integer.decode(payload) == value, encoding


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_shortest_encoding_is_written(case: dict[str, Any]) -> None:
    shortest = [encoding["wire"] for encoding in case["encodings"] if encoding["shortest"]]
    value = ANY.decode(bytes.fromhex(shortest[0]))
    written = ANY.encode(value).hex()
    if case["kind"] == "ext" and case["type"] == 1:
        # What JavaScript writes for bytes is written as bytes.
        assert ANY.decode(bytes.fromhex(written)) == value
    elif case["kind"] == "float":
        assert written in {encoding["wire"] for encoding in case["encodings"]}
    else:
        assert written in shortest


def test_all_of_it_was_there() -> None:
    assert len(CASES) == 85
    assert sum(len(case["encodings"]) for case in CASES) == 233

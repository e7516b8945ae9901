"""Patterns as Python's engine is given them: `runtime/vectors/patterns.json`."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from vectors import load

from procwire.codec import Codec, DecodeError
from procwire.codec import stub as _p


@pytest.mark.parametrize("case", load("patterns.json")["patterns"], ids=lambda case: case["pattern"][:30])
def test_a_pattern_is_found_where_it_is(case: dict[str, Any]) -> None:
    pattern = _p.Pattern(case["pattern"], case["python"])
    annotation: Any = _p.Annotated
    codec: Codec[str] = Codec(annotation[str, pattern])
    for text in case["matches"]:
        assert codec.decode(msgspec.msgpack.encode(text)) == text
        assert pattern.problem(text) is None
    for text in case["misses"]:
        with pytest.raises(DecodeError) as raised:
            codec.decode(msgspec.msgpack.encode(text))
        assert raised.value.reason == "constraint"
        assert raised.value.message == pattern.problem(text)

"""What no vector says: payloads without values, parameters, names that msgspec does not take, types without classes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from value_types import OpenMode, OrderType, OrderTypeMarket, Side

from procwire.codec import NOTHING, UNIT, Codec, DecodeError, EncodeError, Timestamp, Unknown
from procwire.codec import stub as _p

GOLDEN = Path(__file__).parents[3] / "codegen/tests/golden"


class Optional(_p.Params, frozen=True, kw_only=True):
    text: str | None = None
    limit: _p.U32 = _p.default(50)


class Required(_p.Params, frozen=True, kw_only=True):
    text: str


def golden(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"codec_{name}", GOLDEN / name / "python.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("codec", "written"), [(UNIT, b"\xc0"), (NOTHING, b"\x80")])
def test_nothing_is_written_as_one_thing_and_read_from_anything(codec: Codec[None], written: bytes) -> None:
    assert codec.encode(None) == written
    buffer = bytearray(b"head")
    codec.encode_into(None, buffer, 4)
    assert buffer == b"head" + written
    for payload in (b"\xc0", b"\x80", b"\x01", b"\x81\xa1a\x90", memoryview(b"\xc0")):
        codec.decode(payload)
    for payload in (b"", b"\xc1", b"\xc0\xc0"):
        with pytest.raises(DecodeError):
            codec.decode(payload)


def test_nil_stands_for_parameters_that_may_all_be_left_out() -> None:
    optional: Codec[Optional] = Codec(Optional)
    assert optional.decode(b"\xc0") == optional.decode(b"\x80") == Optional(limit=50)
    assert optional.encode(Optional()) == b"\x81\xa5limit\x32"
    with pytest.raises(DecodeError, match="expected a map, got nil"):
        Codec[Required](Required).decode(b"\xc0")


def test_a_default_is_written_and_a_missing_value_is_not() -> None:
    codec: Codec[Optional] = Codec(Optional)
    assert codec.encode(Optional(text="a", limit=50)) == b"\x82\xa4text\xa1a\xa5limit\x32"
    assert codec.decode(b"\x82\xa4text\xc0\xa5limit\xc0") == Optional()


def test_defaults_are_not_shared() -> None:
    defaults = golden("corners").Rec
    first: Any = Codec[Any](defaults).decode(REC)
    second: Any = Codec[Any](defaults).decode(REC)
    first.grid.append([1])
    assert second.grid == []


REC = b'\x85\xa3key\xa1k\xa4flag\xc3\xa4list\x90\xa5a"b\\c\x07\xa7nothing\xc0'


def test_names_that_msgspec_does_not_take_are_read_and_written() -> None:
    module = golden("corners")
    codec: Codec[Any] = Codec(module.Rec)
    value = codec.decode(REC)
    assert value.odd == 7
    assert codec.decode(codec.encode(value)) == value
    assert b'\xa5a"b\\c\x07' in codec.encode(value)
    with pytest.raises(DecodeError) as raised:
        codec.decode(REC.replace(b"\x07", b"\xa1x"))
    assert raised.value.path == 'a"b\\c'
    tagged: Codec[Any] = Codec(module.Tagged)
    written = tagged.encode(module.TaggedB(x=5))
    assert written == b'\x82\xa8kind "k"\xa3b"b\xa1x\x05'
    assert tagged.decode(written) == module.TaggedB(x=5)


def test_a_variant_alone_needs_its_tag() -> None:
    module = golden("corners")
    for type_ in (module.One, module.StrictOne):
        with pytest.raises(DecodeError) as raised:
            Codec[Any](type_).decode(b"\x80")
        assert (raised.value.reason, raised.value.path) == ("missing-field", "type")


def test_a_type_that_names_itself_is_read_and_written() -> None:
    codec: Codec[Any] = Codec(golden("corners").Deep)
    value: dict[str, Any] = {"a": {"b": {}}, "c": {}}
    assert codec.decode(codec.encode(value)) == value
    with pytest.raises(DecodeError) as raised:
        codec.decode(b"\x81\xa1a\x81\xa1b\x05")
    assert raised.value.path == '["a"]["b"]'
    with pytest.raises(DecodeError, match="more than 100 containers"):
        codec.decode(b"\x81\xa1a" * 100 + b"\x80")


def test_what_is_unknown_is_written_as_it_came_wherever_it_stands() -> None:
    sides: Codec[Any] = Codec(dict[Side, list[Side]])
    payload = b"\x81\xa4Hold\x92\xa3Buy\xa4Wait"
    value = sides.decode(payload)
    assert value == {Unknown("Hold"): ["Buy", Unknown("Wait")]}
    assert sides.encode(value) == payload
    number: Codec[Any] = Codec(_p.Open[OpenMode])  # type: ignore[misc]
    assert number.decode(b"\x07") == Unknown("7", b"\x07")
    assert number.encode(OpenMode.HIGH) == b"\xcd\x01\x2c"
    order: Codec[Any] = Codec(OrderType)
    assert order.decode(order.encode(OrderTypeMarket())) == OrderTypeMarket()


def test_a_time_finer_than_a_datetime_keeps_its_nanoseconds_in_any() -> None:
    codec: Codec[Any] = Codec(Any)
    point = Timestamp(1_700_000_000, 123_456_789)
    assert codec.decode(codec.encode({"at": point})) == {"at": point}
    assert point.to_datetime().microsecond == 123_457
    with pytest.raises(EncodeError):
        codec.encode({"at": point.to_datetime().replace(tzinfo=None)})

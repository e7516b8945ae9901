"""What holds for every value and for every payload: round trips, and refusals that are ours."""

from __future__ import annotations

import datetime
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import value_types
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import SHAPES, plain, type_of, written
from test_values import CASES

from procwire.codec import Codec, DecodeError, EncodeError, Ext, Timestamp, Unknown
from procwire.codec.limits import TIMESTAMP_MAX, TIMESTAMP_MIN
from procwire.codec.reader import Reader
from procwire.codec.rules import Len, Pattern, Range, Rule, problem_of, round_f32
from procwire.codec.shape import (
    Checked,
    ExtensionShape,
    ExternalShape,
    ListShape,
    MapShape,
    Named,
    NamesShape,
    Nullable,
    NumbersShape,
    RecordShape,
    Scalar,
    Sensitive,
    Shape,
    TaggedShape,
    TupleShape,
    reachable,
)
from procwire.codec.tolerant import Readers
from procwire.codec.types import INT_RANGES

TYPES = sorted({type_ for type_, _ in CASES})
AWARE = st.datetimes(timezones=st.just(datetime.UTC))
DURATIONS = st.integers(0, 2**53 - 1).map(lambda micros: datetime.timedelta(microseconds=micros))
TEXT = st.text().filter(lambda text: text != "__proto__")
EXTENSIONS = st.builds(Ext, st.integers(3, 127), st.binary(max_size=20))
TIMESTAMPS = st.builds(Timestamp, st.integers(-(2**62), 2**62), st.integers(0, 10**9 - 1).filter(lambda n: n % 1000))
POINTS = st.builds(Timestamp, st.integers(-(2**62), 2**62), st.integers(0, 10**9 - 1))
WRITTEN_POINTS = st.builds(Timestamp, st.integers(TIMESTAMP_MIN, TIMESTAMP_MAX), st.integers(0, 10**9 - 1))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    TEXT,
    st.binary(),
    AWARE,
    EXTENSIONS,
    TIMESTAMPS,
)
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5), max_leaves=12
)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "string": st.text(),
    "f64": st.floats(allow_nan=False),
    "f32": st.floats(allow_nan=False, width=32).map(round_f32),
    "bytes": st.binary(),
    "timestamp": AWARE,
    "duration": DURATIONS,
    "uuid": st.uuids(allow_nil=True),
    "timestamp-text": AWARE,
    "precise": POINTS,
    "precise-text": WRITTEN_POINTS,
    "uuid-text": st.uuids(allow_nil=True),
    "any": ANY,
    "()": st.none(),
    **{name: st.integers(*bounds) for name, bounds in INT_RANGES.items()},
}
NAMES = st.text(min_size=1).filter(lambda name: name != "__proto__")


def values(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a type."""
    match shape:
        case Scalar(kind=kind):
            return SCALARS[kind]
        case Nullable(inner=inner):
            return st.none() if depth > 4 else st.none() | values(inner, depth + 1)
        case Named(inner=inner) | Sensitive(inner=inner) | ExtensionShape(inner=inner):
            return values(inner, depth + 1)
        case Checked(inner=inner, rules=rules):
            return kept(inner, rules, depth).filter(lambda value: problem_of(rules, value) is None)
        case ListShape() | MapShape() if depth > 6:
            return st.just([] if isinstance(shape, ListShape) else {})
        case ListShape(element=element):
            return st.lists(values(element, depth + 1), max_size=4)
        case TupleShape(elements=elements):
            return st.tuples(*(values(element, depth + 1) for element in elements))
        case MapShape(key=key, value=value):
            keys = TEXT if isinstance(key, Scalar) and key.kind == "string" else values(key, depth)
            return st.dictionaries(keys, values(value, depth + 1), max_size=4)
        case RecordShape(fields=fields, cls=cls):
            return st.builds(cls, **{field.name: values(field.shape, depth + 1) for field in fields})
        case TaggedShape(variants=variants, is_open=is_open, tag_field=tag_field):
            # Of a type that contains itself only what ends, once it is deep.
            chosen = list(variants.values()) if depth < 6 else [min(variants.values(), key=weight)]
            strategies = [values(variant, depth + 2) for variant in chosen]
            unknown = NAMES.filter(lambda name: name not in variants).map(
                lambda name: Unknown(name, Codec[Any](Any).encode({tag_field: name, "x": [1]}))
            )
            return st.one_of(*strategies, *([unknown] if is_open else []))
        case ExternalShape(variants=variants, is_open=is_open):
            records = [record for _, record in variants.values()]
            records = records if depth < 6 else [min(records, key=weight)]
            strategies = [values(record, depth + 2) for record in records]
            return st.one_of(
                *strategies, *([NAMES.filter(lambda n: n not in variants).map(Unknown)] if is_open else [])
            )
        case NamesShape(names=names, is_open=is_open):
            known = st.sampled_from(names)
            return known | NAMES.filter(lambda name: name not in names).map(Unknown) if is_open else known
        case NumbersShape(cls=cls):
            return st.sampled_from(list(cls))
        case _:
            raise TypeError(shape)


def kept(shape: Shape, rules: tuple[Rule, ...], depth: int) -> st.SearchStrategy[Any]:
    """Values of a type that keep most of its constraints."""
    length = next((rule for rule in rules if isinstance(rule, Len)), Len())
    ends: list[tuple[Any, Any]] = [(rule.min, rule.max) for rule in rules if isinstance(rule, Range)]
    least, most = ends[0] if ends else (None, None)
    for rule in rules:
        if isinstance(rule, Pattern):
            return st.from_regex(rule.for_re)
    # More than a few elements only cost time.
    few = min(length.max or length.min + 4, length.min + 4)
    match shape:
        case Scalar(kind="string"):
            return st.text(min_size=length.min, max_size=length.max)
        case Scalar(kind="bytes"):
            return st.binary(min_size=length.min, max_size=length.max)
        case Scalar(kind=kind) if kind in INT_RANGES:
            bounds: Any = INT_RANGES[kind]
            return st.integers(bounds[0] if least is None else least, bounds[1] if most is None else most)
        case Scalar(kind=("f32" | "f64") as kind):
            floats: Any = st.floats
            return floats(least, most, width=int(kind[1:]))  # type: ignore[no-any-return]
        case Scalar(kind="duration"):
            micro = datetime.timedelta(microseconds=1)
            bottom = 0 if least is None else least // micro
            top = 2**53 - 1 if most is None else most // micro
            return st.integers(bottom, top).map(lambda micros: datetime.timedelta(microseconds=micros))
        case ListShape(element=element):
            return st.lists(values(element, depth + 1), min_size=length.min, max_size=few if depth < 5 else length.min)
        case MapShape(key=key, value=value):
            entries = values(key, depth), values(value, depth + 1)
            return st.dictionaries(*entries, min_size=length.min, max_size=few)
        case _:
            raise TypeError(shape)


def weight(shape: Shape) -> int:
    """How much stands in a type: what ends has the least."""
    return len(reachable(shape))


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_written_is_read(type_: str) -> None:
    codec: Codec[Any] = Codec(type_of(type_))
    shape = SHAPES.of(type_of(type_))
    tolerant = Readers().of(shape)

    @settings(max_examples=40, deadline=None)
    @given(values(shape))
    def holds(value: Any) -> None:
        payload = codec.encode(value)
        assert codec.decode(payload) == value
        assert tolerant(Reader(payload)) == value

    holds()


@pytest.mark.parametrize("type_", TYPES)
def test_a_payload_of_any_bytes_is_read_or_refused(type_: str) -> None:
    codec: Codec[Any] = Codec(type_of(type_))
    shape = SHAPES.of(type_of(type_))
    tolerant = Readers().of(shape)
    random_ = random.Random(f"payloads of {type_}")
    seeds = [
        bytes.fromhex(form)
        for name, case in CASES
        if name == type_
        for form in (case["canonical"], *case.get("also", []))
    ]
    for _ in range(1500):
        payload = mutated(random_.choice(seeds), random_)
        found = outcome(lambda payload=payload: codec.decode(payload))
        ours = outcome(lambda payload=payload: whole(tolerant, payload))
        if not isinstance(ours, DecodeError):
            assert written(found, shape) == written(ours, shape), payload.hex()
        elif isinstance(found, DecodeError):
            assert (found.reason, found.path) == (ours.reason, ours.path), payload.hex()
        else:
            # What msgspec keeps or passes over without a word; the file of exceptions says the same.
            assert ours.reason in {"duplicate", "utf8", "key", "depth", "budget", "malformed"}, payload.hex()


def whole(read: Any, payload: bytes) -> Any:
    reader = Reader(payload)
    value = read(reader)
    reader.finish()
    return value


def outcome(action: Any) -> Any:
    """The value, or the refusal; anything else that is raised is a mistake."""
    try:
        return action()
    except DecodeError as error:
        return error


def mutated(payload: bytes, random_: random.Random) -> bytes:
    data = bytearray(payload)
    for _ in range(random_.randint(1, 4)):
        at = random_.randint(0, max(len(data) - 1, 0))
        match random_.randint(0, 5):
            case 0 if data:
                data[at] = random_.randint(0, 255)
            case 1 if data:
                data[at] ^= 1 << random_.randint(0, 7)
            case 2:
                data.insert(at, random_.choice(b"\x80\x90\xa0\xc0\xc1\xc7\xd6\xd7\xd9\xdb\xdc\xdd\xde\xdf\xff\x00"))
            case 3 if data:
                del data[at : at + random_.randint(1, 3)]
            case 4:
                data[at:at] = payload[: random_.randint(0, len(payload))]
            case _:
                data = data[:at]
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_at_random_are_any_value_or_none(payload: bytes) -> None:
    found = outcome(lambda: Codec[Any](Any).decode(payload))
    ours = outcome(lambda: whole(Readers().of(SHAPES.of(Any)), payload))
    if not isinstance(ours, DecodeError):
        assert plain(found) == plain(ours)


def test_nothing_else_comes_out_of_deep_payloads() -> None:
    codec: Codec[Any] = Codec(type_of("Node"))

    def deep(frames: int) -> Any:
        if frames > 0:
            return deep(frames - 1)
        return outcome(lambda: codec.decode(b"\x81\xa4next" * 100 + b"\xc0"))

    # As few frames as the interpreter leaves, so that it runs out of them on the way.
    for frames in (0, 300, 600, 700, 800, 850, 900):
        found = deep(frames)
        assert not isinstance(found, DecodeError) or found.reason == "depth"


ZONELESS = datetime.datetime(2026, 11, 21, 15, 0)
UNWRITABLE: list[tuple[Any, Any, str]] = [
    ("timestamp", ZONELESS, "expected a datetime with a time zone"),
    ("timestamp", datetime.date(2026, 11, 21), "expected a datetime with a time zone, got a date"),
    ("list<timestamp>", [ZONELESS], "[0]: expected a datetime"),
    ("duration", datetime.timedelta(microseconds=-1), "a duration lies between"),
    ("duration", datetime.timedelta(days=999999), "a duration lies between"),
    ("map<string, duration>", {"a": datetime.timedelta(-1)}, '["a"]: a duration'),
    ("any", datetime.timedelta(1), "a timedelta has no form where the type is any"),
    ("any", {"a": [ZONELESS]}, '["a"][0]: expected a datetime with a time zone'),
    ("any", {"__proto__": 1}, 'no map may have the key "__proto__"'),
    ("map<string, u32>", {"__proto__": 1}, 'no map may have the key "__proto__"'),
    ("any", 2**64, "can't serialize ints"),
    ("any", object(), "a object has no form on the wire"),
    ("string", "\ud800", "surrogates not allowed"),
]


@pytest.mark.parametrize(("type_", "value", "message"), UNWRITABLE, ids=lambda value: str(value)[:40])
def test_what_has_no_form_is_not_written(type_: str, value: Any, message: str) -> None:
    codec: Codec[Any] = Codec(type_of(type_))
    with pytest.raises(EncodeError) as raised:
        codec.encode(value)
    assert message in str(raised.value)
    with pytest.raises(EncodeError):
        codec.encode_into(value, bytearray(), 0)


def test_values_that_are_too_deep_are_not_written() -> None:
    codec: Codec[Any] = Codec(Any)
    deep: Any = None
    for _ in range(100):
        deep = [deep]
    codec.encode(deep)
    for extra in (1, 5000):
        for _ in range(extra):
            deep = [deep]
        with pytest.raises(EncodeError, match="more than 100 containers"):
            codec.encode(deep)


def test_what_python_counts_as_a_sequence_or_a_mapping_is_one() -> None:
    numbers: Codec[Any] = Codec(type_of("list<u32>"))
    assert numbers.encode(range(3)) == numbers.encode([0, 1, 2]) == numbers.encode((0, 1, 2))
    durations: Codec[Any] = Codec(type_of("list<duration>"))
    second = datetime.timedelta(seconds=1)
    assert durations.encode((second,)) == durations.encode([second])
    ids: Codec[Any] = Codec(type_of("uuid"))
    assert ids.encode(uuid.UUID(int=1)) == b"\xc4\x10" + bytes(15) + b"\x01"


def test_a_codec_may_be_used_first_by_many_threads_at_once() -> None:
    payload = Codec[Any](type_of("Tree")).encode(
        value_types.TreePair((value_types.TreeLeaf(1), value_types.TreeLeaf(2)))
    )
    for _ in range(20):
        codec: Codec[Any] = Codec(type_of("list<Tree>"))
        # A float that is whole goes past msgspec, to the reader whose parts are made when they are needed.
        data = b"\x92" + payload * 2
        wide = data.replace(b"\xa5value\x01", b"\xa5value\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00")
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(codec.decode, [wide] * 16))
        assert all(value == codec.decode(data) for value in found)

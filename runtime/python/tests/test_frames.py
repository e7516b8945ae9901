"""Frames: what was captured, what a header may hold, and that the pieces in which bytes come change nothing."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors import load, unfold

from procwire.constants import DEFAULT_PAYLOAD_LIMIT, HEADER_LENGTH
from procwire.frame import Decoder, Frame, Header, WireError

TABLE = load("frames.json")
CAPTURED = [unfold(case["header"]) + unfold(case["payload"]) for case in TABLE["frames"]]


def names(cases: list[dict[str, Any]]) -> list[str]:
    return [case["name"] for case in cases]


def frames(pieces: list[bytes], limit: int = DEFAULT_PAYLOAD_LIMIT) -> list[Frame]:
    decoder = Decoder(limit)
    found: list[Frame] = []
    for piece in pieces:
        decoder.push(piece)
        while (frame := decoder.next_frame()) is not None:
            found.append(frame)
    assert decoder.buffered == 0
    return found


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


@pytest.mark.parametrize("case", TABLE["frames"], ids=names(TABLE["frames"]))
def test_a_captured_frame_is_read_and_written_back(case: dict[str, Any]) -> None:
    header, payload = unfold(case["header"]), unfold(case["payload"])
    for pieces in ([header + payload], [bytes([byte]) for byte in header + payload]):
        (frame,) = frames(pieces)
        assert frame.payload == payload
        assert frame.header.length == len(payload)
        assert frame.header.encode() == header
        assert Header.decode(header) == frame.header


@pytest.mark.parametrize("case", TABLE["decoder"], ids=names(TABLE["decoder"]))
def test_a_header_has_its_one_outcome(case: dict[str, Any]) -> None:
    data = unfold(case["header"]) + unfold(case.get("payload", ""))
    outcomes: list[str] = []
    for pieces in ([data], [bytes([byte]) for byte in data]):
        decoder = Decoder(case.get("limit", 1024))
        try:
            for piece in pieces:
                decoder.push(piece)
            outcomes.append("waits" if decoder.next_frame() is None else "frame")
        except WireError as error:
            outcomes.append(error.kind)
            with pytest.raises(WireError) as again:
                decoder.next_frame()
            assert again.value is error
    assert outcomes == [case["outcome"]] * 2


@given(st.lists(st.integers(min_value=0), max_size=40), st.permutations(CAPTURED))
def test_random_splits_change_nothing(cuts: list[int], captured: list[bytes]) -> None:
    data = b"".join(captured)
    assert frames(split(data, cuts)) == frames([data])


def test_frames_of_all_sizes_come_through_whatever_the_pieces() -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    choose = random.Random(seed)
    sizes = [0, 1, 11, 1000, 65_535, 65_536, 65_537, 131_072, 200_000, 3_000_000, 5, 2_000_000, 7, 70_000]
    sent = [Frame(Header(7, 3, index + 1, size), choose.randbytes(size)) for index, size in enumerate(sizes * 2)]
    data = b"".join(frame.header.encode() + frame.payload for frame in sent)
    for _ in range(4):
        cuts = [choose.randrange(len(data)) for _ in range(choose.choice([0, 3, 200, 3000]))]
        assert frames(split(data, cuts)) == sent


def test_the_frames_before_a_bad_one_are_taken() -> None:
    decoder = Decoder(1024)
    decoder.push(CAPTURED[0] + bytes(HEADER_LENGTH) + CAPTURED[1])
    frame = decoder.next_frame()
    assert frame is not None
    assert frame.header.encode() + frame.payload == CAPTURED[0]
    for _ in range(2):
        with pytest.raises(WireError, match="the id 0"):
            decoder.next_frame()
    decoder.push(CAPTURED[0])
    with pytest.raises(WireError, match="the id 0"):
        decoder.next_frame()


def test_an_announced_length_takes_no_memory_before_it_comes() -> None:
    decoder = Decoder(DEFAULT_PAYLOAD_LIMIT)
    decoder.push(Header(1, 0, 1, DEFAULT_PAYLOAD_LIMIT).encode())
    assert decoder.next_frame() is None
    assert len(decoder.space()) <= 1024 * 1024


def test_the_payload_that_is_given_is_gone_afterwards() -> None:
    kept: list[memoryview] = []
    decoder = Decoder(1024)
    for text in (b"first", b"other"):
        data = Header(1, 0, 1, 5).encode() + text
        space = decoder.space()
        space[: len(data)] = data
        decoder.fed(len(data), lambda _id, _flags, _request, payload: kept.append(payload))
    assert bytes(kept[0]) == b"other"


@given(st.binary(max_size=200), st.lists(st.integers(min_value=0), max_size=5))
def test_random_bytes_are_frames_or_a_typed_error(data: bytes, cuts: list[int]) -> None:
    outcomes: list[object] = []
    for pieces in ([data], split(data, cuts)):
        decoder = Decoder(64)
        found: list[Frame] = []
        kind = None
        for piece in pieces:
            decoder.push(piece)
        try:
            while (frame := decoder.next_frame()) is not None:
                found.append(frame)
        except WireError as error:
            kind = error.kind
        outcomes.append((found, kind))
    assert outcomes[0] == outcomes[1]


def test_a_short_header_is_refused() -> None:
    with pytest.raises(ValueError, match="11 bytes, these are 3"):
        Header.decode(b"abc")

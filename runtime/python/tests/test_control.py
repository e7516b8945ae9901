"""The control plane as bytes: what is printed, what is read, and that noise is noise."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors import load

from procwire import control
from procwire.constants import LINE_LIMIT
from procwire.control import (
    AnnouncedEvent,
    AnnouncedMethod,
    BadInit,
    Init,
    Lines,
    Ping,
    Pong,
    Shutdown,
    StartFailed,
    parse,
)

TABLE = load("frames.json")


def test_init_is_printed_in_order_and_read_back() -> None:
    methods: dict[str, dict[str, object]] = {
        "zeta": {"id": 1, "response": "stream"},
        "alpha": {"id": 2, "response": "result", "codec": "raw", "timeout": 1500},
    }
    printed = control.print_init('/run/"x"/s', methods, {"tick": {"id": 3}})
    expected = (
        '\n{"jsonrpc":"2.0","method":"$init","params":{"pipe":"/run/\\"x\\"/s","schema":{"methods":'
        '{"zeta":{"id":1,"response":"stream"},"alpha":{"id":2,"response":"result","codec":"raw","timeout":1500}},'
        '"events":{"tick":{"id":3}}},"version":"1.0.0"}}\n'
    )
    assert printed.decode() == expected
    assert parse(printed) == Init(
        '/run/"x"/s',
        {
            "zeta": AnnouncedMethod(1, "stream"),
            "alpha": AnnouncedMethod(2, "result", raw=True, timeout=1.5),
        },
        {"tick": AnnouncedEvent(3)},
    )


def test_the_published_lines_are_read() -> None:
    ping, pong, shutdown = (parse(line.encode()) for line in TABLE["control"])
    assert (ping, pong, shutdown) == (Ping(), Pong(), Shutdown(None))
    init = parse(TABLE["init"].encode())
    assert isinstance(init, Init)
    assert init.methods["count"] == AnnouncedMethod(2, "stream")
    assert init.events == {"tick": AnnouncedEvent(1)}


def test_our_own_lines_are_read() -> None:
    assert parse(control.print_ping()) == Ping()
    assert parse(control.print_pong()) == Pong()
    assert parse(control.print_shutdown(1.234)) == Shutdown(1.234)
    assert parse(control.print_error('a\n"b"')) == StartFailed('a\n"b"')
    assert control.print_error("a\nb").count(b"\n") == 2


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "`params.pipe` must be a path"),
        ({"pipe": ""}, "`params.pipe` must be a path"),
        ({"pipe": "p"}, "`params.schema` must be an object"),
        ({"pipe": "p", "schema": {"methods": []}}, "`params.schema.methods` must be an object"),
        ({"pipe": "p", "schema": {"methods": {"m": 1}}}, "method `m` has no response kind"),
        (
            {"pipe": "p", "schema": {"methods": {"m": {"response": "reply"}}}},
            "method `m` has the response kind `reply`, expected result, stream, ack or none",
        ),
        ({"pipe": "p", "schema": {"methods": {"m": {"response": "ack"}}}}, "method `m` has no id"),
        ({"pipe": "p", "schema": {"methods": {"m": {"response": "ack", "id": True}}}}, "method `m` has no id"),
        ({"pipe": "p", "schema": {"events": {"e": {"id": 0}}}}, "event `e` has the id 0, expected 1 to 65519"),
        ({"pipe": "p", "schema": {"events": {"e": {"id": 65520}}}}, "event `e` has the id 65520, expected 1 to 65519"),
        ({"pipe": "p", "schema": {"events": {"e": {"id": 1.5}}}}, "event `e` has no id"),
    ],
)
def test_a_bad_init_says_what_would_be_right(params: dict[str, Any], reason: str) -> None:
    assert parse(json.dumps({"method": "$init", "params": params}).encode()) == BadInit(reason)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"[1]",
        b"{",
        b"{}",
        b'{"method":7}',
        b'{"method":"$other"}',
        b'{"method":"$init"',
        b"{" * 100_000,
        b'{"a":' + b"[" * 100_000,
        b"{\xff}",
        b'{"method":' + b"9" * 10_000 + b"}",
    ],
)
def test_everything_else_is_noise(line: bytes) -> None:
    assert parse(line) is None


@given(st.binary(max_size=100))
def test_random_lines_never_raise(line: bytes) -> None:
    parse(line)
    parse(b'{"method":"$init","params":' + line + b"}")


@pytest.mark.parametrize("grace", ["-1", "1.5", '"5"', "null", "true", "1e999"])
def test_a_grace_that_is_none_is_not_taken(grace: str) -> None:
    assert parse(f'{{"method":"$shutdown","params":{{"grace_ms":{grace}}}}}'.encode()) == Shutdown(None)


def pieces(chunks: list[bytes]) -> list[tuple[bool, bytes]]:
    lines = Lines()
    found = [(piece.is_line, piece.data) for chunk in chunks for piece in lines.push(chunk)]
    rest = lines.finish()
    return [*found, (True, rest)] if rest else found


@given(st.binary(max_size=200), st.lists(st.integers(min_value=0, max_value=200), max_size=10))
def test_lines_are_the_same_whatever_the_pieces(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[start:end] for start, end in itertools.pairwise(places)]
    assert pieces(chunks) == pieces([data])


def test_a_line_too_long_is_passed_on_and_the_next_one_read() -> None:
    long = b"x" * (LINE_LIMIT + 1)
    for size in (1 << 16, len(long) + 10):
        data = long + b"\nnext\r\n"
        found = pieces([data[start : start + size] for start in range(0, len(data), size)])
        assert b"".join(part for is_line, part in found if not is_line) == long + b"\n"
        assert [part for is_line, part in found if is_line] == [b"next"]
    whole = b"y" * LINE_LIMIT
    assert pieces([whole + b"\n"]) == [(True, whole)]

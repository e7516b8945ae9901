"""Synchronous clients that answer callbacks, with a worker as a process of its own."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from exchange import ExchangeSyncClient, MathCallbacks, Seen, seen

import procwire
from procwire import Context

PROGRAM = str(Path(__file__).with_name("exchange.py"))
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Math(MathCallbacks):
    """Answers with plain functions, which may block."""

    client: ExchangeSyncClient

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.gate = threading.Event()

    def double(self, value: int) -> int:
        return 2 * value

    def logged(self, value: str) -> None:
        self.said.put(f"logged {value}")

    def told(self, value: str) -> None:
        self.said.put(f"told {value}")

    def numbers(self, value: int) -> Iterator[int]:
        try:
            yield from range(value)
        finally:
            self.said.put("left")

    def deeper(self, value: int, *, cx: Context) -> int:
        client = self.client.with_options(context=cx)
        return 1 + (client.sink(value) if value > 0 else client.sunk(-value))

    def hangs(self, value: str, *, cx: Context) -> int:
        self.said.put(f"hangs {value}")
        self.gate.wait()
        self.said.put(f"cancelled: {cx.cancelled}")
        with contextlib.suppress(procwire.ProcwireError):
            self.client.with_options(context=cx).see("")
            self.said.put("this should have failed")
        self.said.put("ended")
        return 0

    def sees(self, value: str, *, cx: Context) -> Seen:
        return seen(cx)


class Little(MathCallbacks):
    """Answers on the loop."""

    client: ExchangeSyncClient

    async def double(self, value: int) -> int:
        try:
            self.client.see("")
        except RuntimeError as error:
            assert "cannot wait for the peer" in str(error)
            return 200 * value
        return 0


def spawn(*arguments: str, **options: Any) -> ExchangeSyncClient:
    return ExchangeSyncClient.spawn([sys.executable, PROGRAM, *arguments], env=ENVIRONMENT, **options)


def test_callbacks_of_every_kind() -> None:
    math = Math()
    with spawn(callbacks=math) as exchange:
        assert exchange.quadruple(3) == 12
        assert exchange.sum(1000) == 499_500
        assert math.said.get() == "left"
        assert exchange.threaded(10) == 65
        assert [math.said.get(), math.said.get()] == ["logged in a thread", "left"]
        exchange.tell("it")
        assert [math.said.get(), math.said.get()] == ["logged it", "told it"]
        # Leaving a stream of the parent ends its generator.
        assert exchange.first(1 << 40) == 0
        assert math.said.get() == "left"


def test_callbacks_come_while_nobody_calls() -> None:
    math = Math()
    with spawn("alone", callbacks=math):
        assert math.said.get() == "logged nobody asked"


def test_ten_thousand_callbacks_are_in_flight() -> None:
    with spawn(callbacks=Math()) as exchange:
        assert exchange.many(10_000) == 9_999 * 10_000


def test_calls_within_calls_do_not_starve() -> None:
    math = Math()
    with spawn("one-thread", callbacks=math, limits=procwire.Limits(handlers=1)) as exchange:
        math.client = exchange
        assert exchange.sink(8) == 16
        with pytest.raises(procwire.ProcwireError, match="resource_exhausted: .*nested 17 deep, above the limit of 16"):
            exchange.sink(9)
        with ThreadPoolExecutor(20) as pool:
            # Threads on both sides wait for each other.
            assert list(pool.map(exchange.sunk, [4] * 20)) == [8] * 20
            # Every handler that takes a slot is busy meanwhile.
            held = [pool.submit(exchange.hang, "it") for _ in range(10)]
            for _ in held:
                assert math.said.get() == "hangs it"
            assert exchange.sink(8) == 16
            math.gate.set()
            assert [one.result() for one in held] == [0] * 10


def test_what_a_call_takes_along_goes_into_callbacks() -> None:
    math = Math()
    with spawn(callbacks=math) as exchange:
        found = exchange.with_options(trace=procwire.Trace(TRACE), timeout=5.0, metadata={"a": "b"}).pass_on("")
        assert (found.keys, found.trace) == ({}, TRACE)
        assert found.left is not None
        assert found.left < 5.0


def test_a_call_that_is_left_ends_its_callbacks() -> None:
    math = Math()
    with spawn(callbacks=math) as exchange:
        math.client = exchange
        with pytest.raises(TimeoutError):
            exchange.with_options(timeout=0.05).hang("it")
        assert math.said.get() == "hangs it"
        ended = exchange.events.ended()
        # The abort came before the answer of any later call.
        exchange.see("")
        math.gate.set()
        assert [math.said.get(), math.said.get()] == ["cancelled: True", "ended"]
        ended.close()


def test_the_loss_of_the_worker_ends_handlers() -> None:
    math = Math()
    exchange = spawn(callbacks=math)
    math.client = exchange
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(exchange.hang, "it")
        assert math.said.get() == "hangs it"
        os.kill(exchange.peer.pid, signal.SIGKILL)
        with pytest.raises(procwire.ProcwireError, match="unavailable: .*SIGKILL"):
            held.result()
    math.gate.set()
    assert [math.said.get(), math.said.get()] == ["cancelled: True", "ended"]
    with pytest.raises(procwire.ProcwireError, match="unavailable: "):
        exchange.see("")
    with pytest.raises(procwire.ProcwireError, match="did not end in order"):
        exchange.shutdown()


def test_handlers_come_and_go() -> None:
    little = Little()
    with spawn(callbacks=Math()) as exchange:
        little.client = exchange
        assert exchange.quadruple(1) == 4
        exchange.peer.callbacks.add(little)
        assert exchange.quadruple(1) == 40_000
        assert exchange.peer.callbacks.remove("math.Double")
        with pytest.raises(procwire.ProcwireError, match=r"not_found: .*`math.Double` has no handler; .*math.Numbers"):
            exchange.quadruple(1)


def test_what_is_required_is_required_of_a_synchronous_client_too() -> None:
    with pytest.raises(procwire.SpawnError) as error:
        spawn("demanding", callbacks=Little())
    assert error.value.kind == "mismatch"
    assert "callback `math.Hangs` has no handler here, the worker requires it" in str(error.value)
    with spawn("demanding", callbacks=Math()) as exchange:
        assert exchange.quadruple(3) == 12


def test_a_function_that_hears_is_called_while_nobody_calls() -> None:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    math = Math()
    math.gate.set()
    with spawn(callbacks=math, on={"ended": heard.put}) as exchange:
        math.client = exchange
        assert exchange.hang("it") == 0
        assert heard.get() == "it"


def test_threads_end_with_their_worker() -> None:
    with spawn(callbacks=Math()) as exchange:
        assert exchange.quadruple(3) == 12
        assert [thread.name for thread in threading.enumerate()].count("procwire-reader") == 1
    assert "procwire-reader" not in [thread.name for thread in threading.enumerate()]
    begun = time.monotonic()
    with pytest.raises(procwire.ProcwireError, match="unavailable: "):
        exchange.quadruple(3)
    assert exchange.peer.exit is not None, begun

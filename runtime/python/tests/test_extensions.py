"""What our own runtimes do between themselves, with a worker as a process of its own."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import LOOPS
from exchange import Crowd, ExchangeClient, ExchangeSyncClient, MathCallbacks, Seen, seen

import procwire
from procwire import Context
from procwire.constants import EXTENSIONS

PROGRAM = str(Path(__file__).with_name("exchange.py"))
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Math(MathCallbacks):
    """The parent's answers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.client: ExchangeClient
        self.hanging = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.told_of = asyncio.Event()

    @procwire.inline
    def double(self, value: int) -> int:
        return 2 * value

    def logged(self, value: str) -> None:
        self.said.append(f"logged {value}")

    async def told(self, value: str) -> None:
        self.said.append(f"told {value}")
        self.told_of.set()

    async def numbers(self, value: int) -> AsyncIterator[int]:
        try:
            for number in range(value):
                yield number
        finally:
            self.cancelled.set()

    async def deeper(self, value: int, *, cx: Context) -> int:
        client = self.client.with_options(context=cx)
        return 1 + await (client.sink(value) if value > 0 else client.sunk(-value))

    async def hangs(self, value: str) -> int:
        self.hanging.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()
        return 0

    async def sees(self, value: str, *, cx: Context) -> Seen:
        return seen(cx)


class Little(MathCallbacks):
    """Answers one path only."""

    def double(self, value: int) -> int:
        return 200 * value


def command(*arguments: str) -> list[str]:
    return [sys.executable, PROGRAM, *arguments]


def spawn(*arguments: str, **options: Any) -> procwire.client.Spawning[ExchangeClient]:
    return ExchangeClient.spawn(command(*arguments), env=ENVIRONMENT, **options)


async def test_callbacks_of_every_kind() -> None:
    math = Math()
    async with spawn(callbacks=math) as exchange:
        assert exchange._connection.terms.names == list(EXTENSIONS)
        assert await exchange.quadruple(3) == 12
        assert await exchange.sum(1000) == 499_500
        assert await exchange.threaded(10) == 65
        await exchange.tell("it")
        await math.told_of.wait()
        assert math.said == ["logged in a thread", "logged it", "told it"]
        # Leaving a stream of the parent ends its generator.
        math.cancelled.clear()
        assert await exchange.first(1 << 40) == 0
        await math.cancelled.wait()


async def test_calls_within_calls_do_not_starve() -> None:
    math = Math()
    async with spawn(callbacks=math, limits=procwire.Limits(handlers=1)) as exchange:
        math.client = exchange
        assert await exchange.sink(7) == 7 + 7
        with pytest.raises(procwire.ProcwireError, match="resource_exhausted: .*nested 17 deep, above the limit of 16"):
            await exchange.sink(9)
        assert await asyncio.gather(*(exchange.sink(3) for _ in range(20))) == [6] * 20


async def test_threads_that_wait_for_each_other_do_not_starve() -> None:
    math = Math()
    async with spawn("one-thread", callbacks=math) as exchange:
        math.client = exchange
        assert await asyncio.gather(*(exchange.sunk(4) for _ in range(5))) == [8] * 5


async def test_a_worker_that_dies_ends_the_callbacks_that_run() -> None:
    math = Math()
    spawning = spawn(callbacks=math)
    exchange = await spawning
    asking = asyncio.ensure_future(exchange.hang("it"))
    await math.hanging.wait()
    os.kill(exchange.peer.pid, signal.SIGKILL)
    with pytest.raises(procwire.ProcwireError, match="unavailable: "):
        await asking
    await math.cancelled.wait()
    with contextlib.suppress(procwire.ProcwireError):
        await exchange.shutdown()


async def test_a_shutdown_lets_nested_calls_end() -> None:
    math = Math()
    async with spawn(callbacks=math) as exchange:
        math.client = exchange
        asking = asyncio.ensure_future(exchange.many(1000))
        await exchange.see("")
        await exchange.shutdown()
        assert await asking == 999 * 1000


async def test_ten_thousand_callbacks_in_flight() -> None:
    async with spawn(callbacks=Math()) as exchange:
        assert await exchange.many(10_000) == 9_999 * 10_000


async def test_a_callback_ends_with_the_call_that_it_serves() -> None:
    math = Math()
    async with spawn(callbacks=math) as exchange:
        ended = exchange.events.ended()
        asking = asyncio.ensure_future(exchange.hang("it"))
        await math.hanging.wait()
        asking.cancel()
        assert await anext(ended) == "it"
        await math.cancelled.wait()
        assert len(exchange._connection.serving._served) == 0


async def test_metadata_traces_and_deadlines_go_along() -> None:
    trace = procwire.Trace(TRACE, "a=b", "c=d")
    async with spawn(callbacks=Math()) as exchange:
        assert await exchange.see("") == Seen(keys={})
        asked = exchange.with_options(metadata={"tenant": "t1", "raw": b"bytes"}, trace=trace, timeout=5.0)
        found = await asked.see("")
        assert found.keys == {"tenant": "t1", "raw": "bytes"}
        assert found.trace == TRACE
        assert found.left is not None
        assert 0 < found.left <= 5.0
        # What is made for a call has its trace and its deadline, and not its keys.
        nested = await asked.pass_on("")
        assert (nested.keys, nested.trace) == ({}, TRACE)
        assert nested.left is not None
        assert 0 < nested.left <= 5.0
        with pytest.raises(procwire.ProcwireError, match="invalid_argument: the metadata of a call has .* of 8192"):
            await exchange.with_options(metadata={"k": "v" * 8192}).see("")


async def test_a_deadline_ends_a_nested_call_too() -> None:
    math = Math()
    async with spawn(callbacks=math) as exchange:
        with pytest.raises(TimeoutError):
            await exchange.with_options(timeout=0.2).hang("late")
        await math.cancelled.wait()


async def test_handlers_come_and_go() -> None:
    async with spawn() as exchange:
        assert exchange.peer.callbacks.paths == []
        with pytest.raises(procwire.ProcwireError, match="not_found: the callback `math.Double` has no handler"):
            await exchange.quadruple(1)
        exchange.peer.callbacks.add(Little())
        assert exchange.peer.callbacks.paths == ["math.Double"]
        assert await exchange.quadruple(1) == 40_000
        with pytest.raises(procwire.ProcwireError, match="not_found: .* `math.Numbers` .*; there are: math.Double"):
            await exchange.sum(1)
        assert exchange.peer.callbacks.remove("math.Double")
        assert not exchange.peer.callbacks.remove("math.Double")
        with pytest.raises(procwire.ProcwireError, match="not_found: "):
            await exchange.quadruple(1)


async def test_required_callbacks_are_checked_before_the_connection() -> None:
    with pytest.raises(procwire.SpawnError) as error:
        await spawn("demanding", callbacks=Little())
    assert error.value.kind == "mismatch"
    assert "callback `math.Hangs` has no handler here, the worker requires it" in error.value.message
    assert "math.Double" not in error.value.message
    async with spawn("demanding", callbacks=Math()) as exchange:
        assert await exchange.quadruple(1) == 4


async def test_a_worker_calls_outside_of_handlers() -> None:
    math = Math()
    async with spawn("alone", callbacks=math) as exchange:
        while not math.said:
            await exchange.see("")
        assert math.said == ["logged nobody asked"]


SUBSETS = [tuple(name for bit, name in enumerate(EXTENSIONS) if number >> bit & 1) for number in range(16)]


CASES = [("parent", names) for names in SUBSETS] + [("child", names) for names in SUBSETS if len(names) in (0, 3)]


@pytest.mark.parametrize(("side", "names"), CASES, ids=[f"{side}:{'-'.join(names)}" for side, names in CASES])
async def test_every_subset(side: str, names: tuple[str, ...]) -> None:
    if side == "parent":
        spawning = spawn(callbacks=Math(), extensions=names)
    else:
        spawning = spawn("without", *set(EXTENSIONS) - set(names), callbacks=Math())
    expected = {*names} - ({"callbacks"} if "meta" not in names else set[str]())
    async with spawning as exchange:
        assert set(exchange._connection.terms.names) == expected
        assert exchange.peer._init.pipe.startswith("fd:") == ("fd" in names)
        if "callbacks" in expected:
            assert await exchange.quadruple(3) == 12
        else:
            with pytest.raises(procwire.ProcwireError, match="unsupported: math.Double cannot be called: the parent "):
                await exchange.quadruple(3)
        if "meta" in names:
            assert (await exchange.with_options(metadata={"a": "b"}).see("")).keys == {"a": "b"}
        else:
            assert (await exchange.with_options(timeout=3).see("")).left is None
            with pytest.raises(procwire.ProcwireError, match="unsupported: Exchange.see cannot be sent with metadata"):
                await exchange.with_options(metadata={"a": "b"}).see("")
        async with exchange.blobs(100) as blobs:
            assert await anext(blobs) == b"a" * 100


@pytest.mark.parametrize("threaded", [False, True])
async def test_a_stream_stops_at_its_window_and_goes_on(*, threaded: bool) -> None:
    limits = procwire.Limits(window=100_000)
    async with spawn(limits=limits) as exchange:
        blobs = exchange.blobs_of_thread(936) if threaded else exchange.blobs(936)
        async with blobs:
            assert await anext(blobs) == b"a" * 936
            # It stays where it is, whatever else happens on the connection.
            items = next(iter(exchange._calls.streams.values()))
            while items._received < 50_000:
                await exchange.see("")
            for _ in range(100):
                await exchange.see("")
            assert items._received <= 100_000
            assert not exchange._connection._rests
            for _ in range(10_000):
                await anext(blobs)


@pytest.mark.parametrize(
    "names", [["fd", "meta", "credit"], ["fd", "meta", "callbacks", "credit"]], ids=["pump", "loop"]
)
def test_the_synchronous_client_does_the_same(names: list[str]) -> None:
    limits = procwire.Limits(window=100_000)
    with ExchangeSyncClient.spawn(command(), env=ENVIRONMENT, limits=limits, extensions=names) as exchange:
        assert exchange._line.terms.names == names
        assert exchange.peer._init.pipe.startswith("fd:")
        found = exchange.with_options(metadata={"a": "b"}, trace=procwire.Trace(TRACE), timeout=5.0).see("")
        assert (found.keys, found.trace) == ({"a": "b"}, TRACE)
        with exchange.blobs(936) as blobs:
            next(blobs)
            made = [exchange.produced() for _ in range(50)]
            assert max(made) < 400
            for _ in range(10_000):
                next(blobs)
        answer = "not_found: .*`math.Double` has no handler" if "callbacks" in names else "unsupported: math.Double .*"
        with pytest.raises(procwire.ProcwireError, match=answer):
            exchange.quadruple(1)
        assert not exchange.has("later")
        with pytest.raises(procwire.ProcwireError, match="unsupported: Exchange.later: .* it is there since 2.0"):
            exchange.later(1)
        health = exchange.peer.health()
        assert (health.ready, health.waiting) == (True, 0)


async def test_calls_are_made_again_on_request() -> None:
    async with spawn() as exchange:
        with pytest.raises(Crowd, match="Crowd.Busy") as error:
            await exchange.enter(3)
        assert error.value.is_retryable()
        assert await exchange.with_options(retries=5).enter(3) == 3
        with pytest.raises(Crowd, match="Crowd.Busy"):
            await exchange.with_options(retries=2).enter(100)
        assert await exchange.produced() == 0
        with pytest.raises(Crowd, match="Crowd.Full"):
            await exchange.with_options(retries=5).enter(-1)
        with pytest.raises(procwire.ProcwireError, match="invalid_argument: Exchange.see is not idempotent"):
            await exchange.with_options(retries=1).see("")


def test_the_synchronous_client_makes_calls_again() -> None:
    with ExchangeSyncClient.spawn(command(), env=ENVIRONMENT) as exchange:
        assert exchange.with_options(retries=5).enter(3) == 3
        with pytest.raises(Crowd, match="Crowd.Full"):
            exchange.with_options(retries=5).enter(-1)


async def test_what_a_worker_lacks_can_be_asked() -> None:
    async with spawn() as exchange:
        assert exchange.has("see")
        assert exchange.has("ended")
        assert not exchange.has("later")
        with pytest.raises(procwire.ProcwireError, match="unsupported: Exchange.later: the worker does not have it"):
            await exchange.later(1)
        with pytest.raises(ValueError, match="Exchange has no method and no event `never`"):
            exchange.has("never")


async def test_a_worker_tells_its_health_and_its_schema() -> None:
    async with spawn() as exchange:
        assert await exchange.peer.health() == procwire.Health(ready=True, running=0, waiting=0)
        async with exchange.blobs(10) as blobs:
            await anext(blobs)
            assert (await exchange.peer.health()).running == 1
        assert exchange.peer._init.methods["$schema"].id == 65517


async def test_the_pair_goes_through_a_shell_and_is_not_inherited() -> None:
    # The shell hands both on; who made the pair is what counts then.
    line = f"'{sys.executable}' '{PROGRAM}'; true"
    async with ExchangeClient.spawn(["sh", "-c", line], env=ENVIRONMENT) as exchange:
        assert exchange.peer._init.pipe.startswith("fd:")
        assert (await exchange.see("")).keys == {}
        worker = _worker_below(exchange.peer.pid)
        number = int(exchange.peer._init.pipe.removeprefix("fd:"))
        flags = Path(f"/proc/{worker}/fdinfo/{number}").read_text().split("flags:\t")[1].split()[0]
        assert int(flags, 8) & os.O_CLOEXEC


def _worker_below(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


async def test_a_path_is_used_where_the_descriptor_got_lost() -> None:
    # A program between the two that closes what it does not know.
    line = f"exec '{sys.executable}' -c 'import os, sys; os.closerange(3, 99); os.execv(sys.argv[1], sys.argv[1:])'"
    async with ExchangeClient.spawn(
        ["sh", "-c", f"{line} '{sys.executable}' '{PROGRAM}'"], env=ENVIRONMENT, callbacks=Math()
    ) as exchange:
        assert not exchange.peer._init.pipe.startswith("fd:")
        assert exchange._connection.terms.names == ["meta", "callbacks", "credit"]
        assert await exchange.quadruple(3) == 12


@pytest.fixture(scope="module", autouse=True)
def loops() -> None:
    """What a loop opens once for the process is no leak."""
    for make in LOOPS.values():
        loop = make()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.fixture(autouse=True)
def descriptors() -> Iterator[None]:
    """No test leaves a descriptor open."""
    before = len(os.listdir("/proc/self/fd"))
    yield
    until = time.monotonic() + 5
    while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < until:
        # The threads of children that ended give theirs back.
        os.sched_yield()
    assert len(os.listdir("/proc/self/fd")) <= before

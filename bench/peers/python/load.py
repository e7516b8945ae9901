"""What every Python contestant does alike: the workloads, the measuring, and the processes around them.

A parent is run as `parent WORKLOAD MILLISECONDS ITEMS WORKER…`, starts the worker, runs one workload against it and
prints one line of JSON: a map of metric names to numbers, as the Rust and Node parents do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

NAME = "sixteen bytes ok"
"""The name in every small record: 16 bytes."""
SCORE = 0.625
"""The score in every small record."""
KILO = b"\x5a" * 1024
"""The payload of the 1 KB rows."""
LARGE = 10_000_000
"""The payload of the 10 MB rows."""
LARGE_CALLS = 100
"""How many large messages pass while the peak memory is looked at: 1 GB."""


@dataclass(frozen=True)
class Settings:
    """What the driver tells a parent."""

    workload: str
    measure: float
    """How long to measure, seconds."""
    least_warm_up: float
    """How long to warm up before, at least; otherwise it is a third of the measuring."""
    items: int
    """The length of the stream."""
    worker: list[str]
    """The worker's command."""

    @property
    def warm_up(self) -> float:
        """How long to warm up, seconds."""
        return max(self.measure / 3, self.least_warm_up)

    @property
    def in_flight(self) -> int | None:
        """How many callers a 1 KB row has."""
        kilo, _, number = self.workload.partition(":")
        return int(number) if kilo == "kilo" else None

    @classmethod
    def from_args(cls) -> Settings:
        """Reads the arguments and the environment."""
        workload, milliseconds, items, *worker = sys.argv[1:]
        least_warm_up = int(os.environ.get("BENCH_WARM_UP", "0")) / 1000
        return cls(workload, int(milliseconds) / 1000, least_warm_up, int(items), worker)


class Peer(Protocol):
    """One contestant's asynchronous connection to its worker, with its own message types behind it."""

    worker: int
    """The worker's process id."""

    async def small(self, number: int) -> int:
        """Echoes `{id, name: NAME, score: SCORE}`; gives the id of the answer."""
        ...

    async def bulk(self, data: bytes) -> int:
        """Echoes a record of one field with these bytes; gives the length of the answer's."""
        ...

    async def raw(self, data: bytes) -> int:
        """Echoes a payload that is these bytes and nothing else; gives the length of the answer."""
        ...

    async def stream(self, items: int) -> int:
        """Takes a stream of so many small records; gives how many arrived."""
        ...


class SyncPeer(Protocol):
    """The same for a connection that blocks."""

    worker: int

    def small(self, number: int) -> int:
        """As above."""
        ...

    def bulk(self, data: bytes) -> int:
        """As above."""
        ...

    def raw(self, data: bytes) -> int:
        """As above."""
        ...

    def stream(self, items: int) -> int:
        """As above."""
        ...


def main(connect: Callable[[Settings], contextlib.AbstractAsyncContextManager[Peer]]) -> None:
    """An asynchronous parent's whole program."""

    async def program() -> None:
        settings = Settings.from_args()
        async with connect(settings) as peer:
            report(await _run(peer, settings))

    run_loop(program())


def main_sync(connect: Callable[[Settings], contextlib.AbstractContextManager[SyncPeer]]) -> None:
    """A blocking parent's whole program."""
    settings = Settings.from_args()
    with connect(settings) as peer:
        report(_run_sync(peer, settings))


def wants(form: str) -> bool:
    """Whether this form of a contestant is asked for; the driver names several with blanks between."""
    return form in os.environ.get("BENCH_VARIANT", "").split()


def run_loop(program: Coroutine[Any, Any, None]) -> None:
    """Runs it on uvloop where that is asked for, else on asyncio's own loop."""
    if wants("uvloop"):
        import uvloop

        uvloop.run(program)
    else:
        asyncio.run(program)


def report(metrics: dict[str, float]) -> None:
    """Prints what was measured, for the driver to read."""
    print(json.dumps(metrics), flush=True)


async def _run(peer: Peer, settings: Settings) -> dict[str, float]:
    async def small(number: int = 1) -> None:
        assert await peer.small(number) == number, "another id came back"

    async def bulk() -> None:
        assert await peer.bulk(KILO) == len(KILO), "another length came back"

    await small(7)
    in_flight = settings.in_flight
    if in_flight is not None:
        return await _concurrent(peer.worker, settings, in_flight, bulk)
    match settings.workload:
        case "small":
            await repeat(settings.warm_up, small)
            samples, _ = await repeat(settings.measure, small)
            return latencies(samples)
        case "cpu":
            metrics = await _concurrent(peer.worker, settings, 64, small)
            return {"cpu_s_per_million": metrics["cpu_s_per_million"]}
        case "large" | "large-raw":
            data = b"\x5a" * LARGE
            call = peer.bulk if settings.workload == "large" else peer.raw

            async def large() -> None:
                assert await call(data) == LARGE, "another length came back"

            await repeat(settings.warm_up, large)
            return megabytes(*await repeat(settings.measure, large))
        case "stream":
            await peer.stream(settings.items // 10)
            begin = time.perf_counter()
            arrived = await peer.stream(settings.items)
            return items_per_second(settings, arrived, time.perf_counter() - begin)
        case "idle":
            await asyncio.sleep(0.2)
            return {"mb": resident_memory(peer.worker)}
        case "peak":
            data = b"\x5a" * LARGE
            for _ in range(LARGE_CALLS):
                assert await peer.bulk(data) == LARGE, "another length came back"
            return {"mb": peak_memory(peer.worker)}
        case workload:
            raise ValueError(f"unknown workload {workload}")


async def repeat(seconds: float, step: Callable[[], Awaitable[None]]) -> tuple[list[float], float]:
    """Repeats a step for so long; gives the seconds of each, and of all."""
    samples: list[float] = []
    begin = before = time.perf_counter()
    while before - begin < seconds:
        await step()
        now = time.perf_counter()
        samples.append(now - before)
        before = now
    return samples, before - begin


async def _concurrent(
    worker: int, settings: Settings, in_flight: int, call: Callable[[], Awaitable[None]]
) -> dict[str, float]:
    calls = 0
    stop = False

    async def caller() -> None:
        nonlocal calls
        while not stop:
            await call()
            calls += 1

    callers = [asyncio.create_task(caller()) for _ in range(in_flight)]
    await asyncio.sleep(settings.warm_up)
    begin, calls_before, cpu_before = time.perf_counter(), calls, cpu_time(worker)
    await asyncio.sleep(settings.measure)
    metrics = rates(calls - calls_before, time.perf_counter() - begin, cpu_time(worker) - cpu_before)
    stop = True
    await asyncio.gather(*callers)
    return metrics


def _run_sync(peer: SyncPeer, settings: Settings) -> dict[str, float]:
    def small(number: int = 1) -> None:
        assert peer.small(number) == number, "another id came back"

    def bulk() -> None:
        assert peer.bulk(KILO) == len(KILO), "another length came back"

    small(7)
    in_flight = settings.in_flight
    if in_flight is not None:
        return concurrent_sync(peer.worker, settings, in_flight, bulk)
    match settings.workload:
        case "small":
            repeat_sync(settings.warm_up, small)
            samples, _ = repeat_sync(settings.measure, small)
            return latencies(samples)
        case "cpu":
            metrics = concurrent_sync(peer.worker, settings, 64, small)
            return {"cpu_s_per_million": metrics["cpu_s_per_million"]}
        case "large" | "large-raw":
            data = b"\x5a" * LARGE
            call = peer.bulk if settings.workload == "large" else peer.raw

            def large() -> None:
                assert call(data) == LARGE, "another length came back"

            repeat_sync(settings.warm_up, large)
            return megabytes(*repeat_sync(settings.measure, large))
        case "stream":
            peer.stream(settings.items // 10)
            begin = time.perf_counter()
            arrived = peer.stream(settings.items)
            return items_per_second(settings, arrived, time.perf_counter() - begin)
        case "idle":
            time.sleep(0.2)
            return {"mb": resident_memory(peer.worker)}
        case "peak":
            data = b"\x5a" * LARGE
            for _ in range(LARGE_CALLS):
                assert peer.bulk(data) == LARGE, "another length came back"
            return {"mb": peak_memory(peer.worker)}
        case workload:
            raise ValueError(f"unknown workload {workload}")


def repeat_sync(seconds: float, step: Callable[[], None]) -> tuple[list[float], float]:
    """Repeats a step for so many seconds; gives the seconds of each, and all of them together."""
    samples: list[float] = []
    begin = before = time.perf_counter()
    while before - begin < seconds:
        step()
        now = time.perf_counter()
        samples.append(now - before)
        before = now
    return samples, before - begin


def concurrent_sync(worker: int, settings: Settings, in_flight: int, call: Callable[[], None]) -> dict[str, float]:
    """So many callers, each a thread of its own; a single one needs none."""
    if in_flight == 1:
        repeat_sync(settings.warm_up, call)
        cpu_before = cpu_time(worker)
        samples, seconds = repeat_sync(settings.measure, call)
        return rates(len(samples), seconds, cpu_time(worker) - cpu_before)
    # A list of counts, one a thread: `+=` on a shared one would lose some.
    calls = [0] * in_flight
    stop = False

    def caller(number: int) -> None:
        while not stop:
            call()
            calls[number] += 1

    callers = [threading.Thread(target=caller, args=(number,)) for number in range(in_flight)]
    for thread in callers:
        thread.start()
    time.sleep(settings.warm_up)
    begin, calls_before, cpu_before = time.perf_counter(), sum(calls), cpu_time(worker)
    time.sleep(settings.measure)
    metrics = rates(sum(calls) - calls_before, time.perf_counter() - begin, cpu_time(worker) - cpu_before)
    stop = True
    for thread in callers:
        thread.join()
    return metrics


def latencies(samples: list[float]) -> dict[str, float]:
    """The median and the 99th percentile, in microseconds."""
    samples.sort()
    return {"p50_us": samples[len(samples) // 2] * 1e6, "p99_us": samples[len(samples) * 99 // 100] * 1e6}


def megabytes(samples: list[float], seconds: float) -> dict[str, float]:
    """What so many large messages make, counted once."""
    return {"mb_per_s": len(samples) * LARGE / 1e6 / seconds}


def rates(calls: int, seconds: float, cpu: float) -> dict[str, float]:
    """Calls a second, and processor seconds for a million of them."""
    return {"calls_per_s": calls / seconds, "cpu_s_per_million": cpu / calls * 1e6}


def items_per_second(settings: Settings, arrived: int, seconds: float) -> dict[str, float]:
    """Items a second, if all of them came."""
    assert arrived == settings.items, f"{arrived} items came instead of {settings.items}"
    return {"items_per_s": arrived / seconds}


def cpu_time(worker: int) -> float:
    """The processor seconds of this process and the worker, in user and kernel mode."""
    tasks = Path(f"/proc/{worker}/task").iterdir()
    nanoseconds = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
    return time.process_time() + nanoseconds / 1e9


def resident_memory(worker: int) -> float:
    """Resident memory of a process, in millions of bytes."""
    return _memory(worker, "VmRSS:")


def peak_memory(worker: int) -> float:
    """The most resident memory that a process ever had, in millions of bytes."""
    return _memory(worker, "VmHWM:")


def _memory(worker: int, key: str) -> float:
    for line in Path(f"/proc/{worker}/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"no {key} in the status of process {worker}")


@contextlib.contextmanager
def start_worker(settings: Settings, mode: str = "-") -> Iterator[tuple[str, int]]:
    """Starts `WORKER… PATH MODE` and waits for its line on stdout; gives the path and the process id."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = os.path.join(folder, "s")
        command = [*settings.worker, path, mode]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as child:
            try:
                assert child.stdout is not None
                line = child.stdout.readline()
                if line != "ready\n":
                    raise RuntimeError(f"the worker said `{line.strip()}` instead of `ready`")
                yield path, child.pid
            finally:
                child.kill()

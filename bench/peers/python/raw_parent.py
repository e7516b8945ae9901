"""A parent on a blocking socket."""

from __future__ import annotations

import socket
import time

from load import (
    LARGE_CALLS,
    Settings,
    cpu_time,
    items_per_second,
    latencies,
    megabytes,
    peak_memory,
    rates,
    repeat_sync,
    report,
    resident_memory,
    start_worker,
)
from raw import CHUNK, SMALL, batch_of, mode_of, receive


def run(connection: socket.socket, worker: int, settings: Settings) -> dict[str, float]:
    """Runs the workload and gives what it measured."""
    messages, size = batch_of(settings.workload, settings.in_flight)
    batch = bytearray(b"\x5a" * (messages * size))
    view = memoryview(batch)

    def echo() -> None:
        connection.sendall(batch)
        assert receive(connection, view), "the worker ended"

    match settings.workload:
        case "stream":
            items(connection, settings.items // 10)
            begin = time.perf_counter()
            items(connection, settings.items)
            return items_per_second(settings, settings.items, time.perf_counter() - begin)
        case "idle":
            echo()
            time.sleep(0.2)
            return {"mb": resident_memory(worker)}
        case "peak":
            for _ in range(LARGE_CALLS):
                echo()
            return {"mb": peak_memory(worker)}
    repeat_sync(settings.warm_up, echo)
    before = cpu_time(worker)
    samples, seconds = repeat_sync(settings.measure, echo)
    metrics = rates(len(samples) * messages, seconds, cpu_time(worker) - before)
    match settings.workload:
        case "small":
            return latencies(samples)
        case "cpu":
            return {"cpu_s_per_million": metrics["cpu_s_per_million"]}
        case "large" | "large-raw":
            return megabytes(samples, seconds)
    return metrics


def items(connection: socket.socket, count: int) -> None:
    """Takes a stream."""
    connection.sendall(count.to_bytes(4, "big"))
    chunk = bytearray(CHUNK)
    left = count * SMALL
    while left > 0:
        left -= connection.recv_into(chunk)


def main() -> None:
    """The whole program."""
    settings = Settings.from_args()
    with (
        start_worker(settings, mode_of(settings.workload)) as (path, worker),
        socket.socket(socket.AF_UNIX) as connection,
    ):
        connection.connect(path)
        report(run(connection, worker, settings))


main()

"""The parent that stops reading: small calls alone, and beside streams of which it takes one item each.

Run as `parent MILLISECONDS STREAMS WINDOW EXTENSIONS WORKER…`.
"""

from __future__ import annotations

import asyncio
import os
import sys

from echo import EchoClient, Small
from procwire import Limits

from load import NAME, SCORE, latencies, repeat, report, resident_memory


async def program() -> None:
    """Measures and prints."""
    milliseconds, streams, window, extensions, *worker = sys.argv[1:]
    measure = int(milliseconds) / 1000
    warm_up = max(measure / 3, int(os.environ.get("BENCH_WARM_UP", "0")) / 1000)
    wanted = ["fd", "meta", "callbacks", *(["credit"] if extensions == "credit" else [])]
    async with EchoClient.spawn(worker, limits=Limits(window=int(window)), extensions=wanted) as client:

        async def small() -> None:
            assert (await client.small(Small(id=1, name=NAME, score=SCORE))).id == 1, "another id came back"

        def memory() -> tuple[float, float]:
            return resident_memory(os.getpid()), resident_memory(client.peer.pid)

        await repeat(warm_up, small)
        alone = latencies((await repeat(measure, small))[0])
        before = memory()
        stopped = [client.items(0xFFFF_FFFF) for _ in range(int(streams))]
        await asyncio.gather(*(anext(stream) for stream in stopped))
        await repeat(warm_up, small)
        beside = latencies((await repeat(measure, small))[0])
        after = memory()
        for stream in stopped:
            await stream.aclose()
    report(
        {
            "alone_p50_us": alone["p50_us"],
            "alone_p99_us": alone["p99_us"],
            "beside_p50_us": beside["p50_us"],
            "beside_p99_us": beside["p99_us"],
            "parent_mb": after[0] - before[0],
            "worker_mb": after[1] - before[1],
        }
    )


asyncio.run(program())

"""A worker that ends before it is ready fails the start."""

from interop import InteropClient
from scenario import check, failure, run, say

from procwire import SpawnError


async def parent() -> None:
    ended = await failure(InteropClient.spawn(["sh", "-c", "echo no model file >&2; exit 3"]))
    check(isinstance(ended, SpawnError) and "no model file" in str(ended) and "3" in str(ended), ended)
    say("the start failed")
    absent = await failure(InteropClient.spawn(["/nonexistent/worker"]))
    check(isinstance(absent, SpawnError) and "/nonexistent/worker" in str(absent), absent)
    say("the start failed")


run(parent)

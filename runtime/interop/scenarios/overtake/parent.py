"""Answers overtake each other where a later call is done earlier."""

import asyncio

from interop import InteropClient
from scenario import run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        waiting = desk.events.waiting()
        order: list[str] = []
        calls = [asyncio.ensure_future(wait(desk, gate, order)) for gate in ["a", "b", "c"]]
        for _ in calls:
            await anext(waiting)
        for gate in ["c", "a", "b"]:
            await desk.open(gate)
        await asyncio.gather(*calls)
        say(show(order))


async def wait(desk: InteropClient, gate: str, order: list[str]) -> None:
    order.append((await desk.wait(gate)).text)


run(parent)

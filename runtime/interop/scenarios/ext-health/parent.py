"""A worker tells how many handlers run, is ready until it is shut down, and answers nothing once that has begun."""

import asyncio

from scenario import failure, run, say, spawn

from procwire import Health

GATES = ("a", "b", "c")


def tell(health: Health) -> None:
    """Says how it is."""
    ready = "ready" if health.ready else "not ready"
    say(f"{ready}, {health.running} running, {health.waiting} waiting")


async def parent() -> None:
    desk = await spawn()
    waiting = desk.events.waiting()
    tell(await desk.peer.health())
    calls = [asyncio.ensure_future(desk.wait(gate)) for gate in GATES]
    for _ in GATES:
        await anext(waiting)
    tell(await desk.peer.health())
    for gate in GATES:
        await desk.open(gate)
    await asyncio.gather(*calls)
    # A handler may end a moment after its answer.
    health = await desk.peer.health()
    while health.running > 0:
        health = await desk.peer.health()
    tell(health)
    await desk.shutdown()
    say(f"after the shutdown: {(await failure(desk.peer.health())).code}")


run(parent)

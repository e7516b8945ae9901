"""Abort against answer: whichever comes first, a call ends once, and nothing of it is left."""

import asyncio

from scenario import check, run, say, spawn


async def parent() -> None:
    async with spawn() as desk:
        waiting = desk.events.waiting()
        answered = aborted = 0
        for number in range(300):
            gate = str(number)
            call = asyncio.ensure_future(desk.wait(gate))
            await anext(waiting)
            opened = asyncio.ensure_future(desk.open(gate))
            # From before the answer is asked for until after it has come.
            for _ in range(number % 6):
                await asyncio.sleep(0)
            call.cancel()
            try:
                check((await call).text == gate, "another answer")
                answered += 1
            except asyncio.CancelledError:
                aborted += 1
            await opened
        say("300 calls ended")
        say(f"{answered + aborted} were answered or aborted")
        # What was aborted ends soon, whatever it waits for.
        while (await desk.peer.health()).running > 0:
            pass
        say((await desk.add(2, 3)).sum)


run(parent)

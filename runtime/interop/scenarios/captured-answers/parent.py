"""Answers and events as the published child was seen to send them are understood, and the requests are those that the
published parent was seen to send."""

import asyncio

from scenario import failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        ticks, noted = desk.events.tick(), desk.events.noted()
        say(show(await desk.add(2, 3)))
        say(show(await desk.blob(b"abc")))
        say((await failure(desk.fail("text"))).message)
        error = await failure(desk.fail("map"))
        say(f"{error.message}, {error.data['code']}")
        async for item in desk.count(2):
            say(show(item))
        items = aiter(desk.count(2))
        say(show(await anext(items)))
        say((await failure(anext(items))).message)
        await desk.poke("hi")
        say(show(await desk.touch("hi")))
        say(show(await desk.mirror(b"\xc1\xff")))
        await desk.note("n")
        say(show(await anext(ticks)))
        call = asyncio.ensure_future(desk.wait("a"))
        # The call has to be under way before it is left.
        await asyncio.sleep(0)
        call.cancel()
        say(show(await anext(noted)))


run(parent)

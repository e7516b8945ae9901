"""A consumer that calls the same worker for each item of a stream gets through."""

from scenario import run, say, spawn


async def parent() -> None:
    async with spawn() as desk:
        total = 0
        async for item in desk.count(2000):
            # 1,999 items wait meanwhile.
            total = (await desk.add(total, item.i)).sum
        say(f"sum {total}")


run(parent)

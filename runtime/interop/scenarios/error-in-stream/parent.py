"""A stream that fails gives the items before the error."""

from scenario import failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        for how in ["text", "declared"]:
            items = 0

            async def read(how: str = how) -> None:
                nonlocal items
                async for _ in desk.count(3, fail=how):
                    items += 1

            error = await failure(read())
            say(f"{items} items, then {error.message}")
        say(show(await desk.add(2, 3)))


run(parent)

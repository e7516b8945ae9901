"""An error of a handler arrives with its text."""

from scenario import check, failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        error = await failure(desk.fail("text"))
        say(error.message)
        check(error.code == "failed", error)
        say(show(await desk.add(2, 3)))


run(parent)

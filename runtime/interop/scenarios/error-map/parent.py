"""An error with data keeps it."""

from scenario import check, failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        error = await failure(desk.fail("map"))
        say(error.message)
        check(error.code == "failed", error)
        say(show(error.data["code"]))


run(parent)

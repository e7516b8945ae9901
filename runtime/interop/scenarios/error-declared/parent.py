"""An error that the method declares arrives typed."""

from interop import Trouble
from scenario import check, failure, run, say, show, spawn


async def parent() -> None:
    async with spawn() as desk:
        error = await failure(desk.fail("declared"))
        check(isinstance(error, Trouble), error)
        say(error.message)
        say(show({"code": error.code, "message": error.message, "data": error.data}))


run(parent)

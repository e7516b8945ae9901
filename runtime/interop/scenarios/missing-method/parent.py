"""A worker that lacks a method is refused at the start, and the method is named."""

from scenario import check, failure, run, say, spawn

from procwire import SpawnError


async def parent() -> None:
    error = await failure(spawn())
    check(isinstance(error, SpawnError) and "pid" in str(error), error)
    say("refused, since a method is missing")


run(parent)

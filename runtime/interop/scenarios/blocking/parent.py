"""A parent without a runtime calls, streams, hears events and leaves, with the same client."""

from interop import InteropClient, Trouble
from scenario import check, say, show, worker

from procwire import ProcwireError


def trouble(how: str) -> ProcwireError:
    """The error that a call ends in."""
    try:
        desk.fail(how)
    except ProcwireError as error:
        return error
    raise AssertionError("this should have failed")


with InteropClient.spawn_sync(worker()) as desk:
    say(show(desk.add(2, 3)))
    for item in desk.count(2):
        say(show(item))
    declared = trouble("declared")
    check(isinstance(declared, Trouble) and show(declared.data) == '{"tries":3,"type":"OutOfLuck"}', declared)
    say(declared.message)
    ticks = desk.events.tick()
    desk.emit(2, 1)
    for _ in range(3):
        say(show(next(ticks)))
    say(trouble("text").message)

"""Keys, trace and deadline reach the handler; trace and deadline reach the callbacks that it makes, the keys do not.

What goes beside an event reaches its listeners.
"""

from back import BackClient, BackSeen, Said, TradingCallbacks
from back_desk import said
from scenario import failure, run, say, worker

from procwire import Context, EventContext, Trace


class Says(TradingCallbacks):
    """Tells what its context says."""

    async def context(self, *, cx: Context) -> Said:
        return said(cx)


def tell(every: list[Said]) -> None:
    """Prints it."""
    for index, one in enumerate(every):
        keys = " ".join(f"{key}={value}" for key, value in sorted(one.keys.items()))
        trace = one.traceparent or "no trace"
        say(f"{index}: [{keys}] {trace} {'timed' if one.timed else 'not timed'}")


NOTHING = EventContext()


def beside(_: BackSeen, cx: EventContext = NOTHING) -> None:
    """Prints what came beside an event."""
    keys = " ".join(
        f"{key}={value if isinstance(value, str) else 'bytes'}" for key, value in sorted(cx.metadata.items())
    )
    say(f"event: [{keys}] {(cx.trace and cx.trace.traceparent) or 'no trace'}")


async def parent() -> None:
    async with BackClient.spawn(worker(), callbacks=Says(), on={"seen": beside}) as back:
        trace = Trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        tell(await back.context())
        keys = {"tenant": "acme", "key": b"\x00\xff"}
        tell(await back.with_options(metadata=keys, trace=trace, timeout=30).context())
        tell(await back.with_options(timeout=30).context())
        tell(await back.with_options(trace=Trace("nonsense")).context())
        say((await failure(back.with_options(metadata={"big": "x" * 9000}).context())).code)


run(parent)

"""Serves `back.ipc`: a worker that calls its parent."""

import asyncio
import time
from collections.abc import AsyncIterator

from back import BackEmit, BackWorker, Candle, ParentCalls, Said

from procwire import Context, ProcwireError


def said(cx: Context) -> Said:
    """What a context says."""
    left = None if cx.deadline is None else cx.deadline - time.monotonic()
    keys = {key: value if isinstance(value, str) else "bytes" for key, value in cx.metadata.items()}
    trace = cx.trace
    return Said(
        keys=keys,
        traceparent=None if trace is None else trace.traceparent,
        timed=left is not None and 0 < left <= 60,
    )


class Back(BackWorker):
    """The service of the scenarios of extensions."""

    async def total(self, symbol: str, count: int, *, cx: Context[BackEmit, ParentCalls]) -> int:
        return sum([candle.close async for candle in cx.callbacks.trading.data_fetch(symbol, count)])

    async def pass_on(self, symbol: str, count: int, *, cx: Context[BackEmit, ParentCalls]) -> AsyncIterator[Candle]:
        async for candle in cx.callbacks.trading.data_fetch(symbol, count):
            yield candle

    async def position(self, account: str, *, cx: Context[BackEmit, ParentCalls]) -> int:
        return await cx.callbacks.trading.position(account)

    async def tell(self, text: str, *, cx: Context[BackEmit, ParentCalls]) -> None:
        await cx.callbacks.trading.warm(text)
        await cx.callbacks.trading.audit(text)

    async def depth(self, more: int, *, cx: Context[BackEmit, ParentCalls]) -> int:
        return 0 if more == 0 else 1 + await cx.callbacks.trading.depth(more - 1)

    async def hold(self, name: str, *, cx: Context[BackEmit, ParentCalls]) -> None:
        try:
            await cx.callbacks.trading.hold(name)
        except (ProcwireError, asyncio.CancelledError):
            # The task of an aborted handler is cancelled, whatever it waits for.
            await cx.events.seen(text=f"{name}: cancelled")
            raise

    async def context(self, *, cx: Context[BackEmit, ParentCalls]) -> list[Said]:
        await cx.events.with_options(metadata=cx.metadata, trace=cx.trace).seen(text="context")
        return [said(cx), await cx.callbacks.trading.context()]

    async def broken(self, here: bool, *, cx: Context[BackEmit, ParentCalls]) -> str:
        if here:
            raise ValueError("it broke")
        try:
            await cx.callbacks.trading.broken()
        except ProcwireError as error:
            return f"{error.message} {str(error.traceback is not None).lower()}"
        return "it did not fail"

    async def fill(self, count: int, *, cx: Context[BackEmit, ParentCalls]) -> AsyncIterator[int]:
        for at in range(count):
            yield at
        await cx.events.seen(text="filled")

"""Our worker, generated from echo.ipc."""

from __future__ import annotations

from collections.abc import AsyncIterator

from echo import Bulk, EchoWorker, Small
from procwire import inline

from load import NAME, SCORE, wants


class Echo(EchoWorker):
    """Gives back what it gets, by coroutines."""

    async def small(self, small: Small) -> Small:
        return small

    async def bulk(self, bulk: Bulk) -> Bulk:
        return bulk

    async def blob(self, payload: bytes) -> bytes:
        return payload

    async def items(self, items: int) -> AsyncIterator[Small]:
        for number in range(items):
            yield Small(id=number, name=NAME, score=SCORE)


class Inline(EchoWorker):
    """The same by plain functions, which may run on the loop since they never wait."""

    items = Echo.items

    @inline
    def small(self, small: Small) -> Small:
        return small

    @inline
    def bulk(self, bulk: Bulk) -> Bulk:
        return bulk

    @inline
    def blob(self, payload: bytes) -> bytes:
        return payload


worker = Inline() if wants("inline") else Echo()
# By itself it would take uvloop, where that is installed.
worker.run(uvloop=wants("uvloop"))
